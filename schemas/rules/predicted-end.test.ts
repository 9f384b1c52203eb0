import { expect, test } from 'vitest';
import { type VisitWatch, watchVisit } from './ends-before-visit.ts';
import { minutesToHarm } from './minutes-to-harm.ts';
import { type EndGiven, predictEnd } from './predicted-end.ts';
import type { LastSample } from './pump-rule-state.ts';
import { defaultRuleSettings } from './rule-settings.ts';

const t0 = Date.parse('2026-11-23T02:10:00Z');
const sample: LastSample = {
  epochNo: 1,
  seq: 1,
  at: t0,
  infusion: 1,
  state: 'delivering',
  rateMlPerH: 28.8,
  infusedMl: 0.6,
  reservoirMl: 114.6,
  vtbiRemainingMl: null,
  pressureKpa: null,
  batteryPct: null,
  mains: null,
};
const nothing: EndGiven = { programme: null, bagMl: null, demandMlPerH: 0 };
const steps = {
  infusion: 1,
  mode: 'taper' as const,
  steps: [
    { rateMlPerH: 50, durationMin: 60 },
    { rateMlPerH: 100, volumeMl: 200 },
    { rateMlPerH: 50, durationMin: 60 },
  ],
};

test.each<[string, Partial<LastSample>, Partial<EndGiven>, number | null, string | null]>([
  ['the bag at the running rate', {}, {}, 238.75, 'reservoir'],
  ['the programme before the bag', { vtbiRemainingMl: 28.8 }, {}, 60, 'programme'],
  ['no reservoir, but the order’s bag', { reservoirMl: null }, { bagMl: 29.4 }, 60, 'bag'],
  ['a reservoir is believed before the order', {}, { bagMl: 10 }, 238.75, 'reservoir'],
  ['demands empty it sooner', { vtbiRemainingMl: 30, rateMlPerH: 10 }, { demandMlPerH: 5 }, 120, 'programme'],
  ['steps to come', { rateMlPerH: 50, infusedMl: 0, reservoirMl: 300 }, { programme: steps }, 240, 'reservoir'],
  [
    'in the middle of a step',
    { rateMlPerH: 100, infusedMl: 150, reservoirMl: 125 },
    { programme: steps },
    90,
    'reservoir',
  ],
  ['beyond the last step', { rateMlPerH: 50, infusedMl: 300, reservoirMl: 25 }, { programme: steps }, 30, 'reservoir'],
  ['stopped', { state: 'stopped' }, {}, null, null],
  ['no rate', { rateMlPerH: null }, {}, null, null],
  ['nothing known of what is left', { reservoirMl: null }, {}, null, null],
])('%s', (_, change, given, minutes, by) => {
  const end = predictEnd({ ...sample, ...change }, { ...nothing, ...given });
  expect(end && (end.at - t0) / 60_000).toEqual(minutes === null ? null : expect.closeTo(minutes, 4));
  expect(end?.by ?? null).toBe(by);
});

test('nothing is predicted of a pump that never spoke', () => {
  expect(predictEnd(null, nothing)).toBeNull();
});

test('it is found on the day list, again two hours before its end, and is over when it lasts', () => {
  let state: VisitWatch = null;
  const told: string[] = [];
  const hour = 3_600_000;
  const rows: [number, number | null, number | null][] = [
    [0, 12, 11],
    [1, 9, 11],
    [2, 9, 11],
    [7, 9, 11],
    [7.5, 9, 11],
    [8, null, 11],
    [8.1, 11.05, 11],
    [8.2, 11.1, 11],
    [8.3, 9, 11],
    [11, 12, 11],
    [12, 13, null],
  ];
  for (const [at, end, visit] of rows) {
    const given = { endAt: end === null ? null : t0 + end * hour, visitAt: visit === null ? null : t0 + visit * hour };
    const step: ReturnType<typeof watchVisit> = watchVisit(
      state,
      given,
      t0 + at * hour,
      defaultRuleSettings['ends-before-visit'],
    );
    if (step.found) told.push(`${at} ${step.found.priority}${step.worsened ? ' worse' : ''}: ${step.found.message}`);
    if (step.over) told.push(`${at} over: ${step.over}`);
    state = JSON.parse(JSON.stringify(step.next));
  }
  expect(told).toEqual([
    '1 low: It ends 2 h before the next visit or delivery',
    '7 medium worse: It ends 2 h before the next visit or delivery',
    '8.2 over: it lasts until the visit',
    '8.3 medium: It ends 2 h before the next visit or delivery',
    '11 over: no visit or delivery is awaited',
  ]);
});

const m = (minutes: number) => t0 + minutes * 60_000;
test.each([
  [
    'too fast',
    { tooFast: { emptyAt: m(238), hardLimitAt: m(60) }, stops: null, toleratesStopMin: null },
    { minutes: 60, because: 'cumulative limit' },
  ],
  [
    'too fast, no window',
    { tooFast: { emptyAt: m(238), hardLimitAt: null }, stops: null, toleratesStopMin: null },
    { minutes: 238, because: 'all given too fast' },
  ],
  [
    'stopped 3 min ago',
    { tooFast: null, stops: { from: m(-3) }, toleratesStopMin: 5 },
    { minutes: 2, because: 'without the drug' },
  ],
  [
    'stopped long ago',
    { tooFast: null, stops: { from: m(-30) }, toleratesStopMin: 5 },
    { minutes: 0, because: 'without the drug' },
  ],
  [
    'will be empty',
    { tooFast: null, stops: { from: m(80) }, toleratesStopMin: 10 },
    { minutes: 90, because: 'without the drug' },
  ],
  ['stopped, tolerance not known', { tooFast: null, stops: { from: m(0) }, toleratesStopMin: null }, null],
  ['nothing foreseen', { tooFast: null, stops: null, toleratesStopMin: 5 }, null],
] as const)('minutes to harm: %s', (_, given, expected) => {
  expect(minutesToHarm(given, t0)).toEqual(expected);
});
