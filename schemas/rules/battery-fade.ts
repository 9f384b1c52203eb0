import type { WatchStep } from './finding.ts';
import { spellNumber } from './words.ts';

// A battery that empties faster than it should, seen on discharges long enough to say so: a technician's.

export type BatteryWatch = {
  /** The running discharge: where it began and where it stands. */
  discharge: { since: number; fromPct: number; at: number; pct: number } | null;
  /** Hours that a full charge lasts, by the last discharges, newest last. */
  hours: number[];
  found: boolean;
};

export type BatterySettings = {
  /** What a new battery of the model lasts, h, and below which part of it the battery is worn. */
  ratedHours: number;
  wornPct: number;
};

/** A discharge says something after this many points, and only without long gaps. */
const leastPoints = 10;
const gapMs = 10 * 60_000;
const kept = 2;

export function newBatteryWatch(): BatteryWatch {
  return { discharge: null, hours: [], found: false };
}

/** One sample in order that names charge and mains. */
export function watchBattery(
  state: BatteryWatch,
  sample: { at: number; batteryPct: number; mains: boolean },
  settings: BatterySettings,
): WatchStep<BatteryWatch> {
  const { discharge } = state;
  const { at, batteryPct: pct } = sample;
  const ended = discharge && (sample.mains || pct > discharge.pct || at - discharge.at > gapMs);
  if (!discharge || ended) {
    const next = { ...state, discharge: sample.mains ? null : { since: at, fromPct: pct, at, pct } };
    return discharge ? judge(next, discharge, settings) : { next, found: null, over: null };
  }
  return { next: { ...state, discharge: { ...discharge, at, pct } }, found: null, over: null };
}

function judge(
  state: BatteryWatch,
  done: NonNullable<BatteryWatch['discharge']>,
  settings: BatterySettings,
): WatchStep<BatteryWatch> {
  const fallen = done.fromPct - done.pct;
  if (fallen < leastPoints) return { next: state, found: null, over: null };
  const lasts = ((done.at - done.since) / 3_600_000) * (100 / fallen);
  const hours = [...state.hours, lasts].slice(-kept);
  const worn = hours.length === kept && hours.every((each) => each < (settings.ratedHours * settings.wornPct) / 100);
  const next = { ...state, hours, found: worn };
  if (!worn) return { next, found: null, over: state.found ? 'the battery lasts again' : null };
  if (state.found) return { next, found: null, over: null };
  const message = `A full charge lasts about ${spellNumber(Number(lasts.toPrecision(2)))} h; new it lasts ${spellNumber(settings.ratedHours)} h`;
  return { next, found: { type: 'battery-fade', priority: 'low', message, detail: { hours } }, over: null };
}
