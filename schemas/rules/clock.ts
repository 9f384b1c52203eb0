// When did it really happen? A pump's wall clock may be wrong in every way, its monotonic clock only by drift. The
// estimate is assigned once, at first acceptance (device-protocol.md, "A wrong clock …").

/** What is learnt of one boot's monotonic clock. */
type BootClock = {
  boot: number;
  /** Least (received − uptime) of the running and of the former half hour, ms. */
  offset: number;
  formerOffset: number | null;
  since: number;
};

export type ClockState = {
  /** Boots that were seen live, newest last, at most `keptBoots`. */
  boots: BootClock[];
  /** Least (received − sentAt) seen, ms: what a pump without a monotonic clock is corrected by. */
  skew: number | null;
};

export type BatchClock = { boot: number; sentAt: number; uptimeMs: number | null; receivedAt: number };
export type RecordClock = { at: number; uptimeMs: number | null; boot: number | null };

const keptBoots = 4;
const windowMs = 30 * 60_000;
/** A link delays a message by minutes at most (keepalive); a larger step is the clock's. */
export const clockStepMs = 10 * 60_000;
/** Nothing is older than this: a far chunk would be made for it. */
export const oldestMs = 400 * 24 * 3_600_000;
/** An estimate this much before its receipt is late. */
export const lateMs = 60_000;

export function newClock(): ClockState {
  return { boots: [], skew: null };
}

/** Learns from a batch's envelope, changing the state in place. */
export function learnClock(state: ClockState, batch: BatchClock): void {
  const skew = batch.receivedAt - batch.sentAt;
  if (state.skew === null || skew < state.skew || skew > state.skew + clockStepMs) state.skew = skew;
  if (batch.uptimeMs === null) return;

  const offset = batch.receivedAt - batch.uptimeMs;
  const known = state.boots.find((clock) => clock.boot === batch.boot);
  if (!known) {
    state.boots.push({ boot: batch.boot, offset, formerOffset: null, since: batch.receivedAt });
    if (state.boots.length > keptBoots) state.boots.shift();
    return;
  }
  if (offset > bootOffset(known) + clockStepMs) {
    // The monotonic clock began again without a new boot number.
    known.offset = offset;
    known.formerOffset = null;
    known.since = batch.receivedAt;
  } else if (batch.receivedAt - known.since > windowMs) {
    known.formerOffset = known.offset;
    known.offset = offset;
    known.since = batch.receivedAt;
  } else if (offset < known.offset) known.offset = offset;
}

function bootOffset(clock: BootClock): number {
  return clock.formerOffset === null ? clock.offset : Math.min(clock.offset, clock.formerOffset);
}

/**
 * Estimates when each record of a batch happened, ms since 1970 of the server's clock.
 * @param records in order of seq
 * @param floor estimate of the newest record below them, or null: what lies above a known neighbour can't be before it
 * @returns one estimate per record, within [received − 400 days, received]
 */
export function estimateTimes(
  state: ClockState,
  batch: BatchClock,
  records: readonly RecordClock[],
  floor: number | null,
): number[] {
  const skew = batch.receivedAt - batch.sentAt;
  const oldest = batch.receivedAt - oldestMs;
  const clamp = (estimate: number) => Math.round(Math.min(batch.receivedAt, Math.max(oldest, estimate)));
  const estimates: number[] = new Array(records.length);
  let unanchored = false;

  for (let i = 0; i < records.length; i += 1) {
    const record = records[i] as RecordClock;
    const boot = record.boot ?? batch.boot;
    if (record.uptimeMs === null) {
      estimates[i] = clamp(record.at + (state.skew ?? skew));
      continue;
    }
    const clock = state.boots.find((known) => known.boot === boot);
    if (clock) estimates[i] = clamp(bootOffset(clock) + record.uptimeMs);
    else {
      estimates[i] = Number.NaN;
      unanchored = true;
    }
  }
  if (unanchored) holdBetweenNeighbours(records, estimates, skew, floor, clamp);
  return estimates;
}

/** A boot never seen live: its wall clock by this batch's skew, held between the neighbours that are known better. */
function holdBetweenNeighbours(
  records: readonly RecordClock[],
  estimates: number[],
  skew: number,
  floor: number | null,
  clamp: (estimate: number) => number,
): void {
  let ceiling = Number.POSITIVE_INFINITY;
  const ceilings = new Array<number>(records.length);
  for (let i = records.length - 1; i >= 0; i -= 1) {
    const estimate = estimates[i] as number;
    if (!Number.isNaN(estimate)) ceiling = estimate;
    ceilings[i] = ceiling;
  }
  let lowest = floor ?? Number.NEGATIVE_INFINITY;
  for (let i = 0; i < records.length; i += 1) {
    const estimate = estimates[i] as number;
    if (Number.isNaN(estimate)) {
      const guess = (records[i] as RecordClock).at + skew;
      estimates[i] = clamp(Math.min(ceilings[i] as number, Math.max(lowest, guess)));
    }
    lowest = Math.max(lowest, estimates[i] as number);
  }
}

/** Whether a record came late: its estimate lies more than 60 s before its receipt. */
export function isLate(estimate: number, receivedAt: number): boolean {
  return receivedAt - estimate > lateMs;
}
