// The checker's verdict over pumps that wrote down what befell their journals.
import { join } from 'node:path';
import pg from 'pg';
import { type HistoryLog, openHistoryLog } from '../../firmware-sim/history-log.ts';
import { journalEvent, readEvents } from '../chaos/checker/history.ts';
import { readStored, type Stored } from '../chaos/checker/stored.ts';
import { judgeHistory, type Verdict } from '../chaos/checker/verdict.ts';

/** A log of journals in this folder. @param name what the file is called */
export function historyIn(folder: string, name: string): { log: HistoryLog; file: string } {
  const file = join(folder, `${name}.ndjson`);
  const log = openHistoryLog(file);
  if (log === null) throw new Error(`no log of journals at ${file}`);
  return { log, file };
}

/** Everything stored, as of one moment: others may go on writing. */
export async function storedNow(databaseUrl: string): Promise<Stored> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read, read only');
    return await readStored(client);
  } finally {
    await client.end();
  }
}

/** Holds what the pumps wrote down against what is stored. */
export function judged(stored: Stored, file: string): Verdict {
  const journals = readEvents(file, journalEvent);
  return judgeHistory({ journals, screens: [], mayOvertake: false }, stored);
}
