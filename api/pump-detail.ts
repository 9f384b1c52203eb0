import type { PumpDetail } from '#schemas/http/administration.ts';
import type { Pump } from '#schemas/http/shapes.ts';
import type { Query } from './database.ts';
import { countAll, type JournalKnown, missingRanges, type Range } from './journal-ranges.ts';
import { notFound } from './problem.ts';
import { type PumpRow, toPump } from './pump-row.ts';

const eventsShown = 50;

type JournalRow = JournalKnown & {
  epoch: string;
  epochNo: number;
  lost: Range[];
  completeThrough: string | null;
  records: number;
  rejected: number;
  firstAt: string;
  closedAt: string | null;
};

/** @throws 404 */
export async function readPump(query: Query, id: string): Promise<Pump> {
  const [row] = await query<PumpRow>('pumps_some', [[id]]);
  if (!row) throw notFound(`pump ${id}`);
  return toPump(row);
}

/** @throws 404 */
export async function readPumpDetail(query: Query, id: string): Promise<PumpDetail> {
  const pump = await readPump(query, id);
  const journals = await query<JournalRow>('pump_journals', [id]);
  const events = await query<PumpDetail['events'][number]>('pump_events', [id, eventsShown]);
  return { ...pump, journals: journals.map(toJournal), events };
}

function toJournal(row: JournalRow): PumpDetail['journals'][number] {
  const missing = missingRanges(row);
  const declaredLost = countAll(row.lost);
  const unread = countAll(missing) + declaredLost + row.rejected;
  return {
    epoch: row.epoch,
    epochNo: row.epochNo,
    upTo: row.upTo,
    highest: row.highest,
    missing: countAll(missing),
    missingRanges: missing,
    declaredLost,
    records: row.records,
    rejected: row.rejected,
    completePct: row.highest === 0 ? 100 : Math.max(0, (100 * (row.highest - unread)) / row.highest),
    completeThrough: row.completeThrough,
    firstAt: row.firstAt,
    closedAt: row.closedAt,
  };
}
