import type { WatchStep } from './finding.ts';

// A patient asks far more often than the pump gives: the dose is too small, or something else is wrong.

export type DemandWatch = { demands: { at: number; given: boolean }[]; found: boolean };
export type DemandSettings = { leastUnanswered: number; timesGiven: number };

const hourMs = 3_600_000;

export function newDemandWatch(): DemandWatch {
  return { demands: [], found: false };
}

/** One step: at each demand of the patient, and at each tick. */
export function watchDemands(
  state: DemandWatch,
  input: { kind: 'demand'; given: boolean } | { kind: 'time' },
  now: number,
  settings: DemandSettings,
): WatchStep<DemandWatch> {
  const recent = state.demands.filter(({ at }) => now - at < hourMs);
  const demands = input.kind === 'demand' ? [...recent, { at: now, given: input.given }] : recent;
  const given = demands.filter((demand) => demand.given).length;
  const attempts = demands.length;
  const unanswered = attempts - given;
  if (state.found) {
    const over = unanswered < settings.leastUnanswered / 2;
    return { next: { demands, found: !over }, found: null, over: over ? 'fewer demands' : null };
  }
  if (unanswered < settings.leastUnanswered || attempts < settings.timesGiven * given) {
    return { next: { demands, found: false }, found: null, over: null };
  }
  const message = `${attempts} demands within 1 h, ${given} given`;
  return {
    next: { demands, found: true },
    found: { type: 'pca-demand', priority: 'medium', message, detail: { attempts, given } },
    over: null,
  };
}
