export type Range = [from: number, to: number];

/** What a journal row knows of its records. */
export type JournalKnown = { upTo: number; highest: number; above: Range[] };

/** Records known to exist that are not in: between the high-water mark and the highest, less what came early. */
export function missingRanges({ upTo, highest, above }: JournalKnown): Range[] {
  const missing: Range[] = [];
  let next = upTo + 1;
  for (const [from, to] of [...above].sort((a, b) => a[0] - b[0])) {
    if (from > next) missing.push([next, Math.min(from - 1, highest)]);
    next = Math.max(next, to + 1);
  }
  if (next <= highest) missing.push([next, highest]);
  return missing;
}

/** Lowest seq that is joined to this one by ranges without anything between. */
export function reachBelow(ranges: readonly Range[], seq: number): number {
  let lowest = seq;
  for (const [from, to] of [...ranges].sort((a, b) => b[0] - a[0])) {
    if (from < lowest && to >= lowest - 1) lowest = from;
  }
  return lowest;
}

/** How many numbers of the ranges lie within [from, to]. */
export function countWithin(ranges: readonly Range[], from: number, to: number): number {
  let count = 0;
  for (const [a, b] of ranges) count += Math.max(0, Math.min(b, to) - Math.max(a, from) + 1);
  return count;
}

export function countAll(ranges: readonly Range[]): number {
  return countWithin(ranges, 0, Number.MAX_SAFE_INTEGER);
}
