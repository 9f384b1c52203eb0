import { expect, test } from 'vitest';
import { elapsedClock } from './elapsed-clock.ts';

function clocks() {
  const at = { monotonic: 100, wall: 1_000_000 };
  return {
    at,
    now: elapsedClock(
      () => at.monotonic,
      () => at.wall,
    ),
  };
}

test('counts what the monotonic clock counts', () => {
  const { at, now } = clocks();
  at.monotonic += 500;
  at.wall += 500;
  expect(now()).toBe(500);
});

test('counts a sleep, during which the monotonic clock stands still', () => {
  const { at, now } = clocks();
  at.wall += 60_000;
  expect(now()).toBe(60_000);
});

test('a wall clock that is set back hides nothing', () => {
  const { at, now } = clocks();
  at.monotonic += 20_000;
  at.wall -= 3_600_000;
  expect(now()).toBe(20_000);
});

test('asked often, it does not run ahead for the wall clock’s whole milliseconds', () => {
  const { at, now } = clocks();
  for (let n = 1; n <= 3_000; n += 1) {
    at.monotonic = 100 + n / 3;
    at.wall = Math.floor(1_000_000 + n / 3);
    now();
  }
  expect(now()).toBeCloseTo(1_000);
});
