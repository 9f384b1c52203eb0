import { appendFileSync, writeFileSync } from 'node:fs';

/** Ground truth of what was injected: one JSON object a line, written at once. */
export type TruthLog = { write(entry: { at: number; pump: string; fault: string; [detail: string]: unknown }): void };

/**
 * @param path file to write, made anew; null keeps none
 * @throws when the file can't be written
 */
export function openTruthLog(path: string | null): TruthLog {
  if (path === null) return { write() {} };
  writeFileSync(path, '');
  return {
    write({ at, ...entry }) {
      appendFileSync(path, `${JSON.stringify({ at: new Date(at).toISOString(), ...entry })}\n`);
    },
  };
}
