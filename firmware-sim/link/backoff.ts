// When to try again (device-protocol.md, "What a pump does").

export type Backoff = { firstMs: number; mostMs: number };

/** Resending what is not acknowledged. */
export const resendRecords: Backoff = { firstMs: 10_000, mostMs: 300_000 };
/** Resending alarms that are not acknowledged. */
export const resendAlarms: Backoff = { firstMs: 2_000, mostMs: 30_000 };

/** Wait after the n-th attempt (n ≥ 1), doubling. */
export function waitAfter(backoff: Backoff, attempt: number): number {
  return Math.min(backoff.mostMs, backoff.firstMs * 2 ** Math.min(30, Math.max(0, attempt - 1)));
}

/**
 * Wait before the n-th reconnection in a row (n ≥ 1): full jitter over a doubling ceiling, 1 s to 60 s, so that a fleet
 * that lost its broker doesn't come back as one.
 * @param uniform a draw in [0, 1)
 */
export function reconnectWait(attempt: number, uniform: number): number {
  const ceiling = Math.min(60_000, 1_000 * 2 ** Math.min(16, Math.max(0, attempt)));
  return Math.max(1_000, Math.round(ceiling * uniform));
}
