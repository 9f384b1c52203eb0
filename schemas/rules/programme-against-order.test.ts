import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Order, orderNumbers } from './order.ts';
import type { Programme } from './programme.ts';
import { judgeAgainstOrder, type OrderCheck, orderFinding, uncheckedWords } from './programme-against-order.ts';
import { nameRatio, ratioWords } from './ratio.ts';
import { spellMinutes, spellNumber, spellUnit } from './words.ts';

const settings = { mediumFromPct: 10, highFromPct: 25, ratioTolerancePct: 5 };
const concentration = { amount: 45.57, unit: 'mg', perMl: 1 };
const fluorouracil: Order = orderNumbers.parse({
  drug: 'fluorouracil',
  concentration,
  rateMlPerH: 1.2,
  totalDose: { amount: 5250, unit: 'mg' },
  volumeMl: 115.2,
  overfillMl: 5,
  durationMin: 5760,
});
const asOrdered: Programme = { infusion: 1, drug: 'fluorouracil', concentration, rateMlPerH: 1.2, vtbiMl: 115.2 };
const judge = (programme: Programme, order = fluorouracil, ownMl = 0) =>
  judgeAgainstOrder(programme, order, settings, { ownMl });
const words = (checks: OrderCheck[]) =>
  checks.flatMap((check) => {
    if (check.outcome === 'agrees') return [];
    return check.outcome === 'differs' ? [`${check.priority}: ${check.words}`] : uncheckedWords([check]);
  });

test('28.8 mL/h keyed for 28.8 mL a day is a high alert that names 24 times', () => {
  const finding = orderFinding(judge({ ...asOrdered, rateMlPerH: 28.8 }));
  expect(finding).toMatchObject({
    type: 'programme-against-order',
    priority: 'high',
    message: '28.8 mL/h is 24 times the ordered 1.2 mL/h',
  });
});

test('a programme as ordered has no alert and nothing unchecked', () => {
  expect(words(judge(asOrdered))).toEqual([]);
  expect(orderFinding(judge(asOrdered))).toBeNull();
});

