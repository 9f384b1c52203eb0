import type { LibraryConcentration } from '#schemas/library/drug-entry.ts';
import { libraryContent } from '#schemas/library/library.ts';
import { cumulativeHours, type Limits, limitLevels } from '#schemas/library/limit.ts';
import { indexLibrary, type LibraryIndex } from '#schemas/rules/library-index.ts';
import type { CheckedField } from '#schemas/rules/limit-check.ts';
import type { Order } from '#schemas/rules/order.ts';
import type { Programme } from '#schemas/rules/programme.ts';
import { judgeProgramme } from '#schemas/rules/programme-against-library.ts';
import {
  type AmountUnit,
  type BodyMeasure,
  type DoseUnit,
  everyDoseUnit,
  everySingleDoseUnit,
  type SingleDoseUnit,
  spellDoseUnit,
  type TimeUnit,
} from '#schemas/rules/units.ts';

// Units and what they are worth, written down a second time: what the rules compute is compared with this, not with
// itself. A unit that the rules learn is missing here until somebody adds it: the compiler says so.

/** In grams, or in the unit itself. */
export const sizes: Record<AmountUnit, { kind: string; size: number }> = {
  ng: { kind: 'mass', size: 1e-9 },
  mcg: { kind: 'mass', size: 1e-6 },
  mg: { kind: 'mass', size: 1e-3 },
  g: { kind: 'mass', size: 1 },
  units: { kind: 'units', size: 1 },
  mEq: { kind: 'equivalents', size: 1 },
  mmol: { kind: 'moles', size: 1 },
  mL: { kind: 'volume', size: 1 },
};
export const amounts = Object.keys(sizes) as AmountUnit[];
export const hoursOf: Record<TimeUnit, number> = { min: 1 / 60, h: 1, day: 24 };
export const patient = { weightKg: 61.7, bsaM2: 1.73 };
const bodies: Record<BodyMeasure, number> = { kg: patient.weightKg, m2: patient.bsaM2 };

export const isVolume = (unit: AmountUnit) => sizes[unit].kind === 'volume';
export const alike = (a: AmountUnit, b: AmountUnit) => sizes[a].kind === sizes[b].kind;
const spellSingle = ({ amount, per }: SingleDoseUnit) => (per ? `${amount}/${per}` : amount);

/** 3 of `unit` in 7 mL. */
export const bagOf = (unit: AmountUnit) => ({ amount: 3, unit, perMl: 7 });
/** The units in which the bag of a drug that is dosed in `unit` can be labelled. */
export const bagsFor = (unit: AmountUnit) =>
  amounts.filter((bag) => (isVolume(unit) ? !isVolume(bag) : alike(bag, unit)));

/** mL of that bag which hold one of `unit`, for the whole body. */
export function mlPer({ amount, per }: SingleDoseUnit, bag: AmountUnit): number {
  const whole = sizes[amount].size * (per ? bodies[per] : 1);
  return isVolume(amount) ? whole : (whole * 7) / (3 * sizes[bag].size);
}

export const four = { hardLow: 0.3, softLow: 0.7, softHigh: 1.1, hardHigh: 2.3 };
/** What is inside of each limit, and what is beyond it. */
const sides: Record<keyof typeof four, [inside: string, beyond: string]> = {
  hardLow: ['soft-low', 'hard-low'],
  softLow: ['inside', 'soft-low'],
  softHigh: ['inside', 'soft-high'],
  hardHigh: ['soft-high', 'hard-high'],
};
/** Of each of the four limits: at it, beyond it by a rounding, just inside and just outside. */
export const positions: readonly [value: number, outcome: string][] = limitLevels.flatMap((level) => {
  const [inside, beyond] = sides[level];
  const outwards = level.endsWith('High') ? 1 : -1;
  const limit = four[level];
  return [
    [limit, inside],
    [limit * (1 + outwards * 0.5e-9), inside],
    [limit * (1 - outwards * 2e-9), inside],
    [limit * (1 + outwards * 2e-9), beyond],
  ] satisfies [number, string][];
});
export const windows = cumulativeHours;

/** A library of one drug, `testamine`. */
export function libraryWith(
  doseUnit: string,
  limits: Record<string, unknown>,
  concentration: AmountUnit | LibraryConcentration,
): LibraryIndex {
  const concentrations = [typeof concentration === 'string' ? bagOf(concentration) : concentration];
  const drug = {
    ...{ name: 'testamine', drugClass: 'test', doseUnit, needs: ['weight', 'bsa'], limits },
    ...{ modes: ['continuous', 'pca', 'loading'], concentrations },
  };
  return indexLibrary(libraryContent.parse({ name: 'Test', careAreas: [{ name: 'home', drugs: [drug] }] }));
}

/** A programme of testamine against its library. */
export function judged(index: LibraryIndex, programme: Partial<Programme>, order: Order | null = null) {
  const base = { infusion: 1, careArea: 'home', drug: 'testamine', libraryVersion: '1', ...patient };
  return judgeProgramme({ ...base, ...programme }, index, { order });
}

/** What it comes to in one field: outcomes, or why it was not checked. */
export function outcomes(
  index: LibraryIndex,
  field: CheckedField,
  programme: Partial<Programme>,
  order: Order | null = null,
): string[] {
  return judged(index, programme, order).checks.flatMap((check) => {
    if (check.field !== field) return [];
    return [check.outcome === 'not-checked' ? check.reason : check.outcome];
  });
}

/** Where a value at each position does not come to what it should: empty when all is right. */
export function wrongAt(said: (value: number) => string[], words: string): string[] {
  return positions.flatMap(([value, outcome]) => {
    const result = said(value).join(' + ');
    return result === outcome ? [] : [`${words}, ${value}: ${result}, not ${outcome}`];
  });
}

/** The four limits in a unit, as a library has them. */
export const fourIn = (unit: string): Limits & { unit: string } => ({ ...four, unit });

/** Every unit of a rate and of one dose, each with its spelling: rows of a table of tests. */
export const doseUnits = everyDoseUnit.map((unit): [text: string, unit: DoseUnit] => [spellDoseUnit(unit), unit]);
export const singleUnits = everySingleDoseUnit.map((unit): [text: string, unit: SingleDoseUnit] => [
  spellSingle(unit),
  unit,
]);

export const pca = (settings: Programme['pca']): Partial<Programme> => ({ mode: 'pca', pca: settings });
