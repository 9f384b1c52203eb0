import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reconnectDelayMs, reconnectMs } from './backoff.ts';

test('waits anything from nothing to a ceiling that doubles up to 10 s', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 0.999999, noNaN: true }),
      (failures, random) => {
        const wait = reconnectDelayMs(failures, random);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThan(reconnectMs.most);
      },
    ),
  );
  expect(reconnectDelayMs(1, 0.5)).toBe(500);
  expect(reconnectDelayMs(2, 0.5)).toBe(1_000);
  expect(reconnectDelayMs(50, 0.5)).toBe(5_000);
});
