import { expect, test } from 'vitest';
import type * as z from 'zod';
import { checkOrder } from './order-check.ts';
import { orderContent } from './order-content.ts';

type Entered = z.input<typeof orderContent>;

/** 5,250 mg of fluorouracil over four days: 115.2 mL of 45.57 mg/mL at 1.2 mL/h. */
const fluorouracil: Entered = {
  drug: 'fluorouracil',
  concentration: { amount: 45.57, unit: 'mg' },
  rateMlPerH: 1.2,
  volumeMl: 115.2,
  total: { amount: 5250, unit: 'mg' },
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
const check = (entered: Entered, body = {}) => checkOrder(orderContent.parse(entered), body);

test('an order whose numbers agree has no problem, and its rate is told', () => {
  expect(check(fluorouracil)).toMatchObject({ problems: [], rateMlPerH: 1.2, notChecked: [] });
  const made = check(dobutamine, { weightKg: 80 });
  expect(made.problems).toEqual([]);
  expect(made.rateMlPerH).toBeCloseTo(6, 9);
  expect(made.notChecked).toEqual([expect.stringContaining('names no total')]);
});

test.each<[string, Entered, object, string, string]>([
  [
    'the daily volume entered as the hourly rate',
    { ...fluorouracil, rateMlPerH: 28.8 },
    {},
    'volumeMl',
    '28.8 mL/h for 96 h gives 2,764.8 mL, not 115.2 mL',
  ],
  [
    'a total ten times too high',
    { ...fluorouracil, total: { amount: 52_500, unit: 'mg' } },
    {},
    'total.amount',
    '52,500',
  ],
  [
    'a total in units of a mass',
    { ...fluorouracil, total: { amount: 5, unit: 'units' } },
    {},
    'concentration',
    'units',
  ],
  ['a total in an unknown unit', { ...fluorouracil, total: { amount: 5, unit: 'pinch' } }, {}, 'total.unit', 'pinch'],
  ['a dose per kg of a patient without weight', dobutamine, {}, 'doseUnit', 'enter the weight first'],
  ['a dose per m² without body surface', { ...dobutamine, doseUnit: 'mg/m2/day' }, {}, 'doseUnit', 'body surface'],
  [
    'a dose without a concentration',
    { ...dobutamine, concentration: null },
    { weightKg: 80 },
    'concentration',
    'needed',
  ],
  ['an unknown unit', { ...dobutamine, doseUnit: 'drops/min' }, { weightKg: 80 }, 'doseUnit', 'drops/min'],
  ['a unit of another kind', { ...dobutamine, doseUnit: 'units/kg/h' }, { weightKg: 80 }, 'concentration', 'converted'],
  ['a dose without a unit', { ...dobutamine, doseUnit: null }, { weightKg: 80 }, 'doseUnit', 'needed'],
  ['neither dose nor rate', { ...fluorouracil, rateMlPerH: null }, {}, 'doseRate', 'needed'],
  [
    'a rate that the dose does not make',
    { ...dobutamine, rateMlPerH: 60 },
    { weightKg: 80 },
    'rateMlPerH',
    'makes 6 mL/h',
  ],
])('%s is refused at its field', (_what, entered, body, path, words) => {
  const [first] = check(entered, body).problems;
  expect(first).toMatchObject({ path, message: expect.stringContaining(words) });
});

test('a rate that changes by itself is not compared with the volume, and that is said', () => {
  const { problems, notChecked } = check({ ...fluorouracil, mode: 'taper', rateMlPerH: 210 });
  expect(problems).toEqual([]);
  expect(notChecked).toEqual([expect.stringContaining('mode taper')]);
});

test.each<[string, unknown, string]>([
  ['concentration 0', { ...fluorouracil, concentration: { amount: 0, unit: 'mg' } }, 'concentration.amount'],
  ['volume 0', { ...fluorouracil, volumeMl: 0 }, 'volumeMl'],
  ['no duration', { ...fluorouracil, durationMin: undefined }, 'durationMin'],
  ['a field that nobody knows', { ...fluorouracil, bolusMl: 3 }, ''],
])('%s is no order', (_what, entered, path) => {
  const read = orderContent.safeParse(entered);
  expect(read.error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
});

test('rounding to what a pump can be set to is no disagreement', () => {
  expect(check({ ...fluorouracil, rateMlPerH: 1.21 }).problems).toEqual([]);
  expect(check({ ...fluorouracil, rateMlPerH: 1.23 }).problems).toHaveLength(1);
});
