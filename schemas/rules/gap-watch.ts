import { endConditions, raiseOrReopen } from './conditions.ts';
import { type Cursor, missingRanges, type Range } from './cursor.ts';
import type { PumpRuleState, RuleContext, RuleStep } from './pump-rule-state.ts';
import { allowedSilenceMs, reconnectGraceMs } from './silence-rule.ts';

// A hole in a journal closes by itself as long as the pump sends what an acknowledgement calls missing. One that does
// not is asked for; one that stays is a technician's, never a nurse's.

/** Holes of the newest journal that are being watched. Kept with the pump's rules, so that it outlives its worker. */
export type GapWatch = {
  epochNo: number;
  /** The watched holes lie below this seq; holes above it are watched once these are closed. */
  below: number;
  /** When they were first seen, ms. */
  since: number;
  /** How many of their records are still not in. */
  missing: number;
  /** When the last of them came in, or the watch began, ms. */
  progressAt: number;
  /** Backfill commands since then, and when the last one went, ms. */
  asks: number;
  askedAt: number | null;
};

/** A hole of which nothing came in for this long is asked for. */
export const askAfterMs = 30_000;
/** Longest wait before it is asked for again; it doubles from `askAfterMs`. */
export const askAtMostEveryMs = 5 * 60_000;
/** A hole that is open for this long is a technician's. */
export const gapOpenMs = 10 * 60_000;

/** What the watch decides: its next state, and the ranges to ask the pump for now. */
export type GapStep = { next: GapWatch | null; ask: Range[] | null };

/**
 * One look at a journal's holes: what is missing below something that arrived. What hello merely announced is no hole.
 * @param given.connected whether the pump can hear us, as far as its records tell
 */
export function watchGap(
  watch: GapWatch | null,
  cursor: Cursor,
  given: { epochNo: number; now: number; connected: boolean },
): GapStep {
  const { epochNo, now, connected } = given;
  const top = cursor.above.at(-1);
  if (top === undefined) return { next: null, ask: null };
  if (watch === null || watch.epochNo !== epochNo || missingBelow(cursor, watch.below) === 0) {
    const [below] = top;
    const missing = missingBelow(cursor, below);
    return { next: { epochNo, below, since: now, missing, progressAt: now, asks: 0, askedAt: null }, ask: null };
  }
  const missing = missingBelow(cursor, watch.below);
  // Never more than before, unless the database was set back: then it counts as seen anew.
  if (missing !== watch.missing)
    return { next: { ...watch, missing, progressAt: now, asks: 0, askedAt: null }, ask: null };
  const wait = Math.min(askAfterMs * 2 ** watch.asks, askAtMostEveryMs);
  if (!connected || now - (watch.askedAt ?? watch.progressAt) < wait) return { next: watch, ask: null };
  const ask = missingRanges(cursor).filter(([from]) => from < watch.below);
  return { next: { ...watch, asks: watch.asks + 1, askedAt: now }, ask };
}

/** Records below a seq that are not in. */
function missingBelow(cursor: Cursor, below: number): number {
  let missing = Math.max(0, below - 1 - cursor.upTo);
  for (const [from, to] of cursor.above) {
    if (from >= below) break;
    missing -= Math.min(to, below - 1) - from + 1;
  }
  return missing;
}

/**
 * Watches the gaps of a pump's newest journal and keeps `gap-open` true.
 * @param given.listeningSince since when this worker hears the pump, ms: a pump that can't be asked is given time to return
 */
export function judgeGap(
  state: PumpRuleState,
  cursor: Cursor,
  now: number,
  given: { listeningSince: number },
  context: RuleContext,
): RuleStep & { ask: Range[] | null } {
  const watch = state.gap;
  if (watch === null && cursor.above.length === 0) return { next: state, effects: [], ask: null };
  const connected = state.contactAt !== null && now - state.contactAt < allowedSilenceMs(state);
  const { next: gap, ask } = watchGap(watch, cursor, { epochNo: context.epochNo, now, connected });
  const next = gap === watch ? state : { ...state, gap };

  const isSameGap = gap !== null && gap.since === watch?.since;
  if (!isSameGap) {
    const reason = watch && watch.epochNo !== context.epochNo ? 'a new journal began' : 'the gap is closed';
    return { ...endConditions(next, (open) => open.key === 'gap-open', now, reason), ask };
  }
  if (now - gap.since < gapOpenMs) return { next, effects: [], ask };
  const hadItsChance = connected
    ? watch !== null && watch.askedAt !== null && now - watch.askedAt >= askAfterMs
    : now - given.listeningSince >= reconnectGraceMs;
  if (!hadItsChance) return { next, effects: [], ask };
  const lowest = cursor.upTo + 1;
  const arrival = { seq: lowest, boot: state.boot?.boot ?? 0, at: now, pumpAt: null, brokerAt: null, receivedAt: now };
  const raised = raiseOrReopen(
    next,
    context,
    { ...arrival, late: false },
    {
      key: 'gap-open',
      priority: 'low',
      message: 'Records are missing and did not come within 10 min',
      detail: {
        missing: gap.missing,
        ranges: missingRanges(cursor).filter(([from]) => from < gap.below),
        since: new Date(gap.since).toISOString(),
      },
      infusion: null,
      pastOnly: false,
    },
  );
  return { ...raised, ask };
}
