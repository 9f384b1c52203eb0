import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { columns, readActions } from './csv.ts';

const header = columns.join(',');
const good = 'P1,I1,0,start,Heparin,10,units/hour,5,70';
const read = (...lines: string[]) => readActions(lines.join('\n'), 'f.csv');

test('the real infusions are read whole', () => {
  const file = join(import.meta.dirname, '../data/real-infusions/infusions.csv');
  const actions = readActions(readFileSync(file, 'utf8'), file);
  expect(actions).toHaveLength(4183);
  expect(actions.filter(({ rateMlPerH }) => rateMlPerH !== null)).toHaveLength(3400);
  expect(new Set(actions.map(({ infusion }) => infusion)).size).toBe(1220);
});

test('numbers, empty fields, quotes, a byte order mark and CRLF are read', () => {
  const text = `\uFEFF${header}\r\nP1,I1,0,start,"Saline, ""half""",,,12.5,\r\n`;
  expect(readActions(text, 'f.csv')).toEqual([
    {
      line: 2,
      patient: 'P1',
      infusion: 'I1',
      offsetS: 0,
      action: 'start',
      drug: 'Saline, "half"',
      dose: null,
      doseUnit: null,
      rateMlPerH: 12.5,
      weightKg: null,
    },
  ]);
});

test.each([
  ['an empty file', [''], 'f.csv: empty; expected the columns patient,'],
  ['a header alone', [header], 'f.csv: no actions below the header'],
  ['a foreign header', ['patient,order'], 'f.csv: line 1, column 2: got "order"; expected infusion'],
  ['a short header', ['patient'], 'f.csv: line 1, column 2: got nothing; expected infusion'],
  ['a short line', [header, good, 'P1,I1,5'], 'f.csv: line 3, column 4: got 3 fields; expected 9'],
  ['a long line', [header, `${good},x`], 'f.csv: line 2, column 10: got 10 fields; expected 9'],
  [
    'an unknown action',
    [header, good.replace('start', 'begin')],
    'line 2, column 4 (action): got "begin"; expected one of start,',
  ],
  [
    'a time in words',
    [header, good.replace(',0,', ',noon,')],
    'line 2, column 3 (offset_s): got "noon"; expected whole seconds',
  ],
  [
    'a negative rate',
    [header, good.replace(',5,', ',-5,')],
    'line 2, column 8 (rate_ml_h): got "-5"; expected mL/h from 0 to 2000',
  ],
  ['a rate no pump has', [header, good.replace(',5,', ',2001,')], 'line 2, column 8 (rate_ml_h): got "2001"'],
  ['a dose without its unit', [header, good.replace('units/hour', '')], 'line 2, column 7 (dose_unit): got nothing'],
  ['no weight but words', [header, good.replace(',70', ',heavy')], 'line 2, column 9 (weight_kg): got "heavy"'],
  ['an id that can’t be a topic', [header, good.replace('P1', 'P/1')], 'line 2, column 1 (patient): got "P/1"'],
  [
    'time running back',
    [header, good.replace(',0,', ',60,'), good],
    'line 3, column 3 (offset_s): got 0; expected at least 60, the time of line 2',
  ],
  [
    'an infusion of two patients',
    [header, good, good.replace('P1', 'P2')],
    'line 3, column 1 (patient): got P2; expected P1',
  ],
  ['an open quote', [header, good.replace('Heparin', '"Heparin')], 'line 2, column 5: a quote that is not closed'],
  ['a binary file', ['\u0000\u0001\u0002'], 'f.csv: line 1, column 1: got'],
])('%s is refused with its place', (_, lines, message) => {
  let thrown: unknown;
  try {
    read(...lines);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ name: 'Failure', exitCode: 2 });
  expect(String(thrown)).toContain(message);
  expect(String(thrown)).not.toContain('\n');
});
