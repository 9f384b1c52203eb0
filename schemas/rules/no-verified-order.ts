import type { WatchStep } from './finding.ts';

// A pump at a patient runs and nobody has verified what it should run. A programme may come before its order: that is
// the same condition, and the order's verification ends it.

export type OrderWatch = { runningSince: number | null; found: boolean };

export type OrderSettingsGrace = {
  /** How long a pump may run before its order is verified, min. */
  graceMin: number;
};

export function newOrderWatch(): OrderWatch {
  return { runningSince: null, found: false };
}

/** One step, at each sample and each tick. */
export function watchOrder(
  state: OrderWatch,
  given: { running: boolean; atPatient: boolean; order: 'verified' | 'not-verified' | 'none' },
  now: number,
  settings: OrderSettingsGrace,
): WatchStep<OrderWatch> {
  const clear = (why: string) => ({ next: newOrderWatch(), found: null, over: state.found ? why : null });
  if (given.order === 'verified') return clear('the order is verified');
  if (!given.atPatient) return clear('not at a patient');
  // A pause doesn't answer the question; only delivery begins it.
  if (state.runningSince === null && !given.running) return { next: state, found: null, over: null };
  const runningSince = state.runningSince ?? now;
  if (state.found || now - runningSince < settings.graceMin * 60_000) {
    return { next: { ...state, runningSince }, found: null, over: null };
  }
  const message =
    given.order === 'none' ? 'A pump runs without an order' : 'A pump runs and its order is not verified yet';
  return {
    next: { runningSince, found: true },
    found: { type: 'no-verified-order', priority: 'medium', message, detail: { order: given.order, runningSince } },
    over: null,
  };
}
