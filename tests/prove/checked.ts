// The checker's verdict over pumps that wrote down what befell their journals.
import { join } from 'node:path';
import type pg from 'pg';
import { type HistoryLog, openHistoryLog } from '../../firmware-sim/history-log.ts';
import { journalEvent, readEvents } from '../chaos/checker/history.ts';
import { readStored } from '../chaos/checker/stored.ts';
import { judgeHistory, type Verdict } from '../chaos/checker/verdict.ts';

/** A log of journals in this folder. @param name what the file is called */
export function historyIn(folder: string, name: string): { log: HistoryLog; file: string } {
  const file = join(folder, `${name}.ndjson`);
  const log = openHistoryLog(file);
  if (log === null) throw new Error(`no log of journals at ${file}`);
  return { log, file };
}

/** Holds what the pumps wrote down against the database. */
export async function judged(db: pg.Pool, file: string): Promise<Verdict> {
  const journals = readEvents(file, journalEvent);
  return judgeHistory({ journals, screens: [], mayOvertake: false }, await readStored(db));
}
