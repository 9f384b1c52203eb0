import { expect, test } from 'vitest';
import type { SampleRecord } from '../messages/record.ts';
import { type PressureWatch, watchPressure } from './occlusion-trend.ts';
import { isOcclusion, newOcclusionWatch, watchOcclusions } from './repeated-occlusion.ts';
import { defaultRuleSettings } from './rule-settings.ts';

const settings = defaultRuleSettings['occlusion-trend'];
const t0 = 1_800_000_000_000;

function run(
  minutes: number,
  kpa: (minute: number) => number | null,
  change: (minute: number) => Partial<SampleRecord> = () => ({}),
  everyS = 10,
) {
  let state: PressureWatch = null;
  const told: string[] = [];
  for (let second = 0; second <= minutes * 60; second += everyS) {
    const minute = second / 60;
    const sample: SampleRecord = {
      kind: 'sample',
      seq: 1,
      at: '',
      infusion: 1,
      state: 'delivering',
      rateMlPerH: 10,
      pressureKpa: kpa(minute),
      ...change(minute),
    };
    const step: ReturnType<typeof watchPressure> = watchPressure(
      state,
      sample,
      { epochNo: 1, at: t0 + second * 1000 },
      settings,
    );
    if (step.found)
      told.push(
        `${step.found.priority}${step.worsened ? ' worse' : ''} at ${Math.round(minute)} min, alarm in ${Math.round(Number(step.found.detail.minutesToAlarm))} min`,
      );
    if (step.over) told.push(`over at ${Math.round(minute)} min: ${step.over}`);
    state = JSON.parse(JSON.stringify(step.next));
  }
  return told;
}
// A sawtooth of the pump's strokes, the same every time.
const noise = (minute: number) => Math.sin(minute * 37) * 0.8;

test.each<[string, number, (minute: number) => number | null, string[]]>([
  [
    'a steady rise',
    55,
    (m) => 10 + 1.2 * m,
    ['low at 4 min, alarm in 54 min', 'medium worse at 48 min, alarm in 10 min'],
  ],
  [
    'a rise that ends',
    40,
    (m) => 10 + 2 * Math.min(m, 10),
    ['low at 3 min, alarm in 32 min', 'over at 18 min: the pressure no longer rises'],
  ],
  ['a steep rise is medium at once', 4, (m) => 40 + 8 * m, ['medium at 1 min, alarm in 4 min']],
  ['a steady pressure', 60, (m) => 30 + noise(m), []],
  ['a slow drift', 60, (m) => 10 + 0.3 * m, []],
  ['a rise too small to say', 8, (m) => 10 + 0.55 * m, []],
  [
    'a line that is shut after a long steady flow',
    30,
    (m) => (m < 20 ? 12 : 12 + 10 * (m - 20)),
    ['low at 21 min, alarm in 10 min', 'medium worse at 21 min, alarm in 7 min'],
  ],
  ['a steady pressure, then a lasting higher one', 60, (m) => (m < 20 ? 12 : 18) + noise(m), []],
  ['a wild pressure', 30, (m) => 30 + Math.sin(m * 3) * 20, []],
  ['no pressure', 30, () => null, []],
])('%s', (_, minutes, kpa, expected) => {
  expect(run(minutes, kpa)).toEqual(expected);
});

test('strokes in the pressure move the foreseen alarm by minutes, not more', () => {
  const [low = '', medium = ''] = run(55, (m) => 10 + 1.2 * m + noise(m));
  const foreseen = (told: string) =>
    told
      .match(/\d+/g)
      ?.map(Number)
      .reduce((sum, minutes) => sum + minutes, 0);
  // The alarm comes after (80 − 10) ÷ 1.2 = 58 min.
  expect(Math.abs((foreseen(low) ?? 0) - 58)).toBeLessThanOrEqual(4);
  expect(Math.abs((foreseen(medium) ?? 0) - 58)).toBeLessThanOrEqual(2);
});

test('another rate or a stop begins anew: pressure follows the rate', () => {
  const faster = (minute: number) => (minute < 5 ? 5 : 20);
  expect(
    run(
      10,
      (m) => 5 + 2 * faster(m),
      (m) => ({ rateMlPerH: faster(m) }),
    ),
  ).toEqual([]);
  const told = run(
    10,
    (m) => 40 + 8 * m,
    (m) => ({ state: m < 3 ? 'delivering' : 'alarm' }),
  );
  expect(told[1]).toBe('over at 3 min: another rate or state');
});

test('three occlusions within 10 min are found once, and over 10 min after the last', () => {
  let state = newOcclusionWatch();
  const told: string[] = [];
  const inputs = [
    [0, 'occlusion'],
    [5, 'occlusion'],
    [11, 'occlusion'],
    [12, 'occlusion'],
    [13, 'occlusion'],
    [20, 'time'],
    [23.1, 'time'],
    [24, 'occlusion'],
  ] as const;
  for (const [minute, kind] of inputs) {
    const step = watchOcclusions(state, { kind }, t0 + minute * 60_000, defaultRuleSettings['repeated-occlusion']);
    if (step.found) told.push(`${minute}: ${step.found.message}`);
    if (step.over) told.push(`${minute} over: ${step.over}`);
    state = JSON.parse(JSON.stringify(step.next));
  }
  expect(told).toEqual(['12: 3 occlusions within 10 min', '23.1 over: no further occlusion']);
});

test.each([
  ['MDC_EVT_FLUID_LINE_OCCL', true],
  ['MDC_EVT_FLUID_LINE_OCCL_PROXIMAL', true],
  ['MDC_EVT_FLUID_LINE_AIR', false],
  [null, false],
])('%s is an occlusion: %s', (code, is) => {
  expect(isOcclusion(code)).toBe(is);
});

test('ten minutes are ten minutes at any cadence: a slow rise in samples a minute apart is found', () => {
  const slow = (minute: number) => 60 + 0.52 * minute;
  expect(run(30, slow)[0]).toMatch(/^low at/);
  expect(run(30, slow, undefined, 60)[0]).toMatch(/^low at/);
  // A hole is no window: what came before it does not make six points of five.
  expect(run(15, slow, (minute) => (minute > 2 && minute < 12 ? { pressureKpa: null } : {}), 60)).toEqual([]);
});
