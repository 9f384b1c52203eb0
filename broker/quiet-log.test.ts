import { expect, test } from 'vitest';
import { createQuietLog } from './quiet-log.ts';

test('one line a minute for each key, with how many were swallowed', () => {
  let now = 0;
  const lines: [string, number][] = [];
  const quiet = createQuietLog(() => now);
  const say = (key: string) => quiet(key, (swallowed) => lines.push([key, swallowed]));
  for (now = 0; now < 60_000; now += 10_000) say('a');
  say('a');
  say('b');
  expect(lines).toEqual([
    ['a', 0],
    ['a', 5],
    ['b', 0],
  ]);
});

test('keys are bounded: a guesser with ever new names makes it forget the oldest', () => {
  let lines = 0;
  const quiet = createQuietLog(() => 0);
  const say = (key: string) => quiet(key, () => (lines += 1));
  for (let n = 0; n < 1_001; n += 1) say(`k${n}`);
  say('k1000');
  expect(lines).toBe(1_001);
  say('k0');
  expect(lines).toBe(1_002);
});
