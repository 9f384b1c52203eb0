import type { Range } from '#schemas/rules/cursor.ts';
import type { Entry } from './entry.ts';

/** Index of the first entry with a seq ≥ `seq`; entries are in order of seq. */
export function firstFrom(entries: readonly Entry[], seq: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.seq ?? Number.POSITIVE_INFINITY) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Chooses what a full journal gives up: the oldest samples first, and only when there are none left the oldest of
 * anything but alarms.
 * @param count how many to give up at most
 * @returns ranges of seq, each without a kept record in between
 */
export function chooseGone(entries: readonly Entry[], count: number): Range[] {
  const samples = entries.filter((entry) => entry.kind === 'sample').slice(0, count);
  const chosen = samples.length > 0 ? samples : entries.filter((entry) => entry.kind !== 'alarm').slice(0, count);
  const ranges: Range[] = [];
  for (const { seq } of chosen) {
    const last = ranges.at(-1);
    if (last && last[1] === seq - 1) last[1] = seq;
    else ranges.push([seq, seq]);
  }
  return ranges;
}

/** Entries outside every range. */
export function without(entries: readonly Entry[], ranges: readonly Range[]): Entry[] {
  return entries.filter(({ seq }) => !ranges.some(([from, to]) => from <= seq && seq <= to));
}
