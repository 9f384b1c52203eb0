import { expect, test } from 'vitest';
import {
  alike,
  amounts,
  bagOf,
  bagsFor,
  doseUnits,
  four,
  fourIn,
  hoursOf,
  isVolume,
  libraryWith,
  mlPer,
  outcomes,
  patient,
  pca,
  singleUnits,
  windows,
  wrongAt,
} from '../../tests/support/every-unit.ts';
import { checkCumulativeDose } from './cumulative-dose.ts';
import { cumulativeField } from './limit-check.ts';
import type { Programme } from './programme.ts';
import { amountUnits, everyDoseUnit, type everySingleDoseUnit, spellDoseUnit } from './units.ts';

// All four limits of every quantity: at the limit, beyond it by a rounding, just inside, just outside, in every unit in
// which a limit can be written × every unit in which a programme and its bag can be said.

test('the tables hold every unit that the rules know', () => {
  expect(amounts).toEqual(Object.keys(amountUnits));
  expect(doseUnits).toHaveLength(amounts.length * 3 * 3);
  expect(new Set(doseUnits.map(([text]) => text)).size).toBe(doseUnits.length);
});

test.each(doseUnits)(
  'limits of the dose rate in %s: programmed as mL/h from every bag, as a dose in every unit',
  (text, unit) => {
    const wrong: string[] = [];
    for (const bag of bagsFor(unit.amount)) {
      const index = libraryWith(text, { doseRate: four }, bag);
      const concentration = bagOf(bag);
      const mlPerH = mlPer(unit, bag) / hoursOf[unit.time];
      const judged = (programme: Partial<Programme>) => outcomes(index, 'doseRate', { concentration, ...programme });
      wrong.push(...wrongAt((dose) => judged({ rateMlPerH: dose * mlPerH }), `mL/h from a bag in ${bag}`));
      wrong.push(...wrongAt((dose) => judged({ steps: [{ rateMlPerH: dose * mlPerH }] }), `a step, bag in ${bag}`));
      for (const other of everyDoseUnit) {
        if (!isVolume(other.amount) && !alike(other.amount, bag)) continue;
        const factor = mlPerH / (mlPer(other, bag) / hoursOf[other.time]);
        const as = (dose: number) => judged({ doseRate: dose * factor, doseUnit: spellDoseUnit(other) });
        wrong.push(...wrongAt(as, `${spellDoseUnit(other)}, bag in ${bag}`));
      }
    }
    expect(wrong).toEqual([]);
  },
);

test.each<[string, 'rateMlPerH' | 'durationMin' | 'vtbiMl' | 'lockoutMin', (value: number) => Partial<Programme>]>([
  ['rate in mL/h', 'rateMlPerH', (value) => ({ rateMlPerH: value })],
  ['rate of a step', 'rateMlPerH', (value) => ({ mode: 'multistep', steps: [{ rateMlPerH: value, durationMin: 5 }] })],
  ['rate after a loading dose', 'rateMlPerH', (value) => ({ mode: 'loading', rateMlPerH: value })],
  ['basal rate', 'rateMlPerH', (value) => pca({ basalMlPerH: value })],
  ['volume in mL', 'vtbiMl', (value) => ({ vtbiMl: value })],
  ['duration in min', 'durationMin', (value) => ({ durationMin: value })],
  ['duration by volume and rate', 'durationMin', (value) => ({ rateMlPerH: 6, vtbiMl: value / 10 })],
  ['duration of steps in min', 'durationMin', (value) => ({ steps: [value / 4, value * 0.75].map(minutes) })],
  ['duration of steps in mL', 'durationMin', (value) => ({ steps: [value / 4, value * 0.75].map(volume) })],
  ['lockout in min', 'lockoutMin', (value) => pca({ lockoutMin: value })],
])('limits of the %s', (words, field, programme) => {
  const index = libraryWith('mL/h', { [field]: four }, 'mg');
  expect(wrongAt((value) => outcomes(index, field, programme(value)), words)).toEqual([]);
});
const minutes = (durationMin: number) => ({ rateMlPerH: 6, durationMin });
const volume = (min: number) => ({ rateMlPerH: 6, volumeMl: min / 10 });

