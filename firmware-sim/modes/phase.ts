// A programme, whatever its mode, runs as a list of phases.

export type PhaseEnd =
  | { after: 'volume'; ml: number }
  | { after: 'duration'; ms: number }
  /** Runs until somebody stops it or the reservoir is empty. */
  | { after: 'stopped' };

export type Phase = {
  /** `standby` waits without flow (a delayed start); `kvo` keeps the vein open at a low rate. */
  run: 'delivering' | 'kvo' | 'standby';
  rateMlPerH: number;
  end: PhaseEnd;
  /** The phase is a loading dose, reported as a bolus when it is given. */
  loading?: true;
  /** The phase belongs to the planned ramp-down of a taper; an early ramp-down jumps to the first of them. */
  rampDown?: true;
};

const minuteMs = 60_000;

/** Flow at a rate for minutes. */
export function forMinutes(rateMlPerH: number, minutes: number): Phase {
  return { run: 'delivering', rateMlPerH, end: { after: 'duration', ms: minutes * minuteMs } };
}

/** Flow at a rate until a volume is in. */
export function forVolume(rateMlPerH: number, ml: number): Phase {
  return { run: 'delivering', rateMlPerH, end: { after: 'volume', ml } };
}

/** A wait before the start. */
export function delay(minutes: number): Phase {
  return { run: 'standby', rateMlPerH: 0, end: { after: 'duration', ms: minutes * minuteMs } };
}

/** Planned volume of phases in mL; phases without an end count nothing. */
export function plannedMl(phases: readonly Phase[]): number {
  return phases.reduce((sum, phase) => {
    if (phase.end.after === 'volume') return sum + phase.end.ml;
    if (phase.end.after === 'duration') return sum + (phase.rateMlPerH * phase.end.ms) / 3_600_000;
    return sum;
  }, 0);
}