test.each<[string, Partial<Programme>, string[]]>([
  [
    '10 times',
    { rateMlPerH: 12, vtbiMl: null },
    [
      'high: 12 mL/h is 10 times the ordered 1.2 mL/h',
      'high: 546.8 mg/h is 10 times the ordered 54.68 mg/h',
      'volume not checked: no volume in the programme',
      'total dose not checked: no volume in the programme',
      'duration not checked: no duration in the programme',
    ],
  ],
  [
    'a tenth',
    { rateMlPerH: 0.12 },
    [
      'high: 0.12 mL/h is 1/10 of the ordered 1.2 mL/h',
      'high: 5.468 mg/h is 1/10 of the ordered 54.68 mg/h',
      'high: duration 57,600 min is 10 times the ordered 5,760 min',
    ],
  ],
  [
    'a quarter too fast',
    { rateMlPerH: 1.5 },
    [
      'high: 1.5 mL/h is 25 % above the ordered 1.2 mL/h',
      'high: 68.36 mg/h is 25 % above the ordered 54.68 mg/h',
      'medium: duration 4,608 min is 20 % below the ordered 5,760 min',
    ],
  ],
  [
    'a tenth too fast',
    { rateMlPerH: 1.32, durationMin: 5760, vtbiMl: 115.2 },
    ['medium: 1.32 mL/h is 10 % above the ordered 1.2 mL/h', 'medium: 60.15 mg/h is 10 % above the ordered 54.68 mg/h'],
  ],
  ['9 % too fast', { rateMlPerH: 1.308 }, []],
  [
    'half the concentration, twice the rate',
    { concentration: { amount: 22.785, unit: 'mg', perMl: 1 }, rateMlPerH: 2.4, vtbiMl: 230.4 },
    [
      'rate not checked: another concentration, the dose rate is compared',
      'medium: concentration 22.79 mg/mL is 50 % below the ordered 45.57 mg/mL',
      'medium: volume 230.4 mL is 2 times the ordered 115.2 mL',
    ],
  ],
  [
    'ten times the concentration',
    { concentration: { amount: 455.7, unit: 'mg', perMl: 1 } },
    [
      'rate not checked: another concentration, the dose rate is compared',
      'high: 546.8 mg/h is 10 times the ordered 54.68 mg/h',
      'high: concentration 455.7 mg/mL is 10 times the ordered 45.57 mg/mL',
      'high: total dose 52,497 mg is 10 times the ordered 5,250 mg',
    ],
  ],
  ['the volume with its overfill', { vtbiMl: 120.2 }, []],
  [
    'a volume beyond its overfill',
    { vtbiMl: 140 },
    [
      'medium: volume 140 mL is 21.5 % above the ordered 115.2 mL',
      'medium: total dose 6,380 mg is 21.5 % above the ordered 5,250 mg',
      'medium: duration 7,000 min is 21.5 % above the ordered 5,760 min',
    ],
  ],
  [
    'half the volume',
    { vtbiMl: 57.6 },
    [
      'low: less than ordered: 57.6 of 115.2 mL, at the ordered rate',
      'low: total dose 2,625 mg is 50 % below the ordered 5,250 mg',
      'low: duration 2,880 min is 50 % below the ordered 5,760 min',
    ],
  ],
  ['another drug', { drug: 'vincristine' }, ['high: vincristine runs, fluorouracil was ordered']],
  ['no drug', { drug: null }, ['drug not checked: the programme names no drug']],
  [
    'no concentration',
    { concentration: null },
    ['concentration not checked: no concentration', 'total dose not checked: no concentration'],
  ],
  [
    'no rate',
    { rateMlPerH: null, vtbiMl: null },
    [
      'rate not checked: no rate in the programme',
      'volume not checked: no volume in the programme',
      'total dose not checked: no volume in the programme',
      'duration not checked: no duration in the programme',
    ],
  ],
])('fluorouracil, %s', (_, change, expected) => {
  expect(words(judge({ ...asOrdered, ...change }))).toEqual(expected);
});

test('a declared overfill is no deviation, however large; one that is not declared is', () => {
  const full = { ...asOrdered, vtbiMl: 145 };
  expect(words(judge(full, { ...fluorouracil, overfillMl: 30 }))).toEqual([]);
  expect(words(judge(full, { ...fluorouracil, overfillMl: 0 }))).toHaveLength(3);
});

test('a restart programmes the rest of the bag, and neither more nor less', () => {
  expect(words(judge({ ...asOrdered, vtbiMl: 60 }, fluorouracil, 55.2))).toEqual([]);
  expect(words(judge({ ...asOrdered, vtbiMl: 30 }, fluorouracil, 55.2))).not.toEqual([]);
});

const dobutamine = orderNumbers.parse({
  drug: 'DOBUTamine',
  concentration: { amount: 4, unit: 'mg', perMl: 1 },
  doseRate: 5,
  doseUnit: 'mcg/kg/min',
  weightKg: 80,
});
const running: Programme = {
  infusion: 1,
  drug: 'dobutamine',
  concentration: { amount: 4000, unit: 'mcg', perMl: 1 },
  doseRate: 5,
  doseUnit: 'mcg/kg/min',
  weightKg: 80,
  rateMlPerH: 6,
};

