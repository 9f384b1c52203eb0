import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SampleRecord } from '../messages/record.ts';
import { type DeliveryWatch, judgeable, watchDelivery } from './delivery-deviation.ts';

const settings = { strokeMl: 0.02, accuracyPct: 6, bandPoints: 10, strokes: 20, windows: 2 };
const t0 = 1_800_000_000_000;

/** Samples every 10 s of a pump that delivers `factorAt(second)` of its rate, in whole strokes. */
function run(
  rateMlPerH: number,
  hours: number,
  factorAt: (second: number) => number,
  change: (second: number) => Partial<SampleRecord> = () => ({}),
) {
  let state: DeliveryWatch = null;
  let ml = 0;
  const told: string[] = [];
  for (let second = 0; second <= hours * 3600; second += 10) {
    ml += (rateMlPerH / 360) * factorAt(second);
    const infusedMl = Math.floor(ml / 0.02 + 1e-9) * 0.02;
    const sample: SampleRecord = {
      kind: 'sample',
      seq: 1,
      at: '',
      infusion: 1,
      state: 'delivering',
      rateMlPerH,
      infusedMl,
      ...change(second),
    };
    const step: ReturnType<typeof watchDelivery> = watchDelivery(
      state,
      sample,
      { epochNo: 1, at: t0 + second * 1000, bolusMl: 0 },
      settings,
    );
    if (step.found) told.push(step.found.message);
    if (step.over) told.push(`over: ${step.over}`);
    state = JSON.parse(JSON.stringify(step.next));
  }
  return told;
}

test.each([0.5, 5, 120, 500])('at %d mL/h, from 1.05 times the band on it is found, and no healthy pump is', (rate) => {
  const hours = Math.max(0.5, 8.4 / rate);
  for (const deviation of [0.168, 0.2, 0.5, 1]) {
    expect(
      run(rate, hours, () => 1 + deviation),
      `${deviation}`,
    ).toHaveLength(1);
    expect(
      run(rate, hours, () => 1 - deviation),
      `-${deviation}`,
    ).toHaveLength(1);
  }
  for (const deviation of [-0.06, -0.03, 0, 0.03, 0.06, 0.15])
    expect(run(rate, hours, () => 1 + deviation)).toEqual([]);
});

test('a pump that was healthy and drifts out is found, and over when it is back', () => {
  expect(run(60, 3, (second) => (second < 3600 || second > 7200 ? 1 : 0.5))).toEqual([
    'Delivers 50 % less than programmed',
    'over: inside the band',
  ]);
});

test('one window outside is not enough', () => {
  expect(run(60, 2, (second) => (second >= 3600 && second < 3720 ? 0.5 : 1))).toEqual([]);
});

test('too little delivered to judge', () => {
  expect(judgeable(0.399, settings)).toBe(false);
  expect(judgeable(0.4, settings)).toBe(true);
  expect(run(1.2, 0.3, () => 0)).toEqual([]);
});

test.each<[string, (second: number) => Partial<SampleRecord>]>([
  ['pauses', (second) => (second % 600 < 300 ? { state: 'paused' } : {})],
  ['no rate', () => ({ rateMlPerH: null })],
  ['no volume', () => ({ infusedMl: null })],
  ['a rate that changes all the time', (second) => ({ rateMlPerH: second % 20 === 0 ? 10 : 90 })],
])('%s are not judged', (_, change) => {
  expect(run(60, 1, () => 1, change)).toEqual([]);
});

test('a bolus is not delivery at a rate', () => {
  const sample = (infusedMl: number): SampleRecord => ({
    kind: 'sample',
    seq: 1,
    at: '',
    infusion: 1,
    state: 'delivering',
    rateMlPerH: 6,
    infusedMl,
  });
  let state: DeliveryWatch = null;
  for (let second = 0; second <= 3600; second += 10) {
    const bolus = second > 0 && second % 100 === 0;
    const ml = (6 / 3600) * second + Math.floor(second / 100) * 2;
    const step: ReturnType<typeof watchDelivery> = watchDelivery(
      state,
      sample(ml),
      { epochNo: 1, at: t0 + second * 1000, bolusMl: bolus ? 2 : 0 },
      settings,
    );
    expect(step.found).toBeNull();
    state = step.next;
  }
});

test('any bias within the model’s accuracy, at any rate, is never found', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.5, max: 300, noNaN: true }),
      fc.double({ min: -0.06, max: 0.06, noNaN: true }),
      (rate, bias) => {
        expect(run(rate, Math.min(4, Math.max(0.2, 4 / rate)), () => 1 + bias)).toEqual([]);
      },
    ),
    { numRuns: 15 },
  );
});
