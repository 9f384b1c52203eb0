import type { Priority, SampleRecord } from '../messages/record.ts';
import type { WatchStep } from './finding.ts';
import { spellMinutes, spellNumber } from './words.ts';

// Downstream pressure that rises steadily at one rate will become an occlusion alarm: how soon, by a straight line.

export type PressureWatch = {
  epochNo: number;
  infusion: number | null;
  rateMlPerH: number | null;
  /** Time and pressure, newest last. */
  points: [number, number][];
  found: Priority | null;
} | null;

export type PressureSettings = {
  /** Where the pump calls an occlusion, kPa. */
  alarmKpa: number;
  leastSlopeKpaPerMin: number;
  leastRiseKpa: number;
  lowBeforeMin: number;
  mediumBeforeMin: number;
};

const windowMs = 10 * 60_000;
const leastPoints = 6;
/** How much of the scatter a straight line must explain. */
const leastFit = 0.8;

/** One sample in order. */
export function watchPressure(
  state: PressureWatch,
  sample: SampleRecord,
  at: { epochNo: number; at: number },
  settings: PressureSettings,
): WatchStep<PressureWatch> & { worsened: boolean } {
  const { pressureKpa } = sample;
  const quiet = { found: null, over: null, worsened: false };
  if (pressureKpa === null || pressureKpa === undefined) return { next: state, ...quiet };
  const infusion = sample.infusion ?? null;
  const rate = sample.rateMlPerH ?? null;
  const same =
    state !== null && state.epochNo === at.epochNo && state.infusion === infusion && state.rateMlPerH === rate;
  if (!same || sample.state !== 'delivering') {
    const next =
      sample.state === 'delivering'
        ? {
            epochNo: at.epochNo,
            infusion,
            rateMlPerH: rate,
            points: [[at.at, pressureKpa]] satisfies [number, number][],
            found: null,
          }
        : null;
    return { next, ...quiet, over: state?.found ? 'another rate or state' : null };
  }
  const points = withPoint(state.points, at.at, pressureKpa);
  const next = { epochNo: state.epochNo, infusion, rateMlPerH: rate, points, found: state.found };
  const line = straightLine(points);
  const least = settings.leastSlopeKpaPerMin * (state.found ? 0.5 : 1);
  if (!line || line.slope < least)
    return {
      next: { ...next, found: null },
      ...quiet,
      over: state.found && line ? 'the pressure no longer rises' : null,
    };
  const risen = line.slope * ((at.at - (points[0]?.[0] ?? at.at)) / 60_000);
  if (line.fit < leastFit || risen < settings.leastRiseKpa) return { next, ...quiet };
  const minutes = Math.max(0, (settings.alarmKpa - line.now) / line.slope);
  const priority = minutes <= settings.mediumBeforeMin ? 'medium' : minutes <= settings.lowBeforeMin ? 'low' : null;
  if (priority === null || state.found === priority || state.found === 'medium') return { next, ...quiet };
  const message = `Pressure rises ${spellNumber(Number(line.slope.toPrecision(2)))} kPa/min: occlusion alarm in about ${spellMinutes(minutes)}`;
  const detail = { pressureKpa, slopeKpaPerMin: line.slope, minutesToAlarm: minutes };
  return {
    next: { ...next, found: priority },
    found: { type: 'occlusion-trend', priority, message, detail },
    over: null,
    worsened: state.found !== null,
  };
}

/** The points of the window and a new one. */
function withPoint(points: readonly [number, number][], at: number, kpa: number): [number, number][] {
  const ageMs = (index: number) => at - (points[index]?.[0] ?? 0);
  let first = 0;
  // The newest point before the window begins stays, so that a rise over ten minutes is whole at any cadence.
  while (first + 1 < points.length && ageMs(first + 1) >= windowMs) first += 1;
  // … unless it is from before a hole.
  while (first < points.length && ageMs(first) >= windowMs * 1.2) first += 1;
  const kept = points.slice(first);
  kept.push([at, kpa]);
  return kept;
}

/** Least squares: slope in kPa/min, the line's value at the newest point, and how much of the scatter it explains. */
function straightLine(points: readonly [number, number][]): { slope: number; now: number; fit: number } | null {
  const last = points.at(-1);
  if (points.length < leastPoints || !last) return null;
  let mx = 0;
  let my = 0;
  // Plain loops: this runs every few samples of every pump.
  for (let i = 0; i < points.length; i += 1) {
    const point = points[i] as [number, number];
    mx += (point[0] - last[0]) / 60_000;
    my += point[1];
  }
  mx /= points.length;
  my /= points.length;
  let sxx = 0;
  let sxy = 0;
  let syy = 0;
  for (let i = 0; i < points.length; i += 1) {
    const point = points[i] as [number, number];
    const dx = (point[0] - last[0]) / 60_000 - mx;
    const dy = point[1] - my;
    sxx += dx * dx;
    sxy += dx * dy;
    syy += dy * dy;
  }
  if (sxx === 0) return null;
  const slope = sxy / sxx;
  return { slope, now: my - slope * mx, fit: syy === 0 ? 1 : (sxy * sxy) / (sxx * syy) };
}
