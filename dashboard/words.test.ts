import { expect, test } from 'vitest';
import { amount, duration, inOneLine, shortAge, stateWord } from './words.ts';

test.each([
  [0, '0'],
  [0.5, '0.5'],
  [0.1234, '0.123'],
  [1.2, '1.2'],
  [5, '5'],
  [28.8, '28.8'],
  [105.26, '105.3'],
  [1999.6, '2,000'],
])('%s is written %s: leading zero, no trailing zero', (value, text) => {
  expect(amount(value)).toBe(text);
});

test.each([
  [-5, '0 s'],
  [59_999, '59 s'],
  [72_000, '1 min 12 s'],
  [60_000, '1 min'],
  [600_000, '10 min'],
  [14_280_000, '3 h 58 min'],
  [187_200_000, '2 d 4 h'],
])('%s ms is said %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test('an age below ten seconds has a decimal', () => {
  expect(shortAge(213)).toBe('0.2 s');
  expect(shortAge(12_000)).toBe('12 s');
});

test('states are words, unknown ones as the pump says them', () => {
  expect(stateWord('kvo')).toBe('Keep-vein-open');
  expect(stateWord('priming')).toBe('priming');
  expect(stateWord(null)).toBe('No state yet');
});

test('foreign values fit in one line', () => {
  expect([null, 1.5, 'x', true, { a: 1 }].map(inOneLine)).toEqual(['–', '1.5', 'x', 'yes', '{"a":1}']);
});
