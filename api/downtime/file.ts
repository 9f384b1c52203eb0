import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { writeAudit } from '../audit/write.ts';
import type { Database } from '../database.ts';
import { readDowntimeList } from './list.ts';
import { printDowntimeList } from './print.ts';

const hourMs = 3_600_000;
/** Not at once: a process that is started again and again writes nothing. */
const firstAfterMs = 60_000;

/** Where the list lies, printable by a browser without anything else. */
export const downtimeFile = (folder: string): string => join(folder, 'downtime-list.html');

/**
 * Writes the list as it is now, readable by this user alone, in place of the last one; audited.
 * @param folder made where it is missing
 */
export async function writeDowntimeFile(db: Database, folder: string, now: number): Promise<void> {
  const list = await db.transaction(async (query) => {
    const read = await readDowntimeList(query, now);
    const detail = { patients: read.items.length };
    await writeAudit(query, { id: null, name: 'dripwatch' }, 'downtime-list.write', 'downtime-list', detail);
    return read;
  });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = downtimeFile(folder);
  // Written beside and then put in place: whoever opens it meanwhile has the last one whole.
  const next = `${file}.${process.pid}`;
  await writeFile(next, printDowntimeList(list), { mode: 0o600 });
  await rename(next, file);
}

/** Keeps the file as of the last hour. A failure leaves the last one, and the next attempt comes after a minute. */
export function keepDowntimeFile(
  db: Database,
  folder: string,
  { now, log }: { now: () => number; log: Logger },
): { start: () => void; close: () => Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let writing: Promise<void> = Promise.resolve();

  function again(afterMs: number): void {
    if (closed) return;
    timer = setTimeout(() => {
      writing = writeDowntimeFile(db, folder, now()).then(
        () => again(hourMs),
        (error: unknown) => {
          log.warn({ err: error }, 'the downtime list could not be written; the last one stays');
          again(firstAfterMs);
        },
      );
    }, afterMs);
    timer.unref();
  }

  return {
    start: () => again(firstAfterMs),
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await writing;
    },
  };
}
