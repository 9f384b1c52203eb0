import { expect, test } from 'vitest';
import type { SampleRecord } from '../messages/record.ts';
import { orderNumbers } from './order.ts';
import { noteBolus, type RateWatch, watchRate } from './rate-against-order.ts';

const settings = { mediumFromPct: 10, highFromPct: 25, ratioTolerancePct: 5, telemetryMin: 5 };
const order = orderNumbers.parse({ drug: 'fluorouracil', rateMlPerH: 1.2 });
const t0 = 1_800_000_000_000;

/** Runs samples at a rate, one every 10 s; the state travels through JSON as through a restart. */
function run(
  minutes: number,
  sampleAt: (second: number) => Partial<SampleRecord>,
  bolus?: { at: number; ml: number },
  ordered = order,
) {
  let state: RateWatch = null;
  const told: string[] = [];
  for (let second = 0; second <= minutes * 60; second += 10) {
    const sample: SampleRecord = {
      kind: 'sample',
      seq: 1 + second,
      at: '',
      infusion: 1,
      state: 'delivering',
      ...sampleAt(second),
    };
    if (bolus?.at === second) state = noteBolus(state, bolus.ml);
    const step: ReturnType<typeof watchRate> = watchRate(
      state,
      sample,
      { epochNo: 1, at: t0 + second * 1000 },
      ordered,
      settings,
    );
    if (step.found) told.push(`${second} s ${step.found.priority}: ${step.found.message}`);
    if (step.over) told.push(`${second} s over: ${step.over}`);
    state = JSON.parse(JSON.stringify(step.next));
  }
  return told;
}

test('24 times the ordered rate is found from samples alone within 10 min, once', () => {
  expect(run(30, () => ({ rateMlPerH: 28.8 }))).toEqual(['300 s high: 28.8 mL/h is 24 times the ordered 1.2 mL/h']);
});

test('… and from the rising volume alone, in strokes', () => {
  const told = run(30, (second) => ({ infusedMl: Math.floor(((28.8 / 3600) * second) / 0.02) * 0.02 }));
  expect(told).toEqual([
    expect.stringMatching(/^300 s high: 28\.\d* mL\/h is (about )?24 times the ordered 1\.2 mL\/h$/),
  ]);
});

test.each([
  ['the ordered rate', () => ({ rateMlPerH: 1.2 })],
  ['9 % more', () => ({ rateMlPerH: 1.308 })],
  ['the ordered volume', (second: number) => ({ infusedMl: (1.2 / 3600) * second })],
  ['neither rate nor volume', () => ({})],
  ['KVO', () => ({ state: 'kvo' as const, rateMlPerH: 5 })],
  ['a rate that never lasts', (second: number) => ({ rateMlPerH: second % 100 < 50 ? 28.8 : 14 })],
])('%s is no finding', (_, sampleAt) => {
  expect(run(60, sampleAt)).toEqual([]);
});

test.each<[string, number, (second: number) => Partial<SampleRecord>, string[]]>([
  // 1.5 mL at 28.8 mL/h are in after 187 s.
  [
    'a bag that is in before it is believed',
    1.5,
    (s) => ({ rateMlPerH: 28.8, reservoirMl: 1.5 - (28.8 / 3600) * s }),
    ['10 s high: 28.8 mL/h is 24 times the ordered 1.2 mL/h'],
  ],
  [
    '… by the volume to be infused',
    1.5,
    (s) => ({ rateMlPerH: 28.8, vtbiRemainingMl: 1.5 - (28.8 / 3600) * s }),
    ['10 s high: 28.8 mL/h is 24 times the ordered 1.2 mL/h'],
  ],
  ['… at the ordered rate', 0.09, (s) => ({ rateMlPerH: 1.2, reservoirMl: 0.09 - (1.2 / 3600) * s }), []],
  ['the last minutes of a bag', 10, (s) => ({ rateMlPerH: 28.8, reservoirMl: 1.5 - (28.8 / 3600) * s }), []],
])('%s', (_, volumeMl, sampleAt, told) => {
  expect(run(3, sampleAt, undefined, { ...order, volumeMl })).toEqual(told);
});

test('a bolus is no rate', () => {
  const withBolus = (second: number) => ({ infusedMl: (1.2 / 3600) * second + (second >= 100 ? 5 : 0) });
  expect(run(6, withBolus)).toHaveLength(1);
  expect(run(6, withBolus, { at: 100, ml: 5 })).toEqual([]);
});

test('it is over when the rate is right or the pump stops, and goes on at another wrong rate', () => {
  const told = run(30, (second) => ({ rateMlPerH: second < 600 ? 28.8 : second < 900 ? 12 : 1.2 }));
  expect(told).toEqual(['300 s high: 28.8 mL/h is 24 times the ordered 1.2 mL/h', '900 s over: the rate changed']);
  const stopped = run(10, (second) => ({ rateMlPerH: 28.8, state: second < 400 ? 'delivering' : 'stopped' }));
  expect(stopped[1]).toBe('400 s over: not delivering');
});

test('an order with steps or pauses can’t be judged by one rate', () => {
  const steps = orderNumbers.parse({ drug: 'TPN', rateMlPerH: 100, mode: 'steps' });
  const sample: SampleRecord = { kind: 'sample', seq: 1, at: '', state: 'delivering', rateMlPerH: 50 };
  const first = watchRate(null, sample, { epochNo: 1, at: t0 }, steps, settings);
  expect(watchRate(first.next, sample, { epochNo: 1, at: t0 + 3_600_000 }, steps, settings).found).toBeNull();
});
