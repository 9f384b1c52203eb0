import fc from 'fast-check';
import { expect, test } from 'vitest';
import { demoLibrary } from '../library/demo-library.ts';
import { type LibraryContent, type LibraryDraft, libraryContent } from '../library/library.ts';
import type { Limits } from '../library/limit.ts';
import { rateFromDose } from './dose.ts';
import { indexLibrary } from './library-index.ts';
import { type CheckedField, checkWords, type LimitCheck, severity } from './limit-check.ts';
import { type Order, orderNumbers } from './order.ts';
import type { Programme } from './programme.ts';
import { judgeProgramme, libraryFinding, softPassed } from './programme-against-library.ts';
import { type AmountUnit, amountUnits, type DoseUnit, spellDoseUnit, type TimeUnit, timeUnits } from './units.ts';

const priorities = { hardLimit: 'high', notInLibrary: 'medium' } as const;
const demo = indexLibrary(demoLibrary());

const dobutamine: Programme = {
  infusion: 1,
  careArea: 'inotropes',
  drug: 'DOBUTamine',
  libraryVersion: 'demo-1',
  concentration: { amount: 4000, unit: 'mcg', perMl: 1 },
  mode: 'continuous',
  doseRate: 5,
  doseUnit: 'mcg/kg/min',
  weightKg: 80,
  rateMlPerH: 6,
};
const judge = (programme: Programme, order: Order | null = null) => judgeProgramme(programme, demo, { order });
const said = (checks: LimitCheck[]) => checks.map(checkWords);

test('a programme inside every limit has no alert', () => {
  const judgement = judge(dobutamine);
  expect(judgement.standing).toEqual([]);
  expect(said(judgement.checks)).toEqual(['dose rate 5 mcg/kg/min is inside the limits']);
  expect(libraryFinding(judgement, priorities)).toBeNull();
});

test.each<[string, Partial<Programme>, string[]]>([
  [
    'a hard limit',
    { doseRate: 25, rateMlPerH: 30 },
    ['dose rate 25 mcg/kg/min is above the hard limit of 20 mcg/kg/min'],
  ],
  [
    'a soft limit',
    { doseRate: 12, rateMlPerH: 14.4 },
    ['dose rate 12 mcg/kg/min is above the soft limit of 10 mcg/kg/min'],
  ],
  [
    'a low soft limit',
    { doseRate: 2, rateMlPerH: 2.4 },
    ['dose rate 2 mcg/kg/min is below the soft limit of 2.5 mcg/kg/min'],
  ],
  [
    'a low hard limit',
    { doseRate: 0.1, rateMlPerH: 0.12 },
    ['dose rate 0.1 mcg/kg/min is below the hard limit of 0.5 mcg/kg/min'],
  ],
  [
    'a rate that hides behind a harmless dose',
    { rateMlPerH: 60 },
    ['dose rate 50 mcg/kg/min is above the hard limit of 20 mcg/kg/min'],
  ],
  [
    'only a rate',
    { doseRate: null, doseUnit: null, rateMlPerH: 60 },
    ['dose rate 50 mcg/kg/min is above the hard limit of 20 mcg/kg/min'],
  ],
  [
    'another time unit',
    { doseRate: 1.5, doseUnit: 'mg/kg/h', rateMlPerH: null },
    ['dose rate 25 mcg/kg/min is above the hard limit of 20 mcg/kg/min'],
  ],
  [
    'an absolute dose',
    { doseRate: 120, doseUnit: 'mg/h', rateMlPerH: null },
    ['dose rate 25 mcg/kg/min is above the hard limit of 20 mcg/kg/min'],
  ],
  [
    'a step among many',
    { steps: [{ rateMlPerH: 6 }, { rateMlPerH: 0 }, { rateMlPerH: 30 }] },
    ['dose rate 25 mcg/kg/min is above the hard limit of 20 mcg/kg/min'],
  ],
  [
    'a pause between steps',
    { steps: [{ rateMlPerH: 6 }, { rateMlPerH: 0 }, { rateMlPerH: 6 }] },
    ['dose rate 5 mcg/kg/min is inside the limits'],
  ],
  [
    'no weight',
    { weightKg: null, doseRate: null },
    ['weight not checked: no weight', 'dose rate not checked: no weight'],
  ],
  [
    'no weight, a dose per kg',
    { weightKg: null },
    ['weight not checked: no weight', 'dose rate 5 mcg/kg/min is inside the limits'],
  ],
  [
    'no concentration',
    { concentration: null, doseRate: null },
    ['concentration not checked: no concentration', 'dose rate not checked: no concentration'],
  ],
  [
    'an unknown dose unit',
    { doseUnit: 'stones/h', rateMlPerH: null },
    ['dose rate not checked: dose unit "stones/h" is unknown'],
  ],
  [
    'an unknown dose unit, a rate too high',
    { doseUnit: 'stones/h', rateMlPerH: 60 },
    [
      'dose rate not checked: dose unit "stones/h" is unknown',
      'dose rate 50 mcg/kg/min is above the hard limit of 20 mcg/kg/min',
    ],
  ],
  [
    'another kind of unit, a rate inside the limits',
    { doseRate: 5, doseUnit: 'units/h' },
    ["dose rate not checked: mcg can't be converted to units", 'dose rate 5 mcg/kg/min is inside the limits'],
  ],
  [
    'another kind of unit',
    { doseRate: 5, doseUnit: 'units/h', rateMlPerH: null },
    ["dose rate not checked: mcg can't be converted to units"],
  ],
  [
    'neither dose nor rate',
    { doseRate: null, rateMlPerH: null },
    ['dose rate not checked: no dose rate in the programme'],
  ],
  [
    'an intermittent programme without dose rate',
    { doseRate: null, mode: 'intermittent' },
    ['dose rate not checked: no dose rate in the programme'],
  ],
])('%s: the result says so', (_, change, words) => {
  expect(said(judge({ ...dobutamine, ...change }).checks)).toEqual(words);
});

