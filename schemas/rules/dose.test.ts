import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { above, below, concentrationFrom, doseFromRate, rateFromDose } from './dose.ts';
import {
  type AmountUnit,
  amountUnits,
  type DoseUnit,
  parseAmountUnit,
  parseDoseUnit,
  spellDoseUnit,
  timeUnits,
} from './units.ts';

const unit = (text: string): DoseUnit => {
  const read = parseDoseUnit(text);
  if (!read) throw new Error(text);
  return read;
};

test.each([
  ['mcg/kg/min', 'mcg/kg/min'],
  ['ug/kg/min', 'mcg/kg/min'],
  ['µg/kg/h', 'mcg/kg/h'],
  ['units/hour', 'units/h'],
  ['[iU]/h', 'units/h'],
  ['grams/min', 'g/min'],
  ['mEq/min', 'mEq/min'],
  ['mg/m2/day', 'mg/m2/day'],
  ['mg/(kg.h)', 'mg/kg/h'],
  ['mL/h', 'mL/h'],
  ['ng/kg/min', 'ng/kg/min'],
])('%s is read as %s', (given, spelled) => {
  expect(spellDoseUnit(unit(given))).toBe(spelled);
});

test.each(['', 'mg', 'mg/kg', 'stones/h', 'mg/min/h', 'mg/kg/kg/h', '/h', 'constructor/h', 'mg/toString'])(
  '%j is no dose rate unit',
  (given) => {
    expect(parseDoseUnit(given)).toBeNull();
    expect(parseAmountUnit('__proto__')).toBeNull();
  },
);

test.each([
  // dose, unit, concentration, body, mL/h
  [5, 'mcg/kg/min', { amount: 4000, unit: 'mcg', perMl: 1 }, { weightKg: 70 }, 5.25],
  [0.375, 'mcg/kg/min', { amount: 20, unit: 'mg', perMl: 100 }, { weightKg: 80 }, 9],
  [10, 'mg/min', { amount: 5, unit: 'mg', perMl: 1 }, {}, 120],
  [1, 'g/day', { amount: 40, unit: 'mg', perMl: 1 }, {}, 1000 / 24 / 40],
  [600, 'mg/m2/day', { amount: 50, unit: 'mg', perMl: 1 }, { bsaM2: 1.8 }, (600 * 1.8) / 24 / 50],
  [6, 'units/h', { amount: 100, unit: 'units', perMl: 100 }, {}, 6],
  [125, 'mL/h', null, {}, 125],
  [2, 'mL/kg/h', null, { weightKg: 60 }, 120],
] as const)('%d %s is a rate in mL/h', (dose, text, concentration, body, rate) => {
  const answer = rateFromDose(dose, unit(text), concentration, body);
  expect(answer.ok && answer.value).toBeCloseTo(rate, 10);
});

test.each([
  ['mcg/kg/min', { amount: 4, unit: 'mg', perMl: 1 }, {}, 'not checked: no weight'],
  ['mg/m2/day', { amount: 4, unit: 'mg', perMl: 1 }, { weightKg: 70 }, 'not checked: no body surface'],
  ['mg/h', null, {}, 'not checked: no concentration'],
  ['mg/h', { amount: 0, unit: 'mg', perMl: 1 }, {}, 'not checked: concentration is not above 0'],
  ['units/h', { amount: 4, unit: 'mg', perMl: 1 }, {}, "not checked: mg can't be converted to units"],
  ['mg/h', { amount: 4, unit: 'drops', perMl: 1 }, {}, 'not checked: concentration unit "drops" is unknown'],
] as const)('a question about %s that cannot be answered says why', (text, concentration, body, reason) => {
  expect(rateFromDose(1, unit(text), concentration, body)).toEqual({ ok: false, reason });
});

test('dose and rate are each other’s inverse to 1e-9 for every pair of units of one kind', () => {
  const names = Object.keys(amountUnits) as AmountUnit[];
  const arbitrary = fc.record({
    dose: fc.double({ min: 1e-3, max: 1e4, noNaN: true }),
    amount: fc.constantFrom(...names),
    contained: fc.constantFrom(...names),
    per: fc.constantFrom('kg' as const, 'm2' as const, null),
    time: fc.constantFrom(...(Object.keys(timeUnits) as (keyof typeof timeUnits)[])),
    concentration: fc.double({ min: 1e-3, max: 1e4, noNaN: true }),
    weightKg: fc.double({ min: 0.5, max: 300, noNaN: true }),
    bsaM2: fc.double({ min: 0.1, max: 3, noNaN: true }),
  });
  fc.assert(
    fc.property(arbitrary, ({ dose, amount, contained, per, time, concentration, ...body }) => {
      fc.pre(amountUnits[amount].kind === amountUnits[contained].kind);
      const bag = { amount: concentration, unit: contained, perMl: 1 };
      const rate = rateFromDose(dose, { amount, per, time }, bag, body);
      if (!rate.ok) throw new Error(rate.reason);
      const back = doseFromRate(rate.value, { amount, per, time }, bag, body);
      if (!back.ok) throw new Error(back.reason);
      expect(Math.abs(back.value / dose - 1)).toBeLessThan(1e-9);
    }),
  );
});

test('a limit is passed beyond it, not at it', () => {
  for (const limit of [0.1, 0.3, 2.5, 10, 1e6]) {
    expect(above(limit, limit)).toBe(false);
    expect(above(limit * (1 + 1e-12), limit)).toBe(false);
    expect(above(limit * 1.0001, limit)).toBe(true);
    expect(below(limit, limit)).toBe(false);
    expect(below(limit * 0.9999, limit)).toBe(true);
  }
  expect(above(0.1 + 0.2, 0.3)).toBe(false);
});

test('all real infusions: the first row’s concentration reproduces the charted mL/h of the later ones within 2 %', () => {
  const file = new URL('../../firmware-sim/data/real-infusions/infusions.csv', import.meta.url);
  const [header = '', ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const column = (name: string) => header.split(',').indexOf(name);
  const first = new Map<string, number>();
  let infusions = 0;
  let compared = 0;
  for (const line of lines) {
    const cells = line.split(',');
    const cell = (name: string) => cells[column(name)] ?? '';
    const dose = Number(cell('dose'));
    const rate = Number(cell('rate_ml_h'));
    if (!cell('dose') || !cell('rate_ml_h') || dose <= 0 || rate <= 0) continue;
    const doseUnit = unit(cell('dose_unit'));
    const body = { weightKg: cell('weight_kg') ? Number(cell('weight_kg')) : null };
    const known = first.get(cell('infusion'));
    if (known === undefined) {
      const concentration = concentrationFrom(dose, doseUnit, rate, body);
      if (!concentration.ok) throw new Error(`${line}: ${concentration.reason}`);
      first.set(cell('infusion'), concentration.value);
      infusions += 1;
    } else {
      const again = rateFromDose(dose, doseUnit, { amount: known, unit: doseUnit.amount, perMl: 1 }, body);
      expect(again.ok && Math.abs(again.value / rate - 1), line).toBeLessThan(0.02);
      compared += 1;
    }
  }
  expect(infusions).toBe(505);
  expect(compared).toBeGreaterThan(1_000);
});
