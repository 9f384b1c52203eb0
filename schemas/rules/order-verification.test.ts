import { expect, test } from 'vitest';
import { type Order, orderNumbers } from './order.ts';
import { orderProblems, verifyOrder } from './order-verification.ts';

const fluorouracil = {
  drug: 'fluorouracil',
  concentration: { amount: 45.57, unit: 'mg', perMl: 1 },
  rateMlPerH: 1.2,
  totalDose: { amount: 5250, unit: 'mg' },
  volumeMl: 115.2,
  durationMin: 5760,
};
const order = (change: Record<string, unknown> = {}): Order => orderNumbers.parse({ ...fluorouracil, ...change });

test('an order whose numbers agree is sound', () => {
  expect(orderProblems(order())).toEqual([]);
  expect(orderProblems(order({ rateMlPerH: null, doseRate: 1312.5, doseUnit: 'mg/day' }))).toEqual([]);
});

test.each<[string, Record<string, unknown>, string, string]>([
  ['28.8 mL/h for four days', { rateMlPerH: 28.8 }, 'rateMlPerH', '115.2 mL in 96 h is 1.2 mL/h'],
  [
    'a total that the bag does not hold',
    { totalDose: { amount: 525, unit: 'mg' } },
    'totalDose',
    '115.2 mL hold 5,250 mg',
  ],
  [
    'a total in another kind of unit',
    { totalDose: { amount: 5250, unit: 'units' } },
    'totalDose',
    "not checked: mg can't be converted to units",
  ],
  ['a total in no unit', { totalDose: { amount: 5250, unit: 'drops' } }, 'totalDose', 'unknown unit "drops"'],
  [
    'a dose that the rate denies',
    { rateMlPerH: null, doseRate: 1312.5, doseUnit: 'mg/h' },
    'doseRate',
    '1,313 mg/h is 28.8 mL/h',
  ],
  [
    'a dose per m² without body surface',
    { doseRate: 700, doseUnit: 'mg/m2/day' },
    'doseRate',
    'not checked: no body surface',
  ],
  ['an unknown dose unit', { doseRate: 700, doseUnit: 'mg/moon' }, 'doseUnit', 'unknown dose unit "mg/moon"'],
  [
    'an unknown unit of the concentration',
    { concentration: { amount: 1, unit: 'x', perMl: 1 }, totalDose: null },
    'concentration',
    'unknown unit "x"',
  ],
  ['no volume', { volumeMl: null }, 'volumeMl', 'no volume'],
  ['no duration', { durationMin: null }, 'durationMin', 'no duration'],
  ['no dose at all', { rateMlPerH: null, totalDose: null }, 'doseRate', 'neither a dose nor a rate'],
  [
    'PCA whose dose is not its rate',
    { mode: 'pca', doseRate: 10, doseUnit: 'mg/h', durationMin: null },
    'doseRate',
    '1.2 mL/h is 54.68 mg/h',
  ],
])('%s can’t be verified', (_, change, field, what) => {
  expect(orderProblems(order(change))).toEqual([{ field, what, expected: expect.stringMatching(/./) }]);
});

const ann = { by: 'ann', order: order() };

test('two pharmacists who read the same make it count, in whatever units they write it', () => {
  expect(verifyOrder(ann, { by: 'bob', order: order() })).toEqual([]);
  const otherwise = { concentration: { amount: 4.557, unit: 'g', perMl: 100 }, totalDose: null, rateMlPerH: null };
  expect(verifyOrder(ann, { by: 'bob', order: order(otherwise) })).toEqual([]);
  const dose = order({ rateMlPerH: null, doseRate: 1312.416, doseUnit: 'mg/day' });
  const grams = order({ rateMlPerH: null, doseRate: 1.312416, doseUnit: 'g/day' });
  expect(verifyOrder({ by: 'ann', order: dose }, { by: 'bob', order: grams })).toEqual([]);
});

test.each<[string, Record<string, unknown>, string[]]>([
  ['another drug', { drug: 'floxuridine' }, ['drug']],
  ['another concentration', { concentration: { amount: 50, unit: 'mg', perMl: 1 } }, ['concentration']],
  ['no concentration', { concentration: null }, ['concentration']],
  ['another dose', { rateMlPerH: 1.3 }, ['doseRate']],
  ['another volume', { volumeMl: 115 }, ['volumeMl']],
  ['another duration', { durationMin: 2880 }, ['durationMin']],
  ['other PCA settings', { pca: { demandMl: 1, lockoutMin: 8 } }, ['pca']],
])('%s in the second entry: not verified', (_, change, fields) => {
  const problems = verifyOrder(ann, { by: 'bob', order: order(change) });
  expect(problems.map((problem) => problem.field)).toEqual(fields);
});

test('the same number in another unit is another dose, also for doses with pauses', () => {
  const given = { mode: 'intermittent', rateMlPerH: null, doseRate: 13, doseUnit: 'g/day', totalDose: null };
  const problems = verifyOrder(
    { by: 'ann', order: order(given) },
    { by: 'bob', order: order({ ...given, doseUnit: 'mg/day' }) },
  );
  expect(problems.map((problem) => problem.field)).toEqual(['doseRate']);
});

test('nobody verifies an order of their own', () => {
  expect(verifyOrder(ann, ann).map((problem) => problem.what)).toEqual(['who wrote an order can’t verify it']);
});
