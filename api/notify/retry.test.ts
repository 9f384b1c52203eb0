import { expect, test } from 'vitest';
import { nextPauseMs, type Patience } from './retry.ts';

const patience: Patience = { firstMs: 1_000, longestMs: 30_000, givenUpMs: 900_000 };
const usual = { purpose: 'alert', attempts: 1, ageMs: 0, random: 0.5 } as const;

test.each([
  [{}, 1_000],
  [{ attempts: 2 }, 2_000],
  [{ attempts: 5 }, 16_000],
  [{ attempts: 6 }, 30_000],
  [{ attempts: 4_000 }, 30_000],
  [{ random: 0 }, 500],
  [{ random: 1 }, 1_500],
  // What the gateway asks for, as far as it may.
  [{ afterMs: 7_000 }, 7_000],
  [{ afterMs: 3_600_000 }, 30_000],
  // The end: the next attempt would be too late.
  [{ ageMs: 899_000 }, 1_000],
  [{ ageMs: 899_001 }, null],
  [{ purpose: 'test', ageMs: 599_000 }, 1_000],
  [{ purpose: 'test', ageMs: 599_001 }, null],
  [{ purpose: 'reachability', ageMs: 599_001 }, null],
] as const)('%j: %s ms', (given, pause) => {
  expect(nextPauseMs(patience, { ...usual, ...given })).toBe(pause);
});
