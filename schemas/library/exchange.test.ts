import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCsv, printCsv } from './csv.ts';
import { demoLibrary } from './demo-library.ts';
import { diffLibraries } from './diff.ts';
import { dosingModes } from './drug-entry.ts';
import { type LibraryContent, libraryContent } from './library.ts';
import { printLibraryCsv, readLibraryCsv } from './library-csv.ts';

const text = fc
  .oneof(fc.string({ minLength: 1, maxLength: 12 }), fc.constantFrom('=1+1', "'x", '@a', 'a,"b"', 'two\nlines', '-5'))
  .filter((given) => given.length > 0);
const amount = fc.double({ min: 1e-9, max: 1e8, noNaN: true });
const limit = fc.oneof(amount, fc.record({ ofOrder: fc.double({ min: 0.001, max: 1000, noNaN: true }) }));
const limitShape = {
  hardLow: limit,
  softLow: limit,
  softHigh: limit,
  hardHigh: limit,
  reason: text,
  reference: text,
  reviewDate: fc.constantFrom('2026-01-31', '2027-12-01'),
};
const optional = { requiredKeys: [] };
const limits = fc.record(limitShape, optional);
const dosed = fc.record({ ...limitShape, unit: fc.constantFrom('mg', 'mcg/kg', 'mL') }, { requiredKeys: ['unit'] });
const drug = (name: fc.Arbitrary<string>) =>
  fc.record(
    {
      name,
      drugClass: text,
      modes: fc.subarray([...dosingModes], { minLength: 1 }),
      doseUnit: fc.constantFrom('mg/h', 'mcg/kg/min', 'units/h'),
      alsoKnownAs: fc.array(text, { maxLength: 2 }),
      critical: fc.boolean(),
      toleratesStopMin: fc.option(fc.double({ min: 0.5, max: 1000, noNaN: true })),
      concentrations: fc.array(
        fc.oneof(
          fc.record({ amount, unit: fc.constantFrom('mg', 'units'), perMl: amount }),
          fc.record({ from: amount, to: amount, unit: fc.constantFrom('mg', 'mmol'), perMl: amount }),
        ),
        { maxLength: 3 },
      ),
      needs: fc.subarray(['weight' as const, 'bsa' as const]),
      kvoMlPerH: fc.option(fc.double({ min: 0, max: 50, noNaN: true })),
      nearEndMin: fc.option(fc.nat(1440)),
      advisories: fc.array(text, { maxLength: 2 }),
      limits: fc.record(
        {
          doseRate: limits,
          rateMlPerH: limits,
          bolusDose: dosed,
          bolusRate: dosed,
          durationMin: limits,
          vtbiMl: limits,
          pcaDemand: dosed,
          lockoutMin: limits,
          cumulative: fc.uniqueArray(
            fc.record(
              { ...limitShape, unit: fc.constant('mg'), hours: fc.constantFrom(1 as const, 4 as const, 24 as const) },
              { requiredKeys: ['unit', 'hours'] },
            ),
            { selector: (given) => given.hours, maxLength: 3 },
          ),
        },
        optional,
      ),
    },
    { requiredKeys: ['name', 'drugClass', 'modes', 'doseUnit'] },
  );
const library = fc
  .record({
    name: text,
    notice: fc.option(text),
    careAreas: fc.uniqueArray(
      fc.record({
        name: text,
        outsideLibrary: fc.constantFrom('stopped' as const, 'allowed' as const),
        drugs: fc.uniqueArray(drug(text), { selector: (given) => given.name, maxLength: 4 }),
      }),
      { selector: (given) => given.name, maxLength: 3 },
    ),
  })
  .map((given): LibraryContent => libraryContent.parse(given));

test('whatever a library holds, its CSV and its JSON read back as the same library', () => {
  fc.assert(
    fc.property(library, (given) => {
      const read = readLibraryCsv(printLibraryCsv(given));
      expect(read.ok ? read.library : read.problems).toEqual(given);
      expect(libraryContent.parse(JSON.parse(JSON.stringify(given)))).toEqual(given);
    }),
    { numRuns: 60 },
  );
});

test('the demo library reads back from CSV without a problem', () => {
  const read = readLibraryCsv(printLibraryCsv(demoLibrary()));
  expect(read).toEqual({ ok: true, library: demoLibrary(), problems: [] });
});

test('any table of cells reads back from CSV, whatever it holds', () => {
  const table = fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 4 }), { maxLength: 6 });
  fc.assert(
    fc.property(table, (rows) => {
      const read = parseCsv(printCsv(rows));
      expect(read.ok && read.rows.map((row) => row.cells)).toEqual(rows);
    }),
  );
});

test('a spreadsheet sees no formula, and negative numbers stay numbers', () => {
  expect(printCsv([['=cmd', '+1', '@x', 'plain']])).toBe("'=cmd,'+1,'@x,plain\r\n");
  expect(printCsv([['-1', '-1.5', '-1+1', '-', '-1.5\t', '+46705550101']])).toBe(
    "-1,-1.5,'-1+1,'-,'-1.5\t,'+46705550101\r\n",
  );
  expect(printCsv([['\t=1+1', '\r=1+1']])).toBe('\'\t=1+1,"\'\r=1+1"\r\n');
});