test.each<[string, Partial<Programme>, string, string]>([
  ['outside the library', { libraryVersion: null }, 'outside-library', 'The programme runs outside the library'],
  ['no drug', { drug: null }, 'no-drug-named', 'The programme names no drug'],
  ['no care area', { careArea: null }, 'no-care-area-named', 'The programme names no care area'],
  ['an unknown care area', { careArea: 'moon' }, 'care-area-not-in-library', 'The care area is not in the library'],
  ['a drug of another care area', { drug: 'vancomycin' }, 'drug-not-in-library', 'The drug is not in the library'],
  [
    'another concentration',
    { concentration: { amount: 1000, unit: 'mcg', perMl: 1 } },
    'concentration-not-in-library',
    'The concentration is not in the library',
  ],
])('%s is a medium alert', (_, change, standing, message) => {
  const judgement = judge({ ...dobutamine, ...change });
  expect(judgement.standing).toEqual([standing]);
  expect(libraryFinding(judgement, priorities)).toMatchObject({
    type: 'programme-against-library',
    priority: 'medium',
    message,
  });
  if (judgement.entry === null) expect(judgement.checks).toMatchObject([{ field: 'all', outcome: 'not-checked' }]);
});

test('a hard limit is a high alert that names dose, limit and how far; soft ones and unchecked ones stand beside', () => {
  const judgement = judge({ ...dobutamine, doseRate: 50, rateMlPerH: 60, weightKg: 80 });
  expect(libraryFinding(judgement, priorities)).toEqual({
    type: 'programme-against-library',
    priority: 'high',
    message: 'Dose rate 50 mcg/kg/min is above the hard limit of 20 mcg/kg/min',
    detail: {
      drug: 'DOBUTamine',
      careArea: 'inotropes',
      standing: [],
      hard: [expect.objectContaining({ field: 'doseRate', value: 50, limit: 20, severity: 2.5 })],
      soft: [],
      notChecked: [],
    },
  });
});

test('the same concentration in other units and volumes is known; names are found in any letters', () => {
  const other = { ...dobutamine, concentration: { amount: 1, unit: 'g', perMl: 250 }, drug: ' dobutamine ' };
  expect(judge(other).standing).toEqual([]);
  const treprostinil = { ...dobutamine, careArea: 'pulmonary hypertension', drug: 'treprostinil' };
  for (const [amount, known] of [
    [9.99, false],
    [10, true],
    [150, true],
    [200, true],
    [200.1, false],
  ] as const) {
    const judged = judge({ ...treprostinil, concentration: { amount, unit: 'mcg', perMl: 1 } });
    expect(judged.standing.includes('concentration-not-in-library'), String(amount)).toBe(!known);
  }
});

const treprostinil: Programme = {
  infusion: 1,
  careArea: 'pulmonary hypertension',
  drug: 'treprostinil',
  libraryVersion: 'demo-1',
  concentration: { amount: 100_000, unit: 'ng', perMl: 1 },
  weightKg: 65,
  doseRate: 40,
  doseUnit: 'ng/kg/min',
};