test.each<[string, Partial<Programme>, string[]]>([
  ['as ordered', {}, []],
  ['in other units', { doseRate: 24, doseUnit: 'mg/h' }, []],
  [
    'mcg for mg',
    { doseRate: 5000, rateMlPerH: null },
    ['high: 5,000 mcg/kg/min is 1,000 times the ordered 5 mcg/kg/min', 'rate not checked: no rate in the programme'],
  ],
  [
    'per hour for per minute',
    { doseRate: 5, doseUnit: 'mcg/kg/h', rateMlPerH: 0.1 },
    ['high: 0.08333 mcg/kg/min is 1/60 of the ordered 5 mcg/kg/min', 'high: 0.1 mL/h is 1/60 of the ordered 6 mL/h'],
  ],
  [
    'pounds for kilograms',
    { weightKg: 176, rateMlPerH: 13.2 },
    ['high: 13.2 mL/h is 2.2 times the ordered 6 mL/h', 'high: weight 176 kg is 2.2 times the ordered 80 kg'],
  ],
  [
    'a rate that its own dose denies',
    { rateMlPerH: 60 },
    ['high: 50 mcg/kg/min is 10 times the ordered 5 mcg/kg/min', 'high: 60 mL/h is 10 times the ordered 6 mL/h'],
  ],
  [
    'an unknown unit beside a rate as ordered',
    { doseUnit: 'stones/h' },
    ['dose rate not checked: dose unit "stones/h" is unknown'],
  ],
  [
    'a dose in units beside a rate as ordered',
    { doseUnit: 'units/h' },
    ["dose rate not checked: mcg can't be converted to units"],
  ],
  ['no weight', { weightKg: null }, ['weight not checked: no weight in the programme']],
  [
    'an unknown unit',
    { doseUnit: 'stones/h', rateMlPerH: null },
    ['dose rate not checked: dose unit "stones/h" is unknown', 'rate not checked: no rate in the programme'],
  ],
])('dobutamine, %s', (_, change, expected) => {
  const told = words(judge({ ...running, ...change }, dobutamine)).filter((word) => !word.startsWith('duration not'));
  expect(told).toEqual(expected);
});

const perM2 = orderNumbers.parse({ ...fluorouracil, doseRate: 729.12, doseUnit: 'mg/m2/day', bsaM2: 1.8 });

test.each<[string, Partial<Programme>, string[]]>([
  ['as ordered', {}, []],
  ['no body surface', { bsaM2: null }, ['body surface not checked: no body surface in the programme']],
  ['half the body surface', { bsaM2: 0.9 }, ['high: body surface 0.9 m² is 50 % below the ordered 1.8 m²']],
])('a dose per m², %s', (_, change, expected) => {
  const keyed = { doseRate: 729.12, doseUnit: 'mg/m2/day', bsaM2: 1.8, ...change };
  expect(words(judge({ ...asOrdered, ...keyed, rateMlPerH: null, durationMin: 5760 }, perM2))).toEqual([
    'rate not checked: no rate in the programme',
    ...expected,
  ]);
});

test.each<[string, Partial<Order>, Programme, string[]]>([
  [
    'nutrition with steps',
    { drug: 'TPN', volumeMl: 2000, durationMin: 720, mode: 'steps' },
    { infusion: 1, drug: 'TPN', mode: 'taper', vtbiMl: 2000, durationMin: 720, rateMlPerH: 210.5 },
    ['rate not checked: the order has steps'],
  ],
  [
    'nutrition in half the time',
    { drug: 'TPN', volumeMl: 2000, durationMin: 720, mode: 'steps' },
    { infusion: 1, drug: 'TPN', mode: 'taper', vtbiMl: 2000, durationMin: 360 },
    ['rate not checked: the order has steps', 'high: duration 360 min is 50 % below the ordered 720 min'],
  ],
  [
    'doses with pauses',
    { drug: 'x', mode: 'intermittent', doseRate: 13.44, doseUnit: 'g/day' },
    { infusion: 1, drug: 'x', mode: 'intermittent', doseRate: 13.44, doseUnit: 'g/day', rateMlPerH: 120 },
    [],
  ],
  [
    'twice the daily dose',
    { drug: 'x', mode: 'intermittent', doseRate: 13.44, doseUnit: 'g/day' },
    { infusion: 1, drug: 'x', mode: 'intermittent', doseRate: 26.88, doseUnit: 'g/day', rateMlPerH: 120 },
    ['high: 26.88 g/day is 2 times the ordered 13.44 g/day'],
  ],
  [
    'PCA, as ordered',
    { drug: 'x', mode: 'pca', rateMlPerH: 1, pca: { demandMl: 1, lockoutMin: 8, maxMlPer4H: 30 } },
    { infusion: 1, drug: 'x', mode: 'pca', pca: { basalMlPerH: 1, demandMl: 1, lockoutMin: 8, maxMlPer4H: 30 } },
    [],
  ],
  [
    'PCA, ten times the demand, no maximum',
    { drug: 'x', mode: 'pca', rateMlPerH: 1, pca: { demandMl: 1, lockoutMin: 8, maxMlPer4H: 30 } },
    { infusion: 1, drug: 'x', mode: 'pca', pca: { basalMlPerH: 1, demandMl: 10, lockoutMin: 4 } },
    [
      'high: PCA demand 10 mL is 10 times the ordered 1 mL',
      'medium: lockout 4 min is 50 % below the ordered 8 min',
      '4 h maximum not checked: not in the programme',
    ],
  ],
])('%s', (_, numbers, programme, expected) => {
  expect(words(judge(programme, orderNumbers.parse(numbers)))).toEqual(expected);
});

