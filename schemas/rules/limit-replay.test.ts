import { expect, test } from 'vitest';
import { demoLibrary } from '../library/demo-library.ts';
import { indexLibrary } from './library-index.ts';
import { limitFieldOf } from './limit-field.ts';
import { examplesKept, type ReplayedProgramme, startReplay } from './limit-replay.ts';
import { orderNumbers } from './order.ts';
import type { Programme } from './programme.ts';
import { judgeProgramme } from './programme-against-library.ts';

const milrinone: Programme = {
  infusion: 1,
  careArea: 'inotropes',
  drug: 'milrinone',
  libraryVersion: 'demo-1',
  concentration: { amount: 200, unit: 'mcg', perMl: 1 },
  doseUnit: 'mcg/kg/min',
  doseRate: 0.5,
  weightKg: 70,
};
const ran = (infusion: string, change: Partial<Programme>, did: ReplayedProgramme['did'] = []): ReplayedProgramme => ({
  infusion,
  programme: { ...milrinone, ...change },
  order: null,
  did,
});
const softHigh = { field: 'Dose rate', limitType: 'soft-high' } as const;

test('a replay says what would fire, what did, and which infusions make the difference', () => {
  const replay = startReplay(demoLibrary());
  replay.take(ran('a', {}));
  replay.take(ran('b', { doseRate: 0.8 }, [softHigh]));
  replay.take(ran('c', { doseRate: 0.9 }));
  replay.take(ran('d', { doseRate: 0.5 }, [softHigh]));
  replay.take(ran('e', { doseRate: 2, drug: 'MILRINONE' }, [{ field: 'air', limitType: 'hard-high' }]));
  replay.take(ran('f', { doseRate: null, weightKg: null }));
  replay.take(ran('g', { drug: 'unobtainium' }));
  const place = { careArea: 'inotropes', drug: 'milrinone' };
  expect(replay.report()).toEqual({
    programmes: 7,
    lines: [
      {
        ...place,
        field: 'doseRate',
        limit: 'soft-high',
        would: 2,
        did: 2,
        newExamples: ['c'],
        goneExamples: ['d'],
        worst: { infusion: 'c', value: 0.9, limit: 0.75, severity: 1.2 },
      },
      {
        ...place,
        field: 'doseRate',
        limit: 'hard-high',
        would: 1,
        did: 0,
        newExamples: ['e'],
        goneExamples: [],
        worst: { infusion: 'e', value: 2, limit: 1, severity: 2 },
      },
      {
        ...place,
        field: 'air',
        limit: 'hard-high',
        would: 0,
        did: 1,
        newExamples: [],
        goneExamples: ['e'],
        worst: null,
      },
    ],
    notChecked: [
      { ...place, field: 'weight', reason: 'not checked: no weight', times: 1 },
      { ...place, field: 'doseRate', reason: 'not checked: no dose rate in the programme', times: 1 },
      { ...place, drug: 'unobtainium', field: 'all', reason: 'not checked: the drug is not in the library', times: 1 },
    ],
    standing: [{ ...place, drug: 'unobtainium', standing: 'drug-not-in-library', times: 1, example: 'g' }],
  });
});

test('examples are kept up to a number, counts are not cut', () => {
  const replay = startReplay(demoLibrary());
  for (let i = 0; i < 50; i += 1) replay.take(ran(String(i), { doseRate: 0.2 }));
  const [line] = replay.report().lines;
  expect(line?.would).toBe(50);
  expect(line?.newExamples).toHaveLength(examplesKept);
  expect(line?.limit).toBe('soft-low');
});

test('limits of the order are replayed with the order of the time', () => {
  const replay = startReplay(demoLibrary());
  const programme = { ...milrinone, careArea: 'pulmonary hypertension', drug: 'treprostinil', doseUnit: 'ng/kg/min' };
  const order = orderNumbers.parse({ drug: 'treprostinil', doseRate: 10, doseUnit: 'ng/kg/min' });
  replay.take({ infusion: 'a', programme: { ...programme, doseRate: 11.5 }, order, did: [] });
  expect(replay.report().lines).toMatchObject([{ limit: 'soft-high', would: 1, worst: { limit: 11 } }]);
});

test.each([
  ['doseRate', 'doseRate'],
  ['Dose Rate', 'doseRate'],
  ['rateMlPerH', 'rateMlPerH'],
  ['VTBI (mL)', 'vtbiMl'],
  ['lockout', 'lockoutMin'],
  ['air', null],
  ['constructor', null],
])('a pump’s word %s means %s', (text, field) => {
  expect(limitFieldOf(text)).toBe(field);
});

// How long 100,000 take: npm run prove -- limit-replay.
test('20,000 programmes are replayed, each as the live rule judges it', () => {
  const library = demoLibrary();
  const index = indexLibrary(library);
  const drugs = library.careAreas.flatMap((area) => area.drugs.map((entry) => ({ area: area.name, entry })));
  const programmes = Array.from({ length: 20_000 }, (_, i): ReplayedProgramme => {
    const { area, entry } = drugs[i % drugs.length] ?? { area: '', entry: undefined };
    const concentration = entry?.concentrations[0];
    const amount = concentration && ('amount' in concentration ? concentration.amount : concentration.to);
    return {
      infusion: String(i),
      order: i % 3 === 0 ? orderNumbers.parse({ drug: entry?.name, doseRate: 40, doseUnit: entry?.doseUnit }) : null,
      did: i % 50 === 0 ? [softHigh] : [],
      programme: {
        infusion: i + 1,
        careArea: area,
        drug: entry?.name ?? null,
        libraryVersion: 'demo-1',
        concentration:
          concentration && amount ? { amount, unit: concentration.unit, perMl: concentration.perMl } : null,
        weightKg: i % 7 === 0 ? null : 40 + (i % 60),
        bsaM2: 1.8,
        rateMlPerH: 0.5 + (i % 400),
        vtbiMl: 50 + (i % 300),
        mode: entry?.modes[0] ?? null,
        pca: entry?.modes[0] === 'pca' ? { basalMlPerH: i % 5, demandMl: 1 + (i % 4), lockoutMin: 3 + (i % 12) } : null,
      },
    };
  });
  const replay = startReplay(library);
  for (const programme of programmes) replay.take(programme);
  const { lines, notChecked } = replay.report();

  const would = new Map<string, number>();
  let unchecked = 0;
  for (const { programme, order } of programmes) {
    for (const check of judgeProgramme(programme, index, { order }).checks) {
      const key = `${programme.careArea} ${programme.drug} ${check.field} ${check.outcome}`;
      would.set(key, (would.get(key) ?? 0) + 1);
      if (check.outcome === 'not-checked') unchecked += 1;
    }
  }
  for (const line of lines) {
    expect(line.would).toBe(would.get(`${line.careArea} ${line.drug} ${line.field} ${line.limit}`) ?? 0);
  }
  const passed = [...would].filter(([key]) => /(hard|soft)-(high|low)$/.test(key)).map(([, times]) => times);
  expect(lines.reduce((sum, line) => sum + line.would, 0)).toBe(passed.reduce((sum, times) => sum + times, 0));
  expect(notChecked.reduce((sum, { times }) => sum + times, 0)).toBe(unchecked);
  expect(lines.length).toBeGreaterThan(10);
});