test.each([
  [40, 'inside'],
  [44, 'inside'],
  [44.01, 'soft-high'],
  [50, 'soft-high'],
  [50.01, 'hard-high'],
  [36, 'inside'],
  [35.99, 'soft-low'],
  [30, 'soft-low'],
  [29.99, 'hard-low'],
])('treprostinil at %d of an ordered 40 ng/kg/min is %s', (doseRate, outcome) => {
  const order = orderNumbers.parse({ drug: 'treprostinil', doseRate: 2.4, doseUnit: 'mcg/kg/h' });
  expect(judge({ ...treprostinil, doseRate }, order).checks.map((check) => check.outcome)).toEqual([outcome]);
});

test('limits of the order without an order are not checked, and said so', () => {
  expect(said(judge(treprostinil).checks)).toEqual(['dose rate not checked: no order']);
});

const morphine: Programme = {
  infusion: 1,
  careArea: 'adult PCA',
  drug: 'morphine',
  libraryVersion: 'demo-1',
  concentration: { amount: 1, unit: 'mg', perMl: 1 },
  mode: 'pca',
  pca: { basalMlPerH: 1, demandMl: 1, lockoutMin: 8, maxMlPer4H: 30 },
};

test.each<[string, Programme['pca'], string[]]>([
  ['as ordered', {}, []],
  ['a demand ten times too high', { demandMl: 10 }, ['pcaDemand hard-high']],
  ['a short lockout', { lockoutMin: 5 }, ['lockoutMin soft-low']],
  ['a lockout far too short', { lockoutMin: 1 }, ['lockoutMin hard-low']],
  ['a basal rate too high', { basalMlPerH: 4 }, ['doseRate hard-high']],
  ['a 4 h maximum too high', { maxMlPer4H: 50, lockoutMin: 6 }, ['doseIn4H hard-high']],
  ['no 4 h maximum, but a lockout', { maxMlPer4H: null, lockoutMin: 10 }, []],
  ['no maximum at all', { maxMlPer4H: null, lockoutMin: null }, ['lockoutMin not-checked', 'doseIn4H not-checked']],
  ['no demand', { demandMl: null }, ['pcaDemand not-checked']],
])('PCA, %s', (_, pca, expected) => {
  const { checks } = judge({ ...morphine, pca: { ...morphine.pca, ...pca } });
  expect(checks.map((check) => `${check.field} ${check.outcome}`).filter((word) => !word.endsWith(' inside'))).toEqual(
    expected,
  );
});

test.each<[string, Programme, string[]]>([
  [
    'fluorouracil as ordered',
    {
      infusion: 1,
      drug: '5-FU',
      careArea: 'oncology',
      libraryVersion: '1',
      concentration: { amount: 45.57, unit: 'mg', perMl: 1 },
      bsaM2: 1.8,
      rateMlPerH: 1.2,
      vtbiMl: 115.2,
    },
    [],
  ],
  [
    'fluorouracil at 24 times the rate',
    {
      infusion: 1,
      drug: '5-FU',
      careArea: 'oncology',
      libraryVersion: '1',
      concentration: { amount: 45.57, unit: 'mg', perMl: 1 },
      bsaM2: 1.8,
      rateMlPerH: 28.8,
      vtbiMl: 115.2,
    },
    ['doseRate hard-high', 'durationMin hard-low'],
  ],
  [
    'milrinone with a loading dose',
    {
      infusion: 1,
      drug: 'milrinone',
      careArea: 'inotropes',
      libraryVersion: '1',
      concentration: { amount: 200, unit: 'mcg', perMl: 1 },
      weightKg: 70,
      mode: 'loading',
      rateMlPerH: 10.5,
      steps: [{ rateMlPerH: 105, volumeMl: 17.5 }],
    },
    [],
  ],
  [
    'milrinone loaded twice as much, three times as fast',
    {
      infusion: 1,
      drug: 'milrinone',
      careArea: 'inotropes',
      libraryVersion: '1',
      concentration: { amount: 200, unit: 'mcg', perMl: 1 },
      weightKg: 70,
      mode: 'loading',
      rateMlPerH: 10.5,
      steps: [{ rateMlPerH: 315, volumeMl: 35 }],
    },
    ['bolusDose hard-high', 'bolusRate hard-high'],
  ],
  [
    'milrinone loading without a step',
    {
      infusion: 1,
      drug: 'milrinone',
      careArea: 'inotropes',
      libraryVersion: '1',
      concentration: { amount: 200, unit: 'mcg', perMl: 1 },
      weightKg: 70,
      mode: 'loading',
      rateMlPerH: 10.5,
    },
    ['bolusDose not-checked', 'bolusRate not-checked'],
  ],
  [
    'TPN with its taper',
    {
      infusion: 1,
      drug: 'TPN',
      careArea: 'nutrition',
      libraryVersion: '1',
      mode: 'taper',
      vtbiMl: 2000,
      durationMin: 720,
      steps: [52.6, 105.3, 210.5, 105.3, 52.6].map((rateMlPerH) => ({ rateMlPerH, durationMin: 144 })),
    },
    [],
  ],
  [
    'TPN in 6 h, too much, too fast',
    { infusion: 1, drug: 'TPN', careArea: 'nutrition', libraryVersion: '1', rateMlPerH: 750, vtbiMl: 4500 },
    ['rateMlPerH hard-high', 'durationMin hard-low', 'vtbiMl hard-high'],
  ],
  [
    'sodium chloride without a rate',
    { infusion: 1, drug: 'NaCl 0.9%', careArea: 'adult home', libraryVersion: '1' },
    ['rateMlPerH not-checked'],
  ],
  [
    'piperacillin, judged by its day and not by its dose',
    {
      infusion: 1,
      drug: 'piperacillin-tazobactam',
      careArea: 'adult home',
      libraryVersion: '1',
      concentration: { amount: 56, unit: 'mg', perMl: 1 },
      mode: 'intermittent',
      doseRate: 13.44,
      doseUnit: 'g/day',
      rateMlPerH: 120,
    },
    [],
  ],
])('%s', (_, programme, expected) => {
  const { checks } = judge(programme);
  expect(checks.map((check) => `${check.field} ${check.outcome}`).filter((word) => !word.endsWith(' inside'))).toEqual(
    expected,
  );
});