test('at 10 and at 25 % the worse side counts; just below, the milder', () => {
  const order = orderNumbers.parse({ drug: 'x', rateMlPerH: 100 });
  const priorityOf = (rateMlPerH: number) =>
    orderFinding(judge({ infusion: 1, drug: 'x', rateMlPerH }, order))?.priority;
  expect([109.999, 110, 124.999, 125, 90.001, 90, 75.001, 75].map(priorityOf)).toEqual([
    undefined,
    'medium',
    'medium',
    'high',
    undefined,
    'medium',
    'medium',
    'high',
  ]);
});

test.each([
  [24, 1, 24, false],
  [1, 24, 24, true],
  [22.81, 1, 24, false],
  [22.7, 1, null, false],
  [10.4, 1, 10, false],
  [57, 1, 60, false],
  [1000, 1, 1000, false],
  [1440, 1, 1440, false],
  [0, 1, null, false],
  [1, 0, null, false],
])('the ratio of %d to %d is %s', (actual, expected, factor, divided) => {
  expect(nameRatio(actual, expected, 5)).toEqual(factor === null ? null : { factor, divided });
});

test('any two rates at a telling ratio are high, whatever the unit, in both directions', () => {
  const rate = fc.double({ min: 0.05, max: 80, noNaN: true });
  fc.assert(
    fc.property(
      rate,
      fc.constantFrom(10, 24),
      fc.double({ min: 0.96, max: 1.04, noNaN: true }),
      (base, factor, slip) => {
        const order = (rateMlPerH: number) => orderNumbers.parse({ drug: 'x', rateMlPerH });
        const over = orderFinding(judge({ infusion: 1, drug: 'x', rateMlPerH: base * factor * slip }, order(base)));
        const under = orderFinding(judge({ infusion: 1, drug: 'x', rateMlPerH: base }, order(base * factor * slip)));
        expect([over?.priority, under?.priority]).toEqual(['high', 'high']);
        expect(over?.message).toContain(`${factor} times the ordered`);
        expect(under?.message).toContain(`1/${factor} of the ordered`);
      },
    ),
  );
});

test.each([
  [28.8, '28.8'],
  [0.375, '0.375'],
  [5250, '5,250'],
  [52497.3, '52,497'],
  [1234567, '1,234,567'],
  [0.1 + 0.2, '0.3'],
  [10, '10'],
  [0, '0'],
  [-1.5, '-1.5'],
  [0.00000012, '0.00000012'],
  [Number.POSITIVE_INFINITY, 'endless'],
  [Number.NaN, '–'],
])('%d is written %s', (value, text) => {
  expect(spellNumber(value)).toBe(text);
});

test('spans and units are written as people say them', () => {
  expect([40, 119, 120, 238, 4319, 5760].map(spellMinutes)).toEqual([
    '40 min',
    '119 min',
    '2 h',
    '3 h 58 min',
    '71 h 59 min',
    '4 days',
  ]);
  expect(spellUnit('mg/m2/day')).toBe('mg/m²/day');
  expect(ratioWords(23.5, 1, 'mL/h', nameRatio(23.5, 1, 5))).toBe('23.5 mL/h is about 24 times the ordered 1 mL/h');
});
