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
/** Of the newest points alone, so many at a time may be a rise: the longest first. */
const newestPoints = [12, leastPoints];

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
  const whole = straightLine(points, 0);
  if (!whole) return { next, ...quiet };
  if (state.found && !stillRises(points, whole, settings.leastSlopeKpaPerMin / 2))
    return { next: { ...next, found: null }, ...quiet, over: 'the pressure no longer rises' };
  const line = risingLine(points, whole, settings);
  if (!line) return { next, ...quiet };
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

/** Whether half the slope that a rise must have is left, over the whole window or the newest half of it. */
function stillRises(points: Points, whole: Line, leastSlope: number): boolean {
  if (whole.slope >= leastSlope) return true;
  const newest = points.at(-1)?.[0] ?? 0;
  const half = points.findIndex(([at]) => newest - at <= windowMs / 2);
  return (straightLine(points, half)?.slope ?? 0) >= leastSlope;
}

/**
 * The rise over as much of the window as is one. A line that is shut after an hour of steady flow bends the pressure: over
 * the whole window that is no straight line before five minutes are over, and at 10 mL/h the alarm is there by then. So the
 * newest points alone may be the rise, where they go beyond all that the pressure was before: a pressure that swings
 * rises as fast and comes back to where it was.
 */
function risingLine(points: Points, whole: Line, settings: PressureSettings): Line | null {
  if (isRise(points, 0, whole, settings)) return whole;
  const now = points.at(-1)?.[1] ?? 0;
  for (const count of newestPoints) {
    const from = points.length - count;
    if (from <= 0 || now < highest(points, from) + settings.leastRiseKpa) continue;
    const line = straightLine(points, from);
    if (line && isRise(points, from, line, settings)) return line;
  }
  return null;
}

/** The highest pressure of the first so many points. */
function highest(points: Points, count: number): number {
  let kpa = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i += 1) kpa = Math.max(kpa, points[i]?.[1] ?? kpa);
  return kpa;
}

function isRise(points: Points, from: number, { slope, fit }: Line, settings: PressureSettings): boolean {
  const minutes = ((points.at(-1)?.[0] ?? 0) - (points[from]?.[0] ?? 0)) / 60_000;
  return slope >= settings.leastSlopeKpaPerMin && fit >= leastFit && slope * minutes >= settings.leastRiseKpa;
}

type Points = readonly [number, number][];
/** Slope in kPa/min, the line's value at the newest point, and how much of the scatter it explains. */
type Line = { slope: number; now: number; fit: number };

/** Least squares over the points from an index on; null when they are too few. */
function straightLine(points: Points, from: number): Line | null {
  const last = points.at(-1);
  const count = points.length - from;
  if (count < leastPoints || !last) return null;
  let mx = 0;
  let my = 0;
  // Plain loops: this runs every few samples of every pump.
  for (let i = from; i < points.length; i += 1) {
    const point = points[i] as [number, number];
    mx += (point[0] - last[0]) / 60_000;
    my += point[1];
  }
  mx /= count;
  my /= count;
  let sxx = 0;
  let sxy = 0;
  let syy = 0;
  for (let i = from; i < points.length; i += 1) {
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