const libraryOf = (doseUnit: string, limits: Record<string, unknown>, unit: AmountUnit): LibraryContent => {
  const draft: LibraryDraft = {
    name: 'Test',
    careAreas: [
      {
        name: 'home',
        drugs: [
          {
            name: 'testamine',
            drugClass: 'test',
            doseUnit,
            modes: ['continuous', 'pca', 'loading'],
            needs: ['weight', 'bsa'],
            concentrations: [{ amount: 3, unit, perMl: 7 }],
            limits,
          },
        ],
      },
    ],
  };
  return libraryContent.parse(draft);
};
const four: Limits = { hardLow: 0.3, softLow: 0.7, softHigh: 1.1, hardHigh: 2.3 };
// Each limit: at it, just inside, just outside; and what each is.
const positions: [number, string][] = [
  [0.3, 'soft-low'],
  [0.3 * (1 + 1e-8), 'soft-low'],
  [0.3 * (1 - 1e-8), 'hard-low'],
  [0.7, 'inside'],
  [0.7 * (1 + 1e-8), 'inside'],
  [0.7 * (1 - 1e-8), 'soft-low'],
  [1.1, 'inside'],
  [1.1 * (1 - 1e-8), 'inside'],
  [1.1 * (1 + 1e-8), 'soft-high'],
  [2.3, 'soft-high'],
  [2.3 * (1 - 1e-8), 'soft-high'],
  [2.3 * (1 + 1e-8), 'hard-high'],
];
const body = { weightKg: 61.7, bsaM2: 1.73 };
const everyUnit: DoseUnit[] = (Object.keys(amountUnits) as AmountUnit[]).flatMap((amount) =>
  ([null, 'kg', 'm2'] as const).flatMap((per) =>
    (Object.keys(timeUnits) as TimeUnit[]).map((time) => ({ amount, per, time })),
  ),
);

test.each(everyUnit.map((unit) => [spellDoseUnit(unit), unit] as const))(
  'all four limits in %s: at it is inside, as a dose and as a rate',
  (text, unit) => {
    const index = indexLibrary(libraryOf(text, { doseRate: four }, unit.amount));
    const concentration = { amount: 3, unit: unit.amount, perMl: 7 };
    const base = { infusion: 1, careArea: 'home', drug: 'testamine', libraryVersion: '1', concentration, ...body };
    for (const [dose, outcome] of positions) {
      const rate = rateFromDose(dose, unit, concentration, body);
      if (!rate.ok) throw new Error(rate.reason);
      const asDose = judgeProgramme({ ...base, doseRate: dose, doseUnit: text }, index, { order: null });
      const asRate = judgeProgramme({ ...base, rateMlPerH: rate.value }, index, { order: null });
      expect(
        asDose.checks.map((check) => check.outcome),
        `${dose} ${text}`,
      ).toEqual([outcome]);
      expect(
        asRate.checks.map((check) => check.outcome),
        `${rate.value} mL/h`,
      ).toEqual([outcome]);
    }
  },
);

