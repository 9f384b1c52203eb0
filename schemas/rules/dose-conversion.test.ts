import fc from 'fast-check';
import { expect, test } from 'vitest';
import { convertDose, doseFromVolume, rateFromDose } from './dose.ts';
import {
  amountUnits,
  type DoseUnit,
  everyDoseUnit,
  parseDoseUnit,
  parseSingleDoseUnit,
  spellDoseUnit,
} from './units.ts';

const unit = (text: string): DoseUnit => {
  const read = parseDoseUnit(text);
  if (!read) throw new Error(text);
  return read;
};

test.each([
  [5, 'mcg/kg/min', 'mg/h', { weightKg: 80 }, 24],
  [24, 'mg/h', 'mcg/kg/min', { weightKg: 80 }, 5],
  [1200, 'mg/m2/day', 'mg/h', { bsaM2: 1.8 }, 90],
  [1, 'mg/min', 'g/day', {}, 1.44],
  [1, 'units/min', 'units/h', {}, 60],
  [40, 'ng/kg/min', 'mcg/kg/h', {}, 2.4],
  [2, 'mL/kg/h', 'mL/h', { weightKg: 70 }, 140],
])('%d %s in %s is %#', (dose, from, to, body, expected) => {
  const answer = convertDose(dose, unit(from), unit(to), null, body);
  expect(answer.ok && answer.value).toBeCloseTo(expected, 10);
});

test.each([
  ['mg/h', 'mcg/kg/min', null, 'not checked: no weight'],
  ['mg/m2/h', 'mg/h', null, 'not checked: no body surface'],
  ['mL/h', 'mg/h', null, 'not checked: no concentration'],
  ['units/h', 'mg/h', { amount: 1, unit: 'mg', perMl: 1 }, "not checked: mg can't be converted to units"],
  ['mEq/h', 'mmol/h', { amount: 1, unit: 'mEq', perMl: 1 }, "not checked: mEq can't be converted to mmol"],
])('%s in %s is not guessed', (from, to, concentration, reason) => {
  expect(convertDose(1, unit(from), unit(to), concentration, {})).toEqual({ ok: false, reason });
});

test('there and back is the same to 1e-9 for every pair of units', () => {
  const given = fc.record({
    dose: fc.double({ min: 1e-3, max: 1e4, noNaN: true }),
    weightKg: fc.double({ min: 0.5, max: 300, noNaN: true }),
    bsaM2: fc.double({ min: 0.1, max: 3, noNaN: true }),
    amount: fc.double({ min: 1e-3, max: 1e4, noNaN: true }),
  });
  const pairs = everyDoseUnit.flatMap((from) => everyDoseUnit.map((to) => [from, to] as const));
  let converted = 0;
  fc.assert(
    fc.property(given, ({ dose, amount, ...body }) => {
      for (const [from, to] of pairs) {
        const kinds = [from, to].map((one) => amountUnits[one.amount].kind);
        const contained = kinds[0] === 'volume' ? to.amount : from.amount;
        const bag = { amount, unit: contained, perMl: 1 };
        const there = convertDose(dose, from, to, bag, body);
        if (kinds[0] !== kinds[1] && !kinds.includes('volume')) {
          expect(there.ok, `${spellDoseUnit(from)} ${spellDoseUnit(to)}`).toBe(false);
          continue;
        }
        if (!there.ok) throw new Error(there.reason);
        const back = convertDose(there.value, to, from, bag, body);
        if (!back.ok) throw new Error(back.reason);
        if (!(Math.abs(back.value / dose - 1) < 1e-9)) throw new Error(`${spellDoseUnit(from)} ${spellDoseUnit(to)}`);
        // The same fluid, in whichever unit it is said.
        const [one, other] = [rateFromDose(dose, from, bag, body), rateFromDose(there.value, to, bag, body)];
        if (!one.ok || !other.ok) throw new Error('no rate');
        if (!(Math.abs(one.value / other.value - 1) < 1e-9)) throw new Error(`${spellDoseUnit(from)} as mL/h`);
        converted += 1;
      }
    }),
    { numRuns: 20 },
  );
  const kindOf = ({ amount }: DoseUnit) => amountUnits[amount].kind;
  const alike = pairs.filter(([from, to]) => {
    return kindOf(from) === kindOf(to) || [kindOf(from), kindOf(to)].includes('volume');
  });
  expect(pairs).toHaveLength(everyDoseUnit.length ** 2);
  expect(converted).toBe(20 * alike.length);
});

test.each([
  [2, 'mg', { amount: 1, unit: 'mg', perMl: 1 }, {}, 2],
  [10, 'mcg/kg', { amount: 200, unit: 'mcg', perMl: 1 }, { weightKg: 70 }, 2000 / 70],
  [10, 'g/m2', { amount: 500, unit: 'mg', perMl: 10 }, { bsaM2: 2 }, 0.25],
  [10, 'mL/kg', null, { weightKg: 5 }, 2],
  [10, 'units', { amount: 100, unit: '[iU]', perMl: 1 }, {}, 1000],
])('%d mL hold a dose in %s', (ml, text, concentration, body, expected) => {
  const single = parseSingleDoseUnit(text);
  const answer = single && doseFromVolume(ml, single, concentration, body);
  expect(answer?.ok && answer.value).toBeCloseTo(expected, 10);
});

test.each(['mg/h', 'mg/kg/kg', '', 'stones', 'mg/', 'mg/toString'])('%j is no unit of one dose', (text) => {
  expect(parseSingleDoseUnit(text)).toBeNull();
});