test.each(singleUnits)('limits of a loading dose and of a PCA demand in %s, from every bag', (text, unit) => {
  const wrong: string[] = [];
  for (const bag of bagsFor(unit.amount)) {
    const index = libraryWith('mL/h', { bolusDose: fourIn(text), pcaDemand: fourIn(text) }, bag);
    const concentration = bagOf(bag);
    const ml = mlPer(unit, bag);
    const loading = (step: { volumeMl?: number; durationMin?: number }) =>
      outcomes(index, 'bolusDose', { concentration, mode: 'loading', steps: [{ rateMlPerH: 30, ...step }] });
    wrong.push(...wrongAt((dose) => loading({ volumeMl: dose * ml }), `loading volume, bag in ${bag}`));
    wrong.push(...wrongAt((dose) => loading({ durationMin: dose * ml * 2 }), `loading time, bag in ${bag}`));
    const demand = (dose: number) => outcomes(index, 'pcaDemand', { concentration, ...pca({ demandMl: dose * ml }) });
    wrong.push(...wrongAt(demand, `demand, bag in ${bag}`));
  }
  expect(wrong).toEqual([]);
});

test.each(doseUnits)('limits of the speed of a loading dose in %s, from every bag', (text, unit) => {
  const wrong: string[] = [];
  for (const bag of bagsFor(unit.amount)) {
    const index = libraryWith('mL/h', { bolusRate: fourIn(text) }, bag);
    const mlPerH = mlPer(unit, bag) / hoursOf[unit.time];
    const judged = (dose: number) => {
      const steps = [{ rateMlPerH: dose * mlPerH, volumeMl: 1 }];
      return outcomes(index, 'bolusRate', { concentration: bagOf(bag), mode: 'loading', steps });
    };
    wrong.push(...wrongAt(judged, `bag in ${bag}`));
  }
  expect(wrong).toEqual([]);
});

test.each(windows.flatMap((hours) => singleUnits.map(([text, unit]) => [hours, text, unit] as const)))(
  'limits of %d h in %s: what a programme can give at most, and what was given',
  (hours, text, unit) => {
    const wrong: string[] = [];
    const field = cumulativeField(hours);
    const limits = { ...fourIn(text), hours };
    for (const bag of bagsFor(unit.amount)) {
      const index = libraryWith('mL/h', { cumulative: [limits] }, bag);
      const concentration = bagOf(bag);
      const ml = mlPer(unit, bag);
      const ways: [string, (ml: number) => Partial<Programme>][] = [
        ['a steady rate', (most) => ({ rateMlPerH: most / hours })],
        ['a volume', (most) => ({ rateMlPerH: most * 5, vtbiMl: most })],
        ['a step', (most) => ({ steps: [{ rateMlPerH: most, durationMin: 60 }] })],
        ['the 1 h maximum', (most) => pca({ maxMlPerH: most / hours })],
        ['demands and lockout', (most) => pca({ demandMl: most / (hours * 5), lockoutMin: 12 })],
        [
          'basal rate and demands',
          (most) => pca({ basalMlPerH: most / hours / 2, demandMl: most / 2, lockoutMin: 1440 }),
        ],
        ['the 4 h maximum', (most) => pca({ maxMlPer4H: most / Math.max(1, hours / 4), maxMlPerH: most })],
      ];
      for (const [words, programme] of ways) {
        const judged = (dose: number) => outcomes(index, field, { concentration, ...programme(dose * ml) });
        wrong.push(...wrongAt(judged, `${words}, bag in ${bag}`));
      }
    }
    expect(wrong).toEqual([]);
    wrong.push(...wrongAt((dose) => givenIn(dose, unit, limits), 'given'));
    expect(wrong).toEqual([]);
  },
);

/** A third at once, the rest over the second half of the window; logged in the smallest unit, as dose-log.ts says. */
function givenIn(
  dose: number,
  unit: (typeof everySingleDoseUnit)[number],
  limits: Parameters<typeof checkCumulativeDose>[1][number],
): string[] {
  const smallest = amounts.find((amount) => alike(amount, unit.amount)) ?? unit.amount;
  const amount = (dose * mlPer(unit, smallest)) / mlPer({ amount: smallest, per: null }, smallest);
  const now = 1_800_000_000_000;
  const half = now - (limits.hours * 3_600_000) / 2;
  const log = [
    { from: half, to: half, amount: amount / 3 },
    { from: half, to: now, amount: (amount * 2) / 3 },
  ];
  return checkCumulativeDose(log, [limits], patient, now).map((check) => check.outcome);
}
