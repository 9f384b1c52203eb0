import type { Phase } from './phase.ts';

/** What a patient may give himself: basal rate, one demand's volume, the wait after it, and the most in 4 h. */
export type PcaSettings = { basalMlPerH: number; demandMl: number; lockoutMin: number; maxMlPer4H: number };

/** Demands given so far: moments in ms of the pump's own time, oldest first. */
export type Demands = readonly number[];

/** Boluses that a clinician gave: they count towards the maximum, and start no lockout. */
export type ClinicianBoluses = readonly { t: number; ml: number }[];

export type DemandAnswer = { result: 'given'; ml: number } | { result: 'locked-out' } | { result: 'refused' };

export const fourHoursMs = 4 * 3_600_000;

/** The basal flow, until it is stopped. */
export function pca(settings: PcaSettings): Phase[] {
  return [{ run: 'delivering', rateMlPerH: settings.basalMlPerH, end: { after: 'stopped' } }];
}

/** Answers a press of the button: within the lockout it is locked out, over the four-hour maximum it is refused. */
export function answerDemand(
  settings: PcaSettings,
  given: Demands,
  now: number,
  boluses: ClinicianBoluses = [],
): DemandAnswer {
  const last = given.at(-1);
  if (last !== undefined && now - last < settings.lockoutMin * 60_000) return { result: 'locked-out' };
  const demands = given.filter((moment) => now - moment < fourHoursMs).length * settings.demandMl;
  const byClinician = boluses.reduce((sum, { t, ml }) => (now - t < fourHoursMs ? sum + ml : sum), 0);
  const withThis = demands + byClinician + settings.demandMl + settings.basalMlPerH * 4;
  if (withThis > settings.maxMlPer4H * (1 + 1e-9)) return { result: 'refused' };
  return { result: 'given', ml: settings.demandMl };
}
