import { type DoseLog, mergedMs } from '../dose-log.ts';
import { isRest } from '../part-of-order.ts';
import type { CheckState } from './check-state.ts';
import type { Care } from './settle-care.ts';

// What the bag of an order gave before this programme: from this pump, and from the one that it hung on before. A bag
// that goes to the backup pump is programmed with what is left of it.

const minute = 60_000;
/** A break this long may be another bag, ms. */
const breakMs = 60 * minute;
/** So long may the bag wait for the next pump, ms: one is brought, a nurse comes. */
const handedOnMs = 4 * 60 * minute;
/** Doses of a day are known (load-shared-doses.sql): of a run that is nearly as long, the beginning may be missing, ms. */
const knownMs = 23 * 60 * minute;
/** The pump that stops may be told of a little later than the one that starts, ms. */
const overlapMs = minute;

export type Bag = { ownMl: number; elsewhereMl: number };

/** What is known to have been given of the order's bag, mL. */
export function bagGiven(check: CheckState, care: Care, now: number): Bag {
  const { order } = care.match;
  const ownMl = order !== null && check.given?.order === order.id ? check.given.ml : 0;
  return { ownMl, elsewhereMl: order === null ? 0 : elsewhere(check, care, now) };
}

function elsewhere(check: CheckState, care: Care, now: number): number {
  const { measure, match, facts } = care;
  const mode = match.order?.numbers.mode;
  // Doses on demand or with pauses are no bag that simply goes on.
  if ('reason' in measure || match.patient === null || (mode !== 'continuous' && mode !== 'steps')) return 0;
  const others = facts.doses.get(measure.key) ?? [];
  if (others.length === 0) return 0;
  const run = lastRun(others, breakMs);
  const dosing = check.dosing?.key === measure.key ? [check.dosing] : [];
  const own = lastRun([...(check.doses.get(measure.key) ?? []), ...dosing], mergedMs);
  // What runs beside this pump is another bag; what ended long ago, and what began before anything is known, may be one.
  const began = own && now - own.to <= mergedMs ? own.from : now;
  if (!run || run.to > began + overlapMs || run.to < began - handedOnMs || run.from < now - knownMs) return 0;
  return run.amount / measure.perMl;
}

/** The spans at the end of a log that follow one another without a break. */
function lastRun(log: DoseLog, mostMs: number): { from: number; to: number; amount: number } | null {
  let run: { from: number; to: number; amount: number } | null = null;
  for (const span of [...log].sort((a, b) => b.to - a.to)) {
    if (run && run.from - span.to > mostMs) break;
    const before: { from: number; to: number; amount: number } = run ?? { from: span.from, to: span.to, amount: 0 };
    run = { from: Math.min(before.from, span.from), to: before.to, amount: before.amount + span.amount };
  }
  return run;
}

/** The rest of the order that another pump began: kept with the pump, since doses are known for a day only. */
export function noteRest(check: CheckState, care: Care, bag: Bag): void {
  const { order } = care.match;
  const ml = care.programme?.vtbiMl;
  if (!order || !ml || bag.elsewhereMl === 0) return;
  const settings = care.settings['programme-against-order'];
  const total = bag.ownMl + bag.elsewhereMl;
  if (isRest(ml, bag.ownMl, order.numbers, settings) || !isRest(ml, total, order.numbers, settings)) return;
  check.given = { order: order.id, ml: total };
}
