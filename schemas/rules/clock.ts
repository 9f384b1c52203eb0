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

/**
 * Learns from a batch's envelope, changing the state in place.
 * @returns whether anything was learnt
 */
export function learnClock(state: ClockState, batch: BatchClock): boolean {
  const skew = batch.receivedAt - batch.sentAt;
  let learnt = false;
  if (state.skew === null || skew < state.skew || skew > state.skew + clockStepMs) {
    state.skew = skew;
    learnt = true;
  }
  return batch.uptimeMs === null ? learnt : learnBoot(state, batch, batch.receivedAt - batch.uptimeMs) || learnt;
}

function learnBoot(state: ClockState, batch: BatchClock, offset: number): boolean {
  const known = state.boots.find((clock) => clock.boot === batch.boot);
  if (!known) {
    state.boots.push({ boot: batch.boot, offset, formerOffset: null, since: batch.receivedAt });
    if (state.boots.length > keptBoots) state.boots.shift();
    return true;
  }
  if (offset > bootOffset(known) + clockStepMs) {
    // The monotonic clock began again without a new boot number.
    known.offset = offset;
    known.formerOffset = null;
    known.since = batch.receivedAt;
    return true;
  }
  if (batch.receivedAt - known.since > windowMs) {
    known.formerOffset = known.offset;
    known.offset = offset;
    known.since = batch.receivedAt;
    return true;
  }
  if (offset >= known.offset) return false;
  known.offset = offset;
  return true;
}

function bootOffset(clock: BootClock): number {
  return clock.formerOffset === null ? clock.offset : Math.min(clock.offset, clock.formerOffset);
}

/** What of a record tells when it happened: its wall clock in ms, and where given its monotonic clock and boot. */
export type TimedRecord = {
  pumpAt: number;
  record: { uptimeMs?: number | null | undefined; boot?: number | null | undefined };
};

function clamp(estimate: number, receivedAt: number): number {
  return Math.round(Math.min(receivedAt, Math.max(receivedAt - oldestMs, estimate)));
}

/** Estimate by what is known of the pump's clocks; NaN for a boot never seen live. */
function estimateOne(state: ClockState, batch: BatchClock, timed: TimedRecord): number {
  const { uptimeMs } = timed.record;
  if (uptimeMs === null || uptimeMs === undefined) {
    return clamp(timed.pumpAt + (state.skew ?? batch.receivedAt - batch.sentAt), batch.receivedAt);
  }
  const boot = timed.record.boot ?? batch.boot;
  for (const clock of state.boots) {
    if (clock.boot === boot) return clamp(bootOffset(clock) + uptimeMs, batch.receivedAt);
  }
  return Number.NaN;
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
  records: readonly TimedRecord[],
  floor: number | null,
): number[] {
  const estimates: number[] = [];
  let unanchored = false;
  for (const timed of records) {
    const estimate = estimateOne(state, batch, timed);
    if (Number.isNaN(estimate)) unanchored = true;
    estimates.push(estimate);
  }
  if (unanchored) holdBetweenNeighbours(records, estimates, batch, floor);
  return estimates;
}

/** A boot never seen live: its wall clock by this batch's skew, held between the neighbours that are known better. */
function holdBetweenNeighbours(
  records: readonly TimedRecord[],
  estimates: number[],
  batch: BatchClock,
  floor: number | null,
): void {
  const skew = batch.receivedAt - batch.sentAt;
  let ceiling = Number.POSITIVE_INFINITY;
  const ceilings = new Array<number>(records.length);
  for (let i = records.length - 1; i >= 0; i -= 1) {
    const estimate = estimates[i] as number;
    if (!Number.isNaN(estimate)) ceiling = estimate;
    ceilings[i] = ceiling;
  }
  let lowest = floor ?? Number.NEGATIVE_INFINITY;
  for (let i = 0; i < records.length; i += 1) {
    if (Number.isNaN(estimates[i] as number)) {
      const guess = (records[i] as TimedRecord).pumpAt + skew;
      estimates[i] = clamp(Math.min(ceilings[i] as number, Math.max(lowest, guess)), batch.receivedAt);
    }
    lowest = Math.max(lowest, estimates[i] as number);
  }
}

/** Whether a record came late: its estimate lies more than 60 s before its receipt. */
export function isLate(estimate: number, receivedAt: number): boolean {
  return receivedAt - estimate > lateMs;
}
