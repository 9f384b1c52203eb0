import { expect, test } from 'vitest';
import type * as z from 'zod';
import { orderContent } from './order-content.ts';
import { orderRefusals } from './order-refusals.ts';

type Entered = z.input<typeof orderContent>;

/** 5,250 mg of fluorouracil over four days: 115.2 mL of 45.57 mg/mL at 1.2 mL/h. */
const fluorouracil: Entered = {
  drug: 'fluorouracil',
  concentration: { amount: 45.57, unit: 'mg' },
  rateMlPerH: 1.2,
  volumeMl: 115.2,
  totalDose: { amount: 5250, unit: 'mg' },
  durationMin: 5760,
};
const dobutamine: Entered = {
  drug: 'DOBUTamine',
  concentration: { amount: 4000, unit: 'mcg' },
  doseRate: 5,
  doseUnit: 'mcg/kg/min',
  volumeMl: 250,
  durationMin: 2500,
};
const refusals = (entered: Entered, body: { weightKg?: number; bsaM2?: number } = {}) =>
  orderRefusals({ ...orderContent.parse(entered), weightKg: body.weightKg ?? null, bsaM2: body.bsaM2 ?? null });

test('an order whose numbers agree is not refused', () => {
  expect(refusals(fluorouracil)).toEqual([]);
  expect(refusals(dobutamine, { weightKg: 80 })).toEqual([]);
});

test.each<[string, Entered, object, string, string]>([
  ['the daily volume as the hourly rate', { ...fluorouracil, rateMlPerH: 28.8 }, {}, 'rateMlPerH', '1.2 mL/h'],
  [
    'a total ten times too high',
    { ...fluorouracil, totalDose: { amount: 52_500, unit: 'mg' } },
    {},
    'totalDose',
    'hold',
  ],
  ['a dose per kg without weight', dobutamine, {}, 'doseUnit', 'enter the weight first'],
  ['the same as intermittent doses', { ...dobutamine, mode: 'intermittent' }, {}, 'doseUnit', 'enter the weight first'],
  ['a dose per m² without surface', { ...dobutamine, doseUnit: 'mg/m2/day' }, {}, 'doseUnit', 'body surface'],
  [
    'a dose without concentration',
    { ...dobutamine, concentration: null },
    { weightKg: 80 },
    'doseRate',
    'concentration',
  ],
  ['an unknown unit', { ...dobutamine, doseUnit: 'drops/min' }, { weightKg: 80 }, 'doseUnit', 'drops/min'],
  ['a unit without a dose', { ...dobutamine, doseRate: null }, { weightKg: 80 }, 'doseRate', 'needed'],
  ['neither dose nor rate', { ...fluorouracil, rateMlPerH: null, totalDose: null }, {}, 'doseRate', 'neither'],
])('%s is refused at its field', (_what, entered, body, path, words) => {
  expect(refusals(entered, body)[0]).toMatchObject({ path, message: expect.stringContaining(words) });
});

test.each<[string, unknown, string, string]>([
  [
    ...(['concentration 0', { ...fluorouracil, concentration: { amount: 0, unit: 'mg' } }] as const),
    ...(['concentration.amount', 'holds no drug'] as const),
  ],
  ['volume 0', { ...fluorouracil, volumeMl: 0 }, 'volumeMl', 'above 0'],
  ['no duration', { ...fluorouracil, durationMin: undefined }, 'durationMin', 'expected number'],
  ['a field that nobody knows', { ...fluorouracil, bolusMl: 3 }, '', 'bolusMl'],
])('%s is no order', (_what, entered, path, words) => {
  const [issue] = orderContent.safeParse(entered).error?.issues ?? [];
  expect(issue?.path.join('.')).toBe(path);
  expect(issue?.message).toContain(words);
});
