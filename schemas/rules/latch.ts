// A value at the edge must not flap: a condition begins beyond a threshold and ends only clearly inside it, each for a
// while. Recurrence within the re-arm time is one alert (conditions.ts); this keeps it from coming and going at all.

export type Latch = { on: boolean /** Since when the value says the opposite, ms. */; turningSince: number | null };
export type LatchSettings = { raiseAfterMs: number; clearAfterMs: number };

export function newLatch(): Latch {
  return { on: false, turningSince: null };
}

/**
 * One look at a value.
 * @param value.beyond the threshold is passed
 * @param value.inside it is clearly inside; between the two nothing changes
 */
export function nextLatch(
  state: Latch,
  value: { beyond: boolean; inside: boolean },
  now: number,
  settings: LatchSettings,
): { next: Latch; turned: 'on' | 'off' | null } {
  const opposite = state.on ? value.inside : value.beyond;
  if (!opposite) return { next: { ...state, turningSince: null }, turned: null };
  const since = state.turningSince ?? now;
  const wait = state.on ? settings.clearAfterMs : settings.raiseAfterMs;
  if (now - since < wait) return { next: { ...state, turningSince: since }, turned: null };
  return { next: { on: !state.on, turningSince: null }, turned: state.on ? 'off' : 'on' };
}
