import type { Infusion, InfusionDetail } from '#schemas/http/shapes.ts';
import { readInfusionCheck } from './care/infusion-check.ts';
import { readInfusionOrder } from './care/infusion-order.ts';
import type { Query } from './database.ts';
import { completenessOf, firstMissing, type InfusionJournal, recordSpan } from './infusion-completeness.ts';
import { notFound } from './problem.ts';

/** A row of sql/infusion_item.sql. */
export type InfusionRow = Infusion & { epochNo: number; firstSeq: number; lastAt: string; key: string };

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
export async function readInfusionDetail(query: Query, id: string, now: number): Promise<InfusionDetail> {
  const row = await readInfusionRow(query, id);
  const until = row.endedAt !== null && row.endedAt > row.lastAt ? row.endedAt : row.lastAt;
  const place = [row.pump, row.epochNo];
  const [journal] = await query<InfusionJournal>('infusion_journal', [
    ...place,
    row.firstSeq,
    row.pumpInfusion,
    row.startedAt,
    new Date(Date.parse(until) + 1).toISOString(),
  ]);
  // The first record that names an infusion creates it, and its journal before it.
  if (!journal) throw notFound(`journal of infusion ${id}`);
  const span = recordSpan(row, journal);
  const hole = firstMissing(span, journal);
  const [before] =
    hole === null
      ? []
      : await query<{ at: string | null }>('infusion_before_hole', [
          ...place,
          row.pumpInfusion,
          hole,
          row.startedAt,
          until,
        ]);
  const segments = await query<InfusionDetail['segments'][number]>('infusion_segments', [...place, row.pumpInfusion]);
  const timeline = await query<InfusionDetail['timeline'][number]>('infusion_timeline', [
    ...place,
    row.pumpInfusion,
    id,
    row.startedAt,
    until,
    span[0],
    span[1],
  ]);
  const order = await readInfusionOrder(query, id, now);
  return {
    ...toInfusion(row),
    segments,
    timeline,
    completeness: completenessOf(row, journal, before?.at ?? null),
    order,
    check: await readInfusionCheck(query, id),
  };
}
