import { type Programme, stretchesOf } from './programme.ts';
import type { LastSample } from './pump-rule-state.ts';
import { isRunning } from './pump-rule-state.ts';

// When the bag or the programme runs out, with steps to come and a patient's demands taken into account.

export type EndGiven = {
  programme: Programme | null;
  /** What the bag held, mL: the ordered volume with its overfill. Used where the pump reports no reservoir. */
  bagMl: number | null;
  /** What demands add to the rate, mL/h, as the last hours went. */
  demandMlPerH: number;
};

/** @returns ms, and which of the volumes ends first; null when nothing runs or nothing is known of what is left */
export function predictEnd(
  sample: LastSample | null,
  given: EndGiven,
): { at: number; by: 'reservoir' | 'programme' | 'bag' } | null {
  if (!sample || !isRunning(sample.state) || !sample.rateMlPerH) return null;
  const left: { ml: number; by: 'reservoir' | 'programme' | 'bag' }[] = [];
  if (sample.reservoirMl !== null) left.push({ ml: sample.reservoirMl, by: 'reservoir' });
  if (sample.vtbiRemainingMl !== null) left.push({ ml: sample.vtbiRemainingMl, by: 'programme' });
  if (sample.reservoirMl === null && given.bagMl !== null && sample.infusedMl !== null) {
    left.push({ ml: Math.max(0, given.bagMl - sample.infusedMl), by: 'bag' });
  }
  const least = left.reduce<(typeof left)[number] | null>((min, one) => (min && min.ml <= one.ml ? min : one), null);
  if (!least) return null;
  const minutes = minutesFor(least.ml, sample.rateMlPerH, sample.infusedMl, given);
  return { at: Math.round(sample.at + minutes * 60_000), by: least.by };
}

/** Minutes in which `ml` run, along the programme's steps from where it stands. */
function minutesFor(ml: number, rateMlPerH: number, infusedMl: number | null, given: EndGiven): number {
  const stretches = given.programme?.steps?.length ? stretchesOf(given.programme) : null;
  const steady = (volume: number, rate: number) => (volume / (rate + given.demandMlPerH)) * 60;
  if (!stretches || infusedMl === null) return steady(ml, rateMlPerH);
  let skip = infusedMl;
  let rest = ml;
  let minutes = 0;
  for (const stretch of stretches) {
    const holds = (stretch.rateMlPerH * stretch.minutes) / 60;
    if (skip >= holds) {
      skip -= holds;
      // A pause that is over has no volume; one to come has.
      continue;
    }
    const here = Math.min(rest, holds - skip);
    minutes += stretch.rateMlPerH > 0 ? (here / stretch.rateMlPerH) * 60 : 0;
    rest -= here;
    skip = 0;
    if (rest <= 1e-9) return minutes;
  }
  return minutes + steady(rest, rateMlPerH);
}
