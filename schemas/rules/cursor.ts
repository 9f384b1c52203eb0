// The journal cursor: which of a pump's numbered records are in. It is what makes "exactly once" true, so it is ours.
// One writer owns a cursor and changes it in place; a copy per record would be the hot path's largest cost.

/** [from, to], both included. */
export type Range = [number, number];

export type Cursor = {
  /** Every seq ≤ upTo is committed, rejected or declared gone. */
  upTo: number;
  /** Sorted, disjoint, non-adjacent ranges above upTo + 1 that are in. */
  above: Range[];
  /** Sorted, disjoint ranges that were declared gone and never arrived; they count as in. */
  lost: Range[];
  /** Highest seq known to exist: seen, or named by hello's `last`. */
  highest: number;
};

export type Acceptance =
  /** Never seen: store it. */
  | 'new'
  /** It had been declared gone and arrived after all: store it; the declaration is replaced. */
  | 'recovered'
  /** Already in: drop it. */
  | 'seen'
  /** Beyond what the journal can plausibly hold: reject it, it is not counted as in. */
  | 'too-far'
  /** So many holes that remembering one more is refused; unacknowledged, the pump sends it again once holes close. */
  | 'deferred';

/** A record's seq is at most this far above the highest known (device-protocol.md, "Bounds"). */
export const maxSeqAhead = 1_000_000;
/** Bound on remembered ranges per journal, so that a pump sending every other record can't grow the cursor. */
export const maxRanges = 2_000;

export function newCursor(): Cursor {
  return { upTo: 0, above: [], lost: [], highest: 0 };
}

/** Takes one seq. Constant time for the usual case, the next one in order. */
export function acceptSeq(cursor: Cursor, seq: number): Acceptance {
  if (seq === cursor.upTo + 1 && cursor.above.length === 0) {
    cursor.upTo = seq;
    if (seq > cursor.highest) cursor.highest = seq;
    return 'new';
  }
  if (seq <= cursor.upTo || inside(cursor.above, seq)) {
    return cursor.lost.length > 0 && remove(cursor.lost, seq) ? 'recovered' : 'seen';
  }
  if (seq > cursor.highest + maxSeqAhead) return 'too-far';
  if (!add(cursor, seq, seq)) return 'deferred';
  if (seq > cursor.highest) cursor.highest = seq;
  return 'new';
}

/**
 * Declares a range gone. Only what is not in becomes lost.
 * @returns the parts that were holes, in order; empty when nothing was missing
 */
export function declareGone(cursor: Cursor, from: number, to: number): Range[] {
  const holes = holesBetween(cursor, from, to);
  for (const [start, end] of holes) {
    insert(cursor.lost, start, end);
    add(cursor, start, end, true);
  }
  if (to > cursor.highest) cursor.highest = to;
  return holes;
}

/** Hello names the journal's last seq: it exists, though it may not be in yet. */
export function learnHighest(cursor: Cursor, last: number): void {
  if (last > cursor.highest) cursor.highest = last;
}

/** Ranges above upTo that were not seen and lie below something that was; at most `limit`, lowest first. */
export function missingRanges(cursor: Cursor, limit = 16): Range[] {
  const missing: Range[] = [];
  let next = cursor.upTo + 1;
  for (const [from, to] of cursor.above) {
    if (missing.length === limit) break;
    missing.push([next, from - 1]);
    next = to + 1;
  }
  return missing;
}

/** Records known to exist that are not in. */
export function missingCount(cursor: Cursor): number {
  let inside = cursor.upTo;
  for (const [from, to] of cursor.above) inside += to - from + 1;
  return Math.max(0, cursor.highest - inside);
}

/** Parts of [from, to] that are not in. */
function holesBetween(cursor: Cursor, from: number, to: number): Range[] {
  const holes: Range[] = [];
  let next = Math.max(from, cursor.upTo + 1);
  for (const [start, end] of cursor.above) {
    if (next > to || start > to) break;
    if (end < next) continue;
    if (start > next) holes.push([next, start - 1]);
    next = end + 1;
  }
  if (next <= to) holes.push([next, to]);
  return holes;
}

/** Index of the first range whose end is ≥ seq. */
function lowerBound(ranges: Range[], seq: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle] as Range)[1] < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

function inside(ranges: Range[], seq: number): boolean {
  const range = ranges[lowerBound(ranges, seq)];
  return range !== undefined && range[0] <= seq;
}

/** Adds a range known to be disjoint from what is there, joining neighbours. */
function insert(ranges: Range[], from: number, to: number): void {
  const at = lowerBound(ranges, from);
  const before = ranges[at - 1];
  const after = ranges[at];
  const joinsBefore = before !== undefined && before[1] === from - 1;
  const joinsAfter = after !== undefined && after[0] === to + 1;
  if (joinsBefore && joinsAfter) {
    before[1] = after[1];
    ranges.splice(at, 1);
  } else if (joinsBefore) before[1] = to;
  else if (joinsAfter) after[0] = from;
  else ranges.splice(at, 0, [from, to]);
}

/** Marks a hole, or part of one, as in; false when that would remember too many ranges. */
function add(cursor: Cursor, from: number, to: number, forced = false): boolean {
  if (from === cursor.upTo + 1) {
    cursor.upTo = to;
    const first = cursor.above[0];
    if (first !== undefined && first[0] === to + 1) {
      cursor.upTo = first[1];
      cursor.above.shift();
    }
    return true;
  }
  if (!forced && cursor.above.length >= maxRanges) {
    const at = lowerBound(cursor.above, from);
    const joins = cursor.above[at - 1]?.[1] === from - 1 || cursor.above[at]?.[0] === to + 1;
    if (!joins) return false;
  }
  insert(cursor.above, from, to);
  return true;
}

/** Takes one seq out of the ranges, splitting where needed; false when it was in none. */
function remove(ranges: Range[], seq: number): boolean {
  const at = lowerBound(ranges, seq);
  const range = ranges[at];
  if (range === undefined || range[0] > seq) return false;
  const [from, to] = range;
  if (from === to) ranges.splice(at, 1);
  else if (from === seq) range[0] = seq + 1;
  else if (to === seq) range[1] = seq - 1;
  else ranges.splice(at, 1, [from, seq - 1], [seq + 1, to]);
  return true;
}
