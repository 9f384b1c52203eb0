import type { SampleRecord } from '../messages/record.ts';

// What a patient was given of one drug over the last day: spans of time with the amount in each, in the smallest unit of
// the drug's kind (units.ts). Infusions and boluses, whichever pump they came from.

export type DoseSpan = { from: number; to: number; amount: number };
export type DoseLog = readonly DoseSpan[];

const keptMs = 24 * 3_600_000;
/**
 * Neighbouring spans become one while that is no longer than this: a day is at most 288 of them. What a window takes in
 * counts at once and in full; only what leaves it may leave this much early.
 */
export const mergedMs = 5 * 60_000;

/**
 * Adds a dose; a bolus has `from` equal to `to`. Late ones are put where they belong. Spans that ended more than a day
 * before the newest are dropped.
 */
export function addDose(log: DoseLog, dose: DoseSpan): DoseLog {
  if (!(dose.amount > 0)) return log;
  const last = log.at(-1);
  if (last && dose.from === last.to && last.from < last.to && dose.to > dose.from && dose.to - last.from <= mergedMs) {
    return [...log.slice(0, -1), { from: last.from, to: dose.to, amount: last.amount + dose.amount }];
  }
  const newest = Math.max(dose.to, last?.to ?? 0);
  const kept = log[0] && log[0].to <= newest - keptMs ? log.filter((span) => span.to > newest - keptMs) : log;
  if (!last || dose.to >= last.to) return [...kept, dose];
  return [...kept, dose].sort((a, b) => a.to - b.to).filter((span) => span.to > newest - keptMs);
}

/** Amount given within the hours before `now`; a span that lies across the edge counts in proportion. */
export function doseWithin(log: DoseLog, now: number, hours: number): number {
  const begin = now - hours * 3_600_000;
  let amount = 0;
  for (const span of log) {
    if (span.to <= begin || span.from > now) continue;
    if (span.from >= begin && span.to <= now) {
      amount += span.amount;
      continue;
    }
    const overlap = Math.min(span.to, now) - Math.max(span.from, begin);
    amount += (span.amount * overlap) / (span.to - span.from);
  }
  return amount;
}

/** Where a pump's volume counter stood. */
export type VolumeCounter = { epochNo: number; infusion: number | null; at: number; ml: number } | null;

/**
 * Volume since the last sample of a pump, boluses included: the counter holds them. A new infusion counts from 0; after
 * a reset, what the counter shows again is new; the first sample ever is only the baseline.
 */
export function volumeSince(
  counter: VolumeCounter,
  sample: SampleRecord,
  at: { epochNo: number; at: number },
): { next: VolumeCounter; given: { from: number; to: number; ml: number } | null } {
  const ml = sample.infusedMl;
  if (ml === null || ml === undefined) return { next: counter, given: null };
  const infusion = sample.infusion ?? null;
  const next = { epochNo: at.epochNo, infusion, at: at.at, ml };
  if (counter === null || at.at < counter.at) return { next: counter === null ? next : counter, given: null };
  const sameInfusion = counter.epochNo === at.epochNo && counter.infusion === infusion;
  const risen = sameInfusion && ml >= counter.ml ? ml - counter.ml : ml;
  return { next, given: risen > 0 ? { from: counter.at, to: at.at, ml: risen } : null };
}
