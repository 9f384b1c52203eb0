import { expect, test } from 'vitest';
import { type BedsideFacts, type BedsideReading, checkBedside } from './bedside-check.ts';

const facts: BedsideFacts = {
  ...{ pump: 'PUMP-0001', serial: 'MH2-77', name: 'Zoë Exempel-Ström', birthDate: '1953-04-17', reference: 'P-1' },
  phones: ['+46 8 123 45 67'],
};
type Identifier = BedsideReading['identifiers'][number];
const name: Identifier = { kind: 'name', value: 'zoe  exempel-strom' };
const birth: Identifier = { kind: 'birth-date', value: '1953-04-17' };
const paths = (reading: BedsideReading, known = facts) => checkBedside(reading, known).map(({ path }) => path);

test.each<[string, BedsideReading]>([
  ['its id, name and birth date', { pumpLabel: 'pump-0001 ', identifiers: [name, birth] }],
  ['its serial number, reference', { pumpLabel: 'MH2-77', identifiers: [{ kind: 'reference', value: 'p-1' }, birth] }],
  ['a number without prefix', { pumpLabel: 'MH2-77', identifiers: [{ kind: 'phone', value: '08-1234567' }, birth] }],
])('agrees: %s', (_what, reading) => expect(checkBedside(reading, facts)).toEqual([]));

test.each<[string, BedsideReading, string[]]>([
  ['another pump', { pumpLabel: 'PUMP-0002', identifiers: [name, birth] }, ['pumpLabel']],
  [
    'another patient of that name',
    { pumpLabel: 'PUMP-0001', identifiers: [name, { kind: 'birth-date', value: '1953-04-18' }] },
    ['identifiers.1.value'],
  ],
  [
    'everything else',
    {
      pumpLabel: '',
      identifiers: [
        { kind: 'phone', value: '1' },
        { kind: 'reference', value: 'P-11' },
      ],
    },
    ['pumpLabel', 'identifiers.0.value', 'identifiers.1.value'],
  ],
])('does not agree: %s', (_what, reading, expected) => expect(paths(reading)).toEqual(expected));

test('an identifier that is not on record is never taken for agreeing', () => {
  const unknown = { ...facts, birthDate: null, phones: [] };
  const reading: BedsideReading = { pumpLabel: 'PUMP-0001', identifiers: [birth, { kind: 'phone', value: '' }] };
  const problems = checkBedside(reading, unknown);
  expect(problems.map(({ message }) => message)).toEqual([
    expect.stringContaining('no birth date is on record'),
    expect.stringContaining('no phone number is on record'),
  ]);
});