const heading = `${printLibraryCsv({ name: 'x', notice: null, careAreas: [] }).split('\r\n')[0]}\r\n`;
test.each([
  ['a heading without columns', 'drug,property\r\n', 'line 1', /^no column "care area"/],
  ['an open quote', `${heading},,library,"x\r\n`, 'line 2', /^a quote that is not closed/],
  ['text after a quote', `${heading},,library,"x"y\r\n`, 'line 2', /^text after a closing quote/],
  ['a drug without a care area', `${heading},morphine,class,opioid\r\n`, 'line 2', /^a drug without a care area/],
  ['an unknown property', `${heading}home,morphine,colour,red\r\n`, 'line 2', /^unknown property "colour"/],
  ['a comma for a point', `${heading}home,morphine,KVO mL/h,"0,5"\r\n`, 'line 2', /^"0,5" is no number/],
  [
    'a limit that is no number',
    `${heading}home,morphine,rate,,mL/h,,,ten,\r\n`,
    'line 2',
    /^soft high: "ten" is no number/,
  ],
  ['a rate in another unit', `${heading}home,morphine,rate,,mL/min,,,10,\r\n`, 'line 2', /^rate in "mL\/min"/],
  [
    'a dose rate in another unit than the drug’s',
    `${heading}home,morphine,dose unit,mg/h\r\nhome,morphine,dose rate,,mcg/h,,,10,\r\n`,
    'line 3',
    /^dose rate in "mcg\/h"/,
  ],
  [
    'a concentration in other words',
    `${heading}home,morphine,concentration,5mg/mL\r\n`,
    'line 2',
    /^concentration "5mg\/mL" can't be read/,
  ],
  ['a line twice', `${heading}home,morphine,class,a\r\nhome,morphine,class,b\r\n`, 'line 3', /^class stands twice/],
])('%s is named by its line', (_, csv, path, what) => {
  const read = readLibraryCsv(csv);
  expect(!read.ok && read.problems).toEqual([
    { path, where: expect.any(String), what: expect.stringMatching(what), expected: expect.stringMatching(/./) },
  ]);
});

const changed = (change: (library: LibraryContent) => void): string[] => {
  const after = structuredClone(demoLibrary());
  change(after);
  return diffLibraries(demoLibrary(), after).map((difference) => difference.words);
};
const drugOf = (given: LibraryContent, area: string, name: string) => {
  const found = given.careAreas.find((known) => known.name === area)?.drugs.find((known) => known.name === name);
  if (!found) throw new Error(name);
  return found;
};

test('a diff says in words what changed', () => {
  const none = () => {};
  expect(changed(none)).toEqual([]);
  expect(
    changed((after) => {
      const morphine = drugOf(after, 'palliative PCA', 'morphine');
      morphine.limits.doseRate = { softHigh: 12, hardHigh: 30, reason: 'tolerance' };
      morphine.concentrations = [{ amount: 2, unit: 'mg', perMl: 1 }, ...morphine.concentrations.slice(1)];
      morphine.critical = true;
    }),
  ).toEqual([
    'palliative PCA, morphine: concentration 1 mg per 1 mL removed',
    'palliative PCA, morphine: concentration 2 mg per 1 mL added',
    'palliative PCA, morphine: dose rate soft high 10 → 12 mg/h, reason none → “tolerance”',
    'palliative PCA, morphine: critical yes added',
  ]);
  expect(
    changed((after) => {
      after.careAreas = after.careAreas.filter((area) => area.name !== 'nutrition');
      const home = after.careAreas[0];
      if (!home) throw new Error('no care area');
      home.drugs = [...home.drugs.slice(1), { ...drugOf(after, 'oncology', 'fluorouracil') }];
      drugOf(after, 'pulmonary hypertension', 'treprostinil').limits.doseRate = { hardHigh: { ofOrder: 1.2 } };
    }),
  ).toEqual([
    'adult home, vancomycin: removed',
    'care area nutrition removed',
    'pulmonary hypertension, treprostinil: dose rate hard low 0.75 × order → none, soft low 0.9 × order → none, soft high 1.1 × order → none, hard high 1.25 × order → 1.2 × order, reason “every patient has a dose of his own” → none',
    'adult home, fluorouracil: added',
  ]);
});

test('a library does not differ from itself, and differs from one without its first care area', () => {
  fc.assert(
    fc.property(library, (given) => {
      expect(diffLibraries(given, given)).toEqual([]);
      const [first, ...careAreas] = given.careAreas;
      if (!first) return;
      const gone = diffLibraries(given, { ...given, careAreas });
      expect(gone.map((change) => change.words)).toEqual([`care area ${first.name} removed`]);
    }),
    { numRuns: 30 },
  );
});
