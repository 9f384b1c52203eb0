import { expect, test } from 'vitest';
import { doubtAbout, isPhoneNumber, lastDigits, matchPhone } from './phone-match.ts';

test.each([
  // given, on record, what agrees
  ['+1 (555) 010-0199', '15550100199', 'whole'],
  ['+1 (555) 010-0199', '+15550100199', 'whole'],
  ['001 555 010 0199', '+1 555 010 0199', 'whole'],
  ['+46 (0)70 555 01 01', '+46705550101', 'whole'],
  ['070-555 01 01', '0705550101', 'whole'],
  // No country or area given: the end is all that can agree.
  ['0100199', '+1 (555) 010-0199', 'ending'],
  ['555 010 0199', '+1 (555) 010-0199', 'ending'],
  ['070 555 01 01', '+46 70 555 01 01', 'ending'],
  ['+46 8 555 01 02', '08-555 01 02', 'ending'],
  ['+1 (555) 010-0199', '0100199', 'ending'],
  // A few digits, as a display shows or a person remembers them.
  ['0199', '+1 (555) 010-0199', 'last-digits'],
  ['100199', '+1 (555) 010-0199', 'last-digits'],
  // Not the same.
  ['199', '+1 (555) 010-0199', null],
  ['+44 555 010 0199', '+1 555 010 0199', null],
  ['+1 555 010 0198', '+1 555 010 0199', null],
  ['555 010', '+1 555 010 0199', null],
  ['070 555 01 01', '+46 71 555 01 01', null],
  ['', '+1 555 010 0199', null],
] as const)('%s against %s on record: %s', (given, onRecord, expected) => {
  expect(matchPhone(given, onRecord)).toBe(expected);
});

test.each([
  ['+1 (555) 010-0199', true],
  ['0199', true],
  ['199', false],
  ['Exempel', false],
  ['P-0012', false],
  ['1953-04-17', true],
])('%s is written as a number: %s', (text, expected) => {
  expect(isPhoneNumber(text)).toBe(expected);
});

test('every spelling of a number has the same last digits', () => {
  const spellings = ['+1 (555) 010-0199', '0015550100199', '0100199', '555.010.0199'];
  expect(new Set(spellings.map(lastDigits))).toEqual(new Set(['0199']));
});

test('what a number leaves open is said', () => {
  expect(doubtAbout(['whole'])).toBeNull();
  expect(doubtAbout([])).toBeNull();
  expect(doubtAbout(['ending'])).toContain('birth date');
  expect(doubtAbout(['last-digits'])).toContain('Only the last digits');
  expect(doubtAbout(['whole', 'whole'])).toContain('2 patients');
});
