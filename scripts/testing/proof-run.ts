// What the commands that put the real platform on trial share: a folder of their own, a verdict, an exit code.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The command was called wrongly: its message says what was given and what is expected. */
export class WrongUse extends Error {}

export type ProofRun = {
  /** Empty; database, journals and logs go there. */
  folder: string;
  /** One line for a person. */
  log(line: string): void;
  /** Ctrl-C. */
  signal: AbortSignal;
};

/**
 * Runs `work` in a folder of its own and prints its result. The folder stays where the result is bad or `keep` says so.
 * @param name of the folder, in the system's folder for temporary files
 * @returns the exit code: 0 good, 1 not
 */
export async function proofRun<R extends { good: boolean }>(
  name: string,
  { json, keep }: { json: boolean; keep: boolean },
  work: (run: ProofRun) => Promise<R>,
  report: (result: R) => string,
): Promise<number> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const folder = mkdtempSync(join(tmpdir(), `dripwatch-${name}-`));
  const log = (line: string) => process.stderr.write(`${line}\n`);
  let good = false;
  try {
    const result = await work({ folder, log, signal: stop.signal });
    process.stdout.write(`${json ? JSON.stringify(result) : report(result)}\n`);
    good = result.good;
    return good ? 0 : 1;
  } finally {
    if (keep || !good) log(`the run is in ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

/** The exit code of a command; whatever it throws is said on standard error, with the usage where it was used wrongly. */
export async function exitCodeOf(main: () => Promise<number>, usage: string): Promise<number> {
  try {
    return await main();
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    process.stderr.write(error instanceof WrongUse ? `${words}\n\n${usage}\n` : `${words}\n`);
    return 2;
  }
}