test.each<[CheckedField, Record<string, unknown>, (value: number) => Partial<Programme>]>([
  ['rateMlPerH', { rateMlPerH: four }, (value) => ({ rateMlPerH: value })],
  ['durationMin', { durationMin: four }, (value) => ({ durationMin: value })],
  ['vtbiMl', { vtbiMl: four }, (value) => ({ vtbiMl: value })],
  ['lockoutMin', { lockoutMin: four }, (value) => ({ mode: 'pca', pca: { lockoutMin: value } })],
  [
    'pcaDemand',
    { pcaDemand: { ...four, unit: 'mg' } },
    (value) => ({ mode: 'pca', pca: { demandMl: (value * 7) / 3 } }),
  ],
  [
    'bolusDose',
    { bolusDose: { ...four, unit: 'mcg/kg' } },
    (value) => ({ mode: 'loading', steps: [{ rateMlPerH: 1, volumeMl: (value * 61.7 * 7) / 3000 }] }),
  ],
  [
    'bolusRate',
    { bolusRate: { ...four, unit: 'mg/min' } },
    (value) => ({ mode: 'loading', steps: [{ rateMlPerH: (value * 60 * 7) / 3, volumeMl: 1 }] }),
  ],
  ['doseIn1H', { cumulative: [{ ...four, hours: 1, unit: 'mg' }] }, (value) => ({ rateMlPerH: (value * 7) / 3 })],
  [
    'doseIn24H',
    { cumulative: [{ ...four, hours: 24, unit: 'mg' }] },
    (value) => ({ rateMlPerH: (value * 7) / 3 / 24 }),
  ],
])('all four limits of %s: at it is inside', (field, limits, programme) => {
  const index = indexLibrary(libraryOf('mg/h', limits, 'mg'));
  const concentration = { amount: 3, unit: 'mg', perMl: 7 };
  const base = { infusion: 1, careArea: 'home', drug: 'testamine', libraryVersion: '1', concentration, ...body };
  for (const [value, outcome] of positions) {
    const { checks } = judgeProgramme({ ...base, ...programme(value) }, index, { order: null });
    expect(
      checks.filter((check) => check.field === field).map((check) => check.outcome),
      String(value),
    ).toEqual([outcome]);
  }
});

test('no limit is silently skipped: every limit of the entry that applies has a result, whatever the programme says', () => {
  const limits = {
    doseRate: four,
    rateMlPerH: four,
    durationMin: four,
    vtbiMl: four,
    cumulative: [{ hardHigh: 5, hours: 4, unit: 'mg/kg' }],
  };
  const index = indexLibrary(libraryOf('mcg/kg/min', limits, 'mg'));
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
  const value = fc.double({ min: 0, max: 1000, noNaN: true });
  const arbitrary = fc.record({
    infusion: fc.constant(1),
    careArea: fc.constant('home'),
    drug: fc.constant('testamine'),
    concentration: maybe(
      fc.record({
        amount: fc.double({ min: 0.1, max: 10, noNaN: true }),
        unit: fc.constantFrom('mg', 'units', 'x'),
        perMl: fc.constant(1),
      }),
    ),
    mode: maybe(fc.constantFrom('continuous' as const, 'intermittent' as const, 'pca' as const, 'taper' as const)),
    doseRate: maybe(value),
    doseUnit: maybe(fc.constantFrom('mg/h', 'mcg/kg/min', 'mg/m2/day', 'nonsense')),
    rateMlPerH: maybe(value),
    vtbiMl: maybe(value),
    durationMin: maybe(value),
    weightKg: maybe(fc.double({ min: 1, max: 200, noNaN: true })),
    steps: maybe(fc.array(fc.record({ rateMlPerH: value, durationMin: maybe(value) }), { maxLength: 3 })),
  });
  fc.assert(
    fc.property(arbitrary, (programme) => {
      const { checks } = judgeProgramme(programme, index, { order: null });
      for (const field of ['doseRate', 'rateMlPerH', 'durationMin', 'vtbiMl', 'doseIn4H']) {
        expect(
          checks.some((check) => check.field === field),
          field,
        ).toBe(true);
      }
      for (const check of checks) {
        if (check.outcome === 'not-checked') expect(check.reason).toMatch(/^not checked: /);
        else expect(Number.isFinite(check.value)).toBe(true);
        if ('limit' in check) expect(severity(check)).not.toBe(1);
      }
      expect(softPassed({ careArea: null, drug: null, entry: null, standing: [], checks })).toEqual(
        checks.filter((check) => check.outcome.startsWith('soft')),
      );
    }),
  );
});
