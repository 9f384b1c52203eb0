import { expect, test } from 'vitest';
import {
  alike,
  amounts,
  bagOf,
  bagsFor,
  doseUnits,
  four,
  hoursOf,
  isVolume,
  judged,
  libraryWith,
  mlPer,
  outcomes,
  patient,
  pca,
  singleUnits,
  sizes,
  windows,
  wrongAt,
} from '../../tests/support/every-unit.ts';
import { checkCumulativeDose } from './cumulative-dose.ts';
import { cumulativeField } from './limit-check.ts';
import { orderNumbers } from './order.ts';
import type { Programme } from './programme.ts';
import { judgeAgainstOrder, orderFinding } from './programme-against-order.ts';
import { defaultRuleSettings } from './rule-settings.ts';
import { everyDoseUnit, type SingleDoseUnit, spellDoseUnit } from './units.ts';

// Limits relative to what was ordered, concentrations, and what can't be checked, in every unit.

const ofOrder = Object.fromEntries(Object.entries(four).map(([level, factor]) => [level, { ofOrder: factor }]));
const settings = defaultRuleSettings['programme-against-order'];

test.each(doseUnits)('limits of a dose rate in %s relative to an order in every unit', (text, unit) => {
  const wrong: string[] = [];
  for (const bag of bagsFor(unit.amount)) {
    const index = libraryWith(text, { doseRate: ofOrder }, bag);
    const concentration = bagOf(bag);
    for (const other of everyDoseUnit) {
      if (!isVolume(other.amount) && !alike(other.amount, bag)) continue;
      const doseUnit = spellDoseUnit(other);
      const order = orderNumbers.parse({ drug: 'testamine', doseRate: 5, doseUnit, concentration, ...patient });
      const rateMlPerH = (5 * mlPer(other, bag)) / hoursOf[other.time];
      const as = (part: number) => outcomes(index, 'doseRate', { concentration, rateMlPerH: rateMlPerH * part }, order);
      wrong.push(...wrongAt(as, `ordered in ${doseUnit}, bag in ${bag}`));
      // The order itself: in its unit and in the limit's the same dose, and 24 times it is named.
      const dose = (rateMlPerH * hoursOf[unit.time]) / mlPer(unit, bag);
      const programme = { infusion: 1, drug: 'testamine', concentration, ...patient, doseUnit: text };
      const told = (times: number) =>
        orderFinding(
          judgeAgainstOrder({ ...programme, doseRate: dose * times, rateMlPerH: rateMlPerH * times }, order, settings),
        );
      if (told(1) !== null || !told(24)?.message.includes('24 times the ordered 5 ')) {
        wrong.push(`ordered in ${doseUnit}: ${told(1)?.message}, ${told(24)?.message}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test.each<[string, 'rateMlPerH' | 'durationMin' | 'vtbiMl' | 'lockoutMin', (value: number) => Partial<Programme>]>([
  ['rate', 'rateMlPerH', (part) => ({ rateMlPerH: 6 * part })],
  ['volume', 'vtbiMl', (part) => ({ vtbiMl: 90 * part })],
  ['duration', 'durationMin', (part) => ({ durationMin: 900 * part })],
  ['lockout', 'lockoutMin', (part) => pca({ lockoutMin: 8 * part })],
])('limits of the %s relative to the order', (words, field, programme) => {
  const index = libraryWith('mL/h', { [field]: ofOrder }, 'mg');
  const order = orderNumbers.parse({
    ...{ drug: 'testamine', rateMlPerH: 6, volumeMl: 90 },
    pca: { demandMl: 2, lockoutMin: 8 },
  });
  expect(wrongAt((part) => outcomes(index, field, programme(part), order), words)).toEqual([]);
  expect(outcomes(index, field, programme(1))).toEqual(['not checked: no order']);
});

test.each(singleUnits)('limits of a PCA demand in %s relative to the order', (text, unit) => {
  const wrong: string[] = [];
  for (const bag of bagsFor(unit.amount)) {
    const index = libraryWith('mL/h', { pcaDemand: { ...ofOrder, unit: text } }, bag);
    const concentration = bagOf(bag);
    // Ordered from a bag of twice the strength: the same dose is half the volume.
    const order = orderNumbers.parse({
      ...{ drug: 'testamine', concentration: { ...concentration, amount: 6 } },
      pca: { demandMl: 2, lockoutMin: 8 },
    });
    const ml = isVolume(unit.amount) ? 2 : 4;
    const as = (part: number) =>
      outcomes(index, 'pcaDemand', { concentration, ...pca({ demandMl: part * ml }) }, order);
    wrong.push(...wrongAt(as, `bag in ${bag}`));
  }
  expect(wrong).toEqual([]);
});

test.each(amounts)('a concentration range in %s is met at its ends, in every unit', (unit) => {
  const index = libraryWith('mL/h', {}, { from: 0.3, to: 2.3, unit, perMl: 7 });
  for (const own of amounts) {
    const isKnown = (value: number) => {
      const concentration = { amount: ((value / 7) * sizes[unit].size * 11) / sizes[own].size, unit: own, perMl: 11 };
      return !judged(index, { concentration }).standing.includes('concentration-not-in-library');
    };
    const inside = [0.3, 0.3 * (1 - 0.5e-9), 1, 2.3, 2.3 * (1 + 0.5e-9)];
    const outside = [0.3 * (1 - 2e-9), 2.3 * (1 + 2e-9)];
    expect(inside.map(isKnown), own).toEqual(inside.map(() => alike(own, unit)));
    expect(outside.map(isKnown), own).toEqual([false, false]);
  }
});

/** A programme that says everything, so that only the unit decides. */
const everything: Partial<Programme> = { rateMlPerH: 6, vtbiMl: 90 };
const missingBody = { kg: 'not checked: no weight', m2: 'not checked: no body surface' } as const;
const nobody = { weightKg: null, bsaM2: null };

/** Without a body, without a concentration, or with a bag of another kind, a quantity in this unit says why it is not checked. */
function expectReasons(unit: SingleDoseUnit, field: string, reasons: (change: Partial<Programme>) => string[]): void {
  const [bag = 'mg'] = bagsFor(unit.amount);
  if (unit.per) expect(reasons({ concentration: bagOf(bag), ...nobody }), field).toEqual([missingBody[unit.per]]);
  if (isVolume(unit.amount)) return;
  expect(reasons({ concentration: null }), field).toEqual(['not checked: no concentration']);
  for (const other of amounts) {
    if (alike(other, unit.amount)) continue;
    const why = `not checked: ${other} can't be converted to ${unit.amount}`;
    expect(reasons({ concentration: bagOf(other) }), field).toEqual([why]);
  }
}

test.each(doseUnits)('a rate in %s: what can’t be checked says why', (text, unit) => {
  const [bag = 'mg'] = bagsFor(unit.amount);
  const index = libraryWith(text, { doseRate: four, bolusRate: { ...four, unit: text } }, bag);
  const loading: Partial<Programme> = { ...everything, mode: 'loading', steps: [{ rateMlPerH: 6, volumeMl: 1 }] };
  for (const field of ['doseRate', 'bolusRate'] as const) {
    expectReasons(unit, field, (change) => outcomes(index, field, { ...loading, ...change }));
  }
});

test.each(singleUnits)('a dose in %s: what can’t be checked says why', (text, unit) => {
  const [bag = 'mg'] = bagsFor(unit.amount);
  const limit = { ...four, unit: text };
  const cumulative = windows.map((hours) => ({ ...limit, hours }));
  const index = libraryWith('mL/h', { bolusDose: limit, pcaDemand: limit, cumulative }, bag);
  const asked: [Parameters<typeof outcomes>[1], Partial<Programme>][] = [
    ['bolusDose', { mode: 'loading', steps: [{ rateMlPerH: 6, volumeMl: 1 }] }],
    ['pcaDemand', pca({ demandMl: 1 })],
    ...windows.map((hours): [Parameters<typeof outcomes>[1], Partial<Programme>] => [
      cumulativeField(hours),
      everything,
    ]),
  ];
  for (const [field, programme] of asked) {
    expectReasons(unit, field, (change) => outcomes(index, field, { ...programme, ...change }));
  }
  if (!unit.per) return;
  const given = checkCumulativeDose([{ from: 0, to: 0, amount: 9 }], cumulative, nobody, 1);
  expect(given.map((check) => check.outcome === 'not-checked' && check.reason)).toEqual(
    windows.map(() => missingBody[unit.per ?? 'kg']),
  );
});

test('limits in a unit that nobody knows are not checked, and named', () => {
  const unit = 'stones';
  const limits = { bolusDose: { ...four, unit }, bolusRate: { ...four, unit }, pcaDemand: { ...four, unit } };
  const cumulative = windows.map((hours) => ({ ...four, unit, hours }));
  const index = libraryWith('stones/h', { ...limits, doseRate: four, cumulative }, 'mg');
  const said = (unitNamed: string) => [`not checked: dose unit "${unitNamed}" is unknown`];
  const loading: Partial<Programme> = { ...everything, mode: 'loading', steps: [{ rateMlPerH: 6, volumeMl: 1 }] };
  expect(outcomes(index, 'doseRate', loading)).toEqual(said('stones/h'));
  for (const field of ['bolusDose', 'bolusRate', 'doseIn1H', 'doseIn4H', 'doseIn24H'] as const) {
    expect(outcomes(index, field, loading), field).toEqual(said('stones'));
  }
  expect(outcomes(index, 'pcaDemand', pca({ demandMl: 1 }))).toEqual(said('stones'));
});
