// When it is the platform and not the pumps: what is committed is old, or many pumps fall silent at once. One alert for
// the technical on-call, with a count; a patient's silence stays on the alert board all the same.

export type PlatformFacts = {
  /** Age of the oldest message that waits to be committed, over all workers, ms; 0: none waits. */
  behindMs: number;
  /** Pumps that are watched. */
  fleet: number;
  /** Since when each silent one of them is silent, ms. */
  silentSince: readonly number[];
};

/** A screen whose newest record is this old says STALE. */
export const behindAfterMs = 15_000;
/** Caught up, with a distance: a queue that is drained is empty at once. */
export const caughtUpMs = 5_000;
/** More than this share of the fleet … */
export const massShare = 0.2;
/** … silent within this time … */
export const massWithinMs = 60_000;
/** … and not in a fleet so small that one home without power is a fifth of it. */
export const massAtLeast = 5;
/** The condition is over once it has been so for this long; until then it is the same alert. */
export const calmForMs = 60_000;

/** The most pumps that fell silent within one minute and are silent still. */
export function silentAtOnce(silentSince: readonly number[]): number {
  const sorted = [...silentSince].sort((a, b) => a - b);
  let most = 0;
  let from = 0;
  for (const [at, since] of sorted.entries()) {
    while (since - (sorted[from] ?? since) > massWithinMs) from += 1;
    most = Math.max(most, at - from + 1);
  }
  return most;
}

/**
 * @param isOpen whether the alert stands now
 * @param calmSince since when nothing was wrong, ms, as returned the last time
 */
export function judgePlatform(
  facts: PlatformFacts,
  isOpen: boolean,
  calmSince: number | null,
  now: number,
): { do: 'raise' | 'end' | null; silent: number; calmSince: number | null } {
  const together = silentAtOnce(facts.silentSince);
  const mass = together >= massAtLeast && together > massShare * facts.fleet;
  const silent = mass ? together : 0;
  const wrong = mass || facts.behindMs >= (isOpen ? caughtUpMs : behindAfterMs);
  if (wrong) return { do: isOpen ? null : 'raise', silent, calmSince: null };
  const since = calmSince ?? now;
  return { do: isOpen && now - since >= calmForMs ? 'end' : null, silent, calmSince: since };
}
