import type { Infusion, InfusionDetail } from '#schemas/http/shapes.ts';
import type { Query } from './database.ts';
import { countWithin, type JournalKnown, missingRanges, type Range } from './journal-ranges.ts';
import { notFound } from './problem.ts';

/** A row of sql/infusion_item.sql. */
export type InfusionRow = Infusion & { epochNo: number; firstSeq: number; lastAt: string; key: string };

type JournalRow = JournalKnown & {
  lost: Range[];
  upToAt: string | null;
  lastSeq: number | null;
  rejected: number;
  late: number;
};

export function toInfusion(row: InfusionRow): Infusion {
  const { id, pump, pumpInfusion, drug, careArea, startedAt, endedAt, state, totalMl, rateMlPerH } = row;
  const { lastKnownAt, alerts, patient } = row;
  return {
    id,
    pump,
    pumpInfusion,
    drug,
    careArea,
    startedAt,
    endedAt,
    state,
    totalMl,
    rateMlPerH,
    lastKnownAt,
    alerts,
    patient,
  };
}

/** @throws 404 */
export async function readInfusionRow(query: Query, id: string): Promise<InfusionRow> {
  const [row] = await query<InfusionRow>('infusion_one', [id]);
  if (!row) throw notFound(`infusion ${id}`);
  return row;
}

/** @throws 404 */
export async function readInfusionDetail(query: Query, id: string): Promise<InfusionDetail> {
  const row = await readInfusionRow(query, id);
  const until = row.endedAt !== null && row.endedAt > row.lastAt ? row.endedAt : row.lastAt;
  const place = [row.pump, row.epochNo];
  const [journal] = await query<JournalRow>('infusion_journal', [
    ...place,
    row.firstSeq,
    row.pumpInfusion,
    row.startedAt,
    new Date(Date.parse(until) + 1).toISOString(),
  ]);
  const lastSeq = journal ? (journal.lastSeq ?? journal.highest) : Number.MAX_SAFE_INTEGER;
  const segments = await query<InfusionDetail['segments'][number]>('infusion_segments', [...place, row.pumpInfusion]);
  const timeline = await query<InfusionDetail['timeline'][number]>('infusion_timeline', [
    ...place,
    row.pumpInfusion,
    id,
    row.startedAt,
    until,
    row.firstSeq,
    lastSeq,
  ]);
  return { ...toInfusion(row), segments, timeline, completeness: completenessOf(row, journal, lastSeq) };
}

function completenessOf(
  row: InfusionRow,
  journal: JournalRow | undefined,
  lastSeq: number,
): InfusionDetail['completeness'] {
  if (!journal) return { through: null, missing: 0, declaredLost: 0, rejected: 0, late: 0 };
  return {
    // An infusion that ended is complete at most through its end, whatever the journal holds beyond it.
    through: row.endedAt !== null && (journal.upToAt ?? '') > row.endedAt ? row.endedAt : journal.upToAt,
    missing: countWithin(missingRanges(journal), row.firstSeq, lastSeq),
    declaredLost: countWithin(journal.lost, row.firstSeq, lastSeq),
    rejected: journal.rejected,
    late: journal.late,
  };
}
