import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketsOf } from './telemetry-columns.ts';

const dayMs = 86_400_000;

test('never more buckets than asked for, whole minutes where the roll-up is read', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2_000_000_000_000 }),
      fc.integer({ min: 1, max: 400 * dayMs }),
      fc.integer({ min: 1, max: 5000 }),
      (fromMs, spanMs, points) => {
        const toMs = fromMs + spanMs;
        const buckets = bucketsOf({ pump: 'P', fromMs, toMs, points, of: null });
        expect(Math.ceil((toMs - buckets.fromMs) / buckets.bucketMs)).toBeLessThanOrEqual(points);
        expect(buckets.fromMs).toBeLessThanOrEqual(fromMs);
        if (buckets.rolledUp) expect([buckets.fromMs % 60_000, buckets.bucketMs % 60_000]).toEqual([0, 0]);
        else expect(buckets.fromMs).toBe(fromMs);
      },
    ),
  );
});

test.each([
  ['an hour', 3_600_000, null, false],
  ['just under 7 days', 7 * dayMs - 1, null, false],
  ['7 days', 7 * dayMs, null, true],
  ['90 days of one infusion', 90 * dayMs, { epochNo: 1, infusion: 1 }, false],
])('%s', (_what, spanMs, of, rolledUp) => {
  expect(bucketsOf({ pump: 'P', fromMs: 0, toMs: spanMs, points: 600, of }).rolledUp).toBe(rolledUp);
});
