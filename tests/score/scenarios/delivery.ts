// What a pump delivers, counts and presses.
import { careOf } from '../care.ts';
import type { Draw } from '../draw.ts';
import type { Label, Scenario } from '../scenario.ts';
import type { Alter, VirtualPump } from '../virtual-pump.ts';
import {
  act,
  beginAt,
  drawSetting,
  known as everyTherapy,
  type Family,
  hour,
  minute,
  type Setting,
  scenarioOf,
  second,
} from './setting.ts';

/** The maker's accuracy of a model that nobody described, and ten points (alerts-and-limits.md). */
const bandPct = 16;
const strokeMl = 0.1;

/** Every volume that the pump tells goes through a function of what it counted, so that its counters agree. */
function counting(told: (ml: number, at: number) => number): Alter {
  let segmentFrom = 0;
  const round = (ml: number) => Math.round(Math.max(0, ml) * 1e4) / 1e4;
  return ({ draft }, at) => {
    if (draft.kind === 'sample' && typeof draft.infusedMl === 'number') {
      return [{ ...draft, infusedMl: round(told(draft.infusedMl, at)) }];
    }
    if (draft.kind === 'delivery' && typeof draft.totalMl === 'number') {
      const totalMl = round(told(draft.totalMl, at));
      const segmentMl = round(totalMl - segmentFrom);
      segmentFrom = totalMl;
      return [{ ...draft, totalMl, segmentMl }];
    }
    return [draft];
  };
}

function deviation(draw: Draw, kind: Scenario['kind']): Scenario {
  const setting = drawSetting(draw, { of: kind === 'fault' ? known : quick, steadyMs: 50 * hour });
  const { pump, later, therapy, settings, startAt } = setting;
  const rate = therapy.programme.rateMlPerH ?? 1;
  const side = draw.chance(0.5) ? 1 : -1;
  const size = (bandPct * (kind === 'fault' ? draw.factor(1.05, side > 0 ? 12 : 6) : 0.95)) / 100;
  const factor = Math.max(0, 1 + side * size);
  const fromStart = draw.chance(0.4);
  const onset = fromStart ? startAt : later;
  let onsetMl: number | null = null;
  pump.alter = counting((ml, at) => {
    if (at < onset) return ml;
    onsetMl ??= fromStart ? 0 : ml;
    return onsetMl + (ml - onsetMl) * factor;
  });
  // A window is 20 strokes at least; near the band it grows to tell which side it is on, up to 400 strokes.
  const off = Math.abs(size * 100 - bandPct);
  const windowMl =
    Math.min(40, Math.max(2, (strokeMl / off) * 100, (rate * 2) / 60)) + (rate * settings.cadenceMs) / hour;
  // The one that the onset falls into may mix both and be of any length.
  const straddling = fromStart ? windowMl : 41;
  const withinMs = Math.ceil(((straddling + 2 * windowMl) / rate) * hour) + 4 * settings.cadenceMs + 2 * minute;
  return scenarioOf(setting, {
    rule: 'delivery-deviation',
    kind,
    says: `${(factor * 100).toFixed(1)} % of ${rate} mL/h`,
    lastsMs: kind === 'fault' ? onset - beginAt + withinMs + minute : 6 * hour,
    tickMs: 30 * second,
    acts: [],
    care: careOf(therapy),
    labels: () =>
      kind === 'fault'
        ? [{ pump: pump.id, rule: 'delivery-deviation', begin: onset, end: null, withinMs, priority: 'medium' }]
        : [],
  });
}
/** Whose windows close within hours. */
const known = [
  'vancomycin',
  'piperacillin-tazobactam',
  'nutrition',
  'immune globulin',
  'dobutamine',
  'milrinone',
  'hydration',
  'treprostinil',
  'fluorouracil',
];
const quick = ['vancomycin', 'piperacillin-tazobactam', 'nutrition', 'immune globulin', 'milrinone', 'hydration'];

/** A counter may differ by 0.1 mL or 1 %. */
const slackMl = (ml: number) => Math.max(0.1, ml / 100);

function counters(draw: Draw, kind: Scenario['kind']): Scenario {
  const what = draw.one(['backward', 'reset', 'segments'] as const);
  const setting = drawSetting(draw, { steadyMs: 6 * hour });
  const { pump, later, therapy, settings } = setting;
  const rate = therapy.programme.rateMlPerH ?? 1;
  // Far enough for a fall to be one.
  const at = later + Math.ceil((1.5 / rate) * hour);
  const factor = kind === 'fault' ? draw.factor(1.05, 20) : 0.95;
  let dropMl: number | null = null;
  const alterDrop = counting((ml, now) => {
    if (now <= at) return ml;
    // What runs between two samples hides as much of a fall.
    const hidden = kind === 'fault' ? (rate * settings.cadenceMs) / hour + 0.02 : 0;
    dropMl ??= what === 'reset' ? ml : Math.min(ml * 0.9, slackMl(ml) * factor + hidden);
    return ml - dropMl;
  });
  const alterSegments: Alter = ({ draft }) => {
    if (draft.kind !== 'delivery' || typeof draft.segmentMl !== 'number') return [draft];
    return [{ ...draft, segmentMl: Math.round((draft.segmentMl + slackMl(draft.totalMl ?? 0) * factor) * 1e4) / 1e4 }];
  };
  pump.alter = what === 'segments' ? alterSegments : alterDrop;
  const todo = (on: VirtualPump) => {
    if (what === 'segments') on.input({ do: 'hold', forMs: 30 * second });
    // A reset that somebody's bag change explains is none.
    else if (what === 'reset' && kind === 'near-miss') on.write({ kind: 'device', event: 'set-changed' });
  };
  const withinMs = settings.cadenceMs * 2 + 5 * second;
  return scenarioOf(setting, {
    rule: 'counters',
    kind,
    says: `${what} × ${factor.toFixed(2)}`,
    lastsMs: at - beginAt + 5 * minute,
    acts: [act(at, todo)],
    care: careOf(therapy),
    labels: () =>
      kind === 'fault' ? [{ pump: pump.id, rule: 'counters', begin: at, end: null, withinMs, priority: 'low' }] : [],
  });
}

