import { expect, test } from 'vitest';
import { Hearing } from './hearing.ts';

/** Looks each second from `from` to `to`, both included, seconds. */
function looked(hearing: Hearing, from: number, to: number, linked = true): Hearing {
  for (let s = from; s <= to; s += 1) hearing.look(s * 1_000, linked);
  return hearing;
}

test('whoever is linked and looks on time hears since the beginning', () => {
  expect(looked(new Hearing(), 10, 300).since(300_000)).toBe(10_000);
});

test('before the first link nothing is heard', () => {
  expect(looked(new Hearing(), 10, 30, false).since(30_500)).toBe(30_500);
});

test('a broken link is no silence: hearing begins anew when it is back', () => {
  const hearing = looked(looked(new Hearing(), 0, 99), 100, 160, false);
  expect(hearing.since(160_000)).toBe(160_000);
  expect(looked(hearing, 161, 400).since(400_000)).toBe(161_000);
});

test('a link that flaps does not put off silence for ever', () => {
  const hearing = new Hearing();
  for (let s = 0; s < 300; s += 1) hearing.look(s * 1_000, s % 10 < 7);
  expect(hearing.since(300_000)).toBe(0);
});

test('a busy moment does not put it off either', () => {
  const hearing = looked(new Hearing(), 0, 100);
  hearing.look(114_000, true);
  expect(hearing.since(114_000)).toBe(0);
});

test.each([
  ['we stood still, as a suspended machine does', 190_000],
  ['the clock was set forward', 3_700_000],
  ['the clock was set back', -3_500_000],
])('%s: hearing begins anew', (_what, next) => {
  const hearing = looked(new Hearing(), 0, 100);
  hearing.look(next, true);
  expect(hearing.since(next)).toBe(next);
  hearing.look(next + 1_000, true);
  expect(hearing.since(next + 1_000)).toBe(next);
});
