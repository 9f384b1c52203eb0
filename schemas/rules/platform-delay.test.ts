import { expect, test } from 'vitest';
import { calmForMs, judgePlatform, type PlatformFacts, silentAtOnce } from './platform-delay.ts';

const now = Date.UTC(2026, 10, 22, 2);
const fine: PlatformFacts = { behindMs: 0, fleet: 100, silentSince: [] };
/** So many pumps silent, one after the other, this far apart. */
const silent = (pumps: number, apartMs: number) => Array.from({ length: pumps }, (_, n) => now - n * apartMs);

test.each<[string, Partial<PlatformFacts>, boolean, 'raise' | 'end' | null]>([
  ['nothing waits', {}, false, null],
  ['14.999 s behind', { behindMs: 14_999 }, false, null],
  ['15 s behind', { behindMs: 15_000 }, false, 'raise'],
  ['told already', { behindMs: 60_000 }, true, null],
  ['a fifth of the fleet at once', { silentSince: silent(20, 1_000) }, false, null],
  ['more than a fifth at once', { silentSince: silent(21, 1_000) }, false, 'raise'],
  ['more than a fifth, but over hours', { silentSince: silent(60, 60_001) }, false, null],
  ['four of four: a home without power', { fleet: 4, silentSince: silent(4, 0) }, false, null],
  ['five of five', { fleet: 5, silentSince: silent(5, 0) }, false, 'raise'],
])('%s', (_name, facts, isOpen, expected) => {
  expect(judgePlatform({ ...fine, ...facts }, isOpen, null, now).do).toBe(expected);
});

test('it ends after a minute without either, and a relapse before that is the same alert', () => {
  const calm = judgePlatform(fine, true, null, now);
  expect(calm).toMatchObject({ do: null, calmSince: now });
  const relapse = judgePlatform({ ...fine, behindMs: 5_000 }, true, calm.calmSince, now + 30_000);
  expect(relapse).toMatchObject({ do: null, calmSince: null });
  expect(judgePlatform(fine, true, now, now + calmForMs - 1).do).toBeNull();
  expect(judgePlatform(fine, true, now, now + calmForMs).do).toBe('end');
  expect(judgePlatform(fine, false, now, now + calmForMs).do).toBeNull();
});

test('silent at once: the largest number within any one minute', () => {
  expect(silentAtOnce([])).toBe(0);
  expect(silentAtOnce([0, 60_000, 60_001, 120_000, 500_000])).toBe(3);
});