/** Where the pump calls an occlusion, kPa, and what a rise must be. */
const alarmKpa = 80;
const leastSlope = 0.5;

/** What still runs when a slow rise is an hour before its alarm: an infusion that ends before has no alarm to foresee. */
const lasting = everyTherapy.map(({ name }) => name).filter((name) => name !== 'ceftriaxone');

/** A line that slowly closes: its pressure rises in a straight line, with what a sensor adds. */
function slowlyClosing(draw: Draw, kind: Scenario['kind']): Scenario {
  const setting = drawSetting(draw, { of: lasting, steadyMs: 6 * hour });
  const { pump, later, therapy, settings } = setting;
  const slope = kind === 'fault' ? draw.factor(leastSlope * 1.05, 4) : leastSlope * 0.95;
  const noise = draw.between(0, 0.15);
  let before: number | null = null;
  pump.alter = ({ draft }, at) => {
    if (draft.kind !== 'sample' || at < later || typeof draft.pressureKpa !== 'number') return [draft];
    before ??= draft.pressureKpa;
    const pressureKpa = before + (slope * (at - later)) / minute + draw.between(-noise, noise);
    return [{ ...draft, pressureKpa: Math.round(pressureKpa * 100) / 100 }];
  };
  const withinOf = (from: number) => {
    const toAlarmMin = (alarmKpa - from) / slope;
    // Ten minutes of rising fill the window; a rise is told an hour before the alarm at the earliest.
    return Math.round(Math.max(11, toAlarmMin - 58) * minute) + 3 * settings.cadenceMs + 30 * second;
  };
  return scenarioOf(setting, {
    rule: 'occlusion-trend',
    kind,
    says: `${slope.toFixed(3)} kPa/min`,
    tickMs: 5 * second,
    lastsMs: Math.min(later - beginAt + Math.round(((alarmKpa - 2) / slope) * minute), later - beginAt + 4 * hour),
    acts: [],
    care: careOf(therapy),
    labels: () =>
      kind === 'fault'
        ? [{ pump: pump.id, rule: 'occlusion-trend', begin: later, end: null, withinMs: withinOf(before ?? 0) }]
        : [],
  });
}

/** A line that is shut, at a flow so low that its alarm takes minutes: told before it. */
function shut(draw: Draw): Scenario {
  const setting = drawSetting(draw, {
    of: ['treprostinil', 'fluorouracil', 'morphine PCA', 'dobutamine'],
    steadyMs: 4 * hour,
  });
  const { pump, later, therapy } = setting;
  const alarmAt = () =>
    pump.truth.find(({ fault, code }) => fault === 'alarm' && code === 'MDC_EVT_FLUID_LINE_OCCL')?.at;
  const label = (): Label[] => {
    const at = alarmAt();
    return at === undefined
      ? []
      : [{ pump: pump.id, rule: 'occlusion-trend', begin: later, end: at, withinMs: at - later }];
  };
  return scenarioOf(setting, {
    rule: 'occlusion-trend',
    kind: 'fault',
    says: 'shut',
    lastsMs: later - beginAt + 150 * minute,
    tickMs: 5 * second,
    acts: [act(later, (on) => on.input({ do: 'occlude', handledAfterMs: 10 * minute }))],
    care: careOf(therapy),
    labels: label,
  });
}

/** Three within ten minutes. */
function repeated(draw: Draw, kind: Scenario['kind']): Scenario {
  const setting = drawSetting(draw, { steadyMs: 2 * hour });
  const { pump, later, therapy } = setting;
  const apart = Math.round(10 * minute * (kind === 'fault' ? draw.between(0.15, 1 / 1.05) : 1 / 0.95));
  const at = [later, later + Math.round(apart * draw.between(0.3, 0.7)), later + apart];
  const occlusion = (on: Setting['pump']) => on.input({ do: 'upstream', handledAfterMs: draw.int(5, 20) * second });
  return scenarioOf(setting, {
    rule: 'repeated-occlusion',
    kind,
    says: `three within ${(apart / minute).toFixed(1)} min`,
    lastsMs: later - beginAt + apart + 3 * minute,
    acts: at.map((one) => act(one, occlusion)),
    care: careOf(therapy),
    labels: () =>
      kind === 'fault'
        ? [
            {
              pump: pump.id,
              rule: 'repeated-occlusion',
              begin: at[2] ?? 0,
              end: null,
              withinMs: 5 * second,
              priority: 'medium',
            },
          ]
        : [],
  });
}

export const deliveryFamilies: Family[] = [
  { rule: 'delivery-deviation', generate: deviation },
  { rule: 'counters', generate: counters },
  {
    rule: 'occlusion-trend',
    generate: (draw, kind) => (kind === 'fault' && draw.chance(0.4) ? shut(draw) : slowlyClosing(draw, kind)),
  },
  { rule: 'repeated-occlusion', generate: repeated },
];
