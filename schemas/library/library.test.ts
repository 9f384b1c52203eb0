import { expect, test } from 'vitest';
import { checkLibrary, readLibrary } from './check-library.ts';
import { demoLibrary } from './demo-library.ts';
import type { DrugEntry } from './drug-entry.ts';
import { drugEntry } from './drug-entry.ts';
import { type LibraryContent, librarySchema } from './library.ts';
import { limitLevels } from './limit.ts';

const entry = (change: Partial<Record<keyof DrugEntry, unknown>>): DrugEntry =>
  drugEntry.parse({
    name: 'testamine',
    drugClass: 'test',
    concentrations: [{ amount: 5, unit: 'mg', perMl: 1 }],
    modes: ['continuous', 'pca'],
    doseUnit: 'mg/h',
    ...change,
  });

const withDrugs = (...drugs: DrugEntry[]): LibraryContent => ({
  name: 'Test',
  notice: null,
  careAreas: [{ name: 'home', outsideLibrary: 'stopped', drugs }],
});

test('the demo library has no problem, and says that it is not for clinical use', () => {
  expect(checkLibrary(demoLibrary())).toEqual([]);
  expect(demoLibrary().notice).toBe('NOT FOR CLINICAL USE');
});

test.each<[string, Partial<Record<keyof DrugEntry, unknown>>, string, string]>([
  [
    'crossed limits',
    { limits: { doseRate: { softHigh: 10, hardHigh: 8 } } },
    'limits.doseRate.hardHigh',
    'crossed limits: softHigh 10 is above hardHigh 8',
  ],
  [
    'limits crossed over an absent one',
    { limits: { doseRate: { hardLow: 3, softHigh: 2 } } },
    'limits.doseRate.softHigh',
    'crossed limits: hardLow 3 is above softHigh 2',
  ],
  [
    'crossed limits of the order',
    { limits: { doseRate: { softHigh: { ofOrder: 1.3 }, hardHigh: { ofOrder: 1.2 } } } },
    'limits.doseRate.hardHigh',
    'crossed limits: softHigh 1.3 × order is above hardHigh 1.2 × order',
  ],
  ['no limit at all', { limits: { rateMlPerH: { reason: 'because' } } }, 'limits.rateMlPerH', 'no limit at all'],
  [
    'a high limit of 0',
    { limits: { rateMlPerH: { hardHigh: 0 } } },
    'limits.rateMlPerH.hardHigh',
    'a high limit of 0 stops everything',
  ],
  ['an unknown dose unit', { doseUnit: 'stones/h' }, 'doseUnit', 'unknown dose unit "stones/h"'],
  ['a dose unit without time', { doseUnit: 'mg/kg' }, 'doseUnit', 'unknown dose unit "mg/kg"'],
  [
    'an unknown unit of a concentration',
    { concentrations: [{ amount: 5, unit: 'drops', perMl: 1 }] },
    'concentrations[0].unit',
    'unknown unit "drops"',
  ],
  [
    'concentration 0',
    { concentrations: [{ amount: 0, unit: 'mg', perMl: 1 }] },
    'concentrations[0].amount',
    'concentration is 0',
  ],
  [
    'a concentration in no volume',
    { concentrations: [{ amount: 5, unit: 'mg', perMl: 0 }] },
    'concentrations[0].perMl',
    'concentration is 0',
  ],
  [
    'a range upside down',
    { concentrations: [{ from: 50, to: 40, unit: 'mg', perMl: 1 }] },
    'concentrations[0]',
    'range from 50 to 40',
  ],
  [
    'the same concentration twice',
    {
      concentrations: [
        { amount: 5, unit: 'mg', perMl: 1 },
        { amount: 5, unit: 'mg', perMl: 1 },
      ],
    },
    'concentrations[1]',
    'the same concentration twice',
  ],
  [
    'units for a drug in mass',
    { concentrations: [{ amount: 5, unit: 'units', perMl: 1 }] },
    'concentrations',
    "a concentration can't be converted to mg/h",
  ],
  ['no concentration', { concentrations: [] }, 'concentrations', 'no concentration for a dose in mg/h'],
  ['a dose per kg without weight', { doseUnit: 'mg/kg/h' }, 'needs', 'a unit per kg without needing the weight'],
  [
    'a dose per m2 without body surface',
    { doseUnit: 'mg/m2/day' },
    'needs',
    'a unit per m2 without needing the body surface',
  ],
  [
    'a bolus per kg without weight',
    { limits: { bolusDose: { unit: 'mg/kg', hardHigh: 2 } } },
    'needs',
    'a unit per kg without needing the weight',
  ],
  [
    'a bolus in no known unit',
    { limits: { bolusDose: { unit: 'mg/h', hardHigh: 2 } } },
    'limits.bolusDose.unit',
    'unknown unit "mg/h"',
  ],
  [
    'a bolus rate in no known unit',
    { limits: { bolusRate: { unit: 'mg', hardHigh: 2 } } },
    'limits.bolusRate.unit',
    'unknown unit "mg"',
  ],
  [
    'a bolus relative to the order',
    { limits: { bolusDose: { unit: 'mg', hardHigh: { ofOrder: 1.1 } } } },
    'limits.bolusDose.hardHigh',
    'a limit relative to the order, which does not say this',
  ],
  [
    'a bolus in units of a drug in mg',
    { limits: { bolusDose: { unit: 'units', hardHigh: 2 } } },
    'limits.bolusDose.unit',
    "a concentration can't be converted to units",
  ],
  [
    'a lockout of a drug that is no PCA',
    { modes: ['continuous'], limits: { lockoutMin: { hardLow: 5 } } },
    'limits.lockoutMin',
    'a limit of PCA for a drug that is not given as PCA',
  ],
  [
    'a window twice',
    {
      limits: {
        cumulative: [
          { hours: 1, unit: 'mg', hardHigh: 5 },
          { hours: 1, unit: 'mg', hardHigh: 5 },
        ],
      },
    },
    'limits.cumulative[1].hours',
    'a second window of 1 h',
  ],
  [
    'a low limit of a window',
    { limits: { cumulative: [{ hours: 1, unit: 'mg', hardLow: 5 }] } },
    'limits.cumulative[0]',
    'a low limit of a cumulative dose',
  ],
  [
    'a day that allows less than an hour',
    {
      limits: {
        cumulative: [
          { hours: 1, unit: 'mg', hardHigh: 5 },
          { hours: 24, unit: 'mcg', hardHigh: 4000 },
        ],
      },
    },
    'limits.cumulative[1].hardHigh',
    'crossed limits: 4000 mcg in 24 h is below 5 mg in 1 h',
  ],
  [
    'windows in units of two kinds',
    {
      limits: {
        cumulative: [
          { hours: 1, unit: 'mg', hardHigh: 5 },
          { hours: 24, unit: 'mL', hardHigh: 400 },
        ],
      },
    },
    'limits.cumulative[1].unit',
    'mL in 24 h, mg in 1 h: doses are added up in one kind of unit',
  ],
  ['a mode twice', { modes: ['pca', 'pca'] }, 'modes', 'a mode stands twice'],
])('%s: is refused with its place', (_, change, path, what) => {
  const problems = checkLibrary(withDrugs(entry(change)));
  expect(problems).toContainEqual({
    path: `careAreas[0].drugs[0].${path}`,
    where: 'home, testamine',
    what,
    expected: expect.stringMatching(/./),
  });
  expect(problems).toHaveLength(1);
});

