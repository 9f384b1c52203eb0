// A pump's wall clock and how it can be wrong. Its monotonic clock is always right.

export type WallClock = {
  /** Shown minus true time, ms, at `since`. */
  offsetMs: number;
  /** How much faster than true time it runs from `since` on, parts per million. */
  driftPpm: number;
  /** True time from which the drift counts, ms since 1970. */
  since: number;
};

export const trueClock: WallClock = { offsetMs: 0, driftPpm: 0, since: 0 };

/** What the pump's clock shows at a true time, both ms since 1970. */
export function shownTime(clock: WallClock, trueMs: number): number {
  return trueMs + clock.offsetMs + ((trueMs - clock.since) * clock.driftPpm) / 1e6;
}

export type ClockFault =
  | { clock: 'offset'; ms: number }
  | { clock: 'drift'; ppm: number }
  | { clock: 'step'; ms: number }
  | { clock: '1970' }
  | { clock: '2099' }
  | { clock: 'set'; toMs: number };

/** The clock after a fault, or after it was set right, at a true time. */
export function disturbClock(clock: WallClock, fault: ClockFault, trueMs: number): WallClock {
  const shown = shownTime(clock, trueMs);
  const showing = (ms: number): WallClock => ({ ...clock, offsetMs: ms - trueMs, since: trueMs });
  switch (fault.clock) {
    case 'offset':
      return showing(trueMs + fault.ms);
    case 'drift':
      return { ...showing(shown), driftPpm: fault.ppm };
    case 'step':
      return showing(shown + fault.ms);
    case '1970':
      return showing(0);
    case '2099':
      return showing(Date.UTC(2099, 11, 31, 23, 0));
    case 'set':
      return { ...showing(fault.toMs), driftPpm: 0 };
  }
}
