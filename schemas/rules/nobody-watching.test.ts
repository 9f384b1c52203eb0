import { expect, test } from 'vitest';
import { isNobodyWatching, unreachableShifts } from './nobody-watching.ts';

const min = 60_000;
const now = 1_000 * min;
const base = { lastHumanAt: null, lookingSince: now - 60 * min, onCallReachable: false, pumps: 3 };

test.each([
  ['no screen and nobody reachable', {}, true],
  ['a screen touched a minute ago', { lastHumanAt: now - min }, false],
  ['a screen touched 15 min ago', { lastHumanAt: now - 15 * min }, false],
  ['a screen touched 16 min ago', { lastHumanAt: now - 16 * min }, true],
  ['somebody on call who can be reached', { onCallReachable: true }, false],
  ['nothing to watch', { pumps: 0 }, false],
  ['nobody looked for longer than 5 min', { lookingSince: now - 5 * min }, false],
])('%s: %j is nobody watching: %s', (_name, given, expected) => {
  expect(isNobodyWatching({ ...base, ...given }, now)).toBe(expected);
});

test('a shift that runs or begins within the hour is looked at, a later one is not', () => {
  const shift = (fromMin: number, user: string | null) => ({
    schedule: 's',
    from: now + fromMin * min,
    until: now + (fromMin + 600) * min,
    user,
  });
  const shifts = [
    shift(-10, 'ann'),
    shift(-10, 'bob'),
    shift(60, 'bob'),
    shift(61, 'bob'),
    shift(30, null),
    shift(-600, 'bob'),
  ];
  expect(unreachableShifts(shifts, (user) => user === 'ann', now)).toEqual([shifts[1], shifts[2], shifts[4]]);
});