test('duplicate drugs are found through tall-man letters and other names', () => {
  const library = withDrugs(entry({ name: 'DOBUTamine' }), entry({ name: 'x', alsoKnownAs: [' dobutamine'] }));
  expect(checkLibrary(library)).toEqual([
    {
      path: 'careAreas[0].drugs[1].alsoKnownAs[0]',
      where: 'home, x',
      what: 'duplicate drug: " dobutamine" is also careAreas[0].drugs[0].name',
      expected: 'each name once in a care area',
    },
  ]);
});

test('a care area twice, and a library without one', () => {
  const area = { name: 'home', outsideLibrary: 'stopped', drugs: [] } as const;
  const twice = {
    name: 'x',
    notice: null,
    careAreas: [
      { ...area, drugs: [] },
      { ...area, name: 'Home', drugs: [] },
    ],
  };
  expect(checkLibrary(twice).map((problem) => problem.path)).toEqual(['careAreas[1].name']);
  expect(checkLibrary({ ...twice, careAreas: [] }).map((problem) => problem.what)).toEqual(['no care area']);
});

test('limits that are equal are in order, in every pair', () => {
  for (const low of limitLevels) {
    for (const high of limitLevels) {
      expect(checkLibrary(withDrugs(entry({ limits: { doseRate: { [low]: 5, [high]: 5 } } })))).toEqual([]);
    }
  }
});

test.each([
  [{ name: 'x', careAreas: [{ name: 'home', drugs: [{ name: 'y' }] }] }, 'careAreas[0].drugs[0].drugClass'],
  [{ name: 'x', careAreas: 'none' }, 'careAreas'],
  [{ name: 'x', careAreas: [], more: 1 }, ''],
  [null, ''],
])('what has not the shape of a library is named by its path', (given, path) => {
  const read = readLibrary(given);
  expect(!read.ok && read.problems[0]?.path).toBe(path);
});

test('the JSON Schema of the file names every field of a drug entry', () => {
  const text = JSON.stringify(librarySchema());
  for (const field of Object.keys(drugEntry.shape)) expect(text).toContain(`"${field}"`);
  expect(librarySchema().$schema).toBe('https://json-schema.org/draft/2020-12/schema');
});
