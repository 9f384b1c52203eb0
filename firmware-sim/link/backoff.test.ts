import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reconnectWait, resendAlarms, resendRecords, waitAfter } from './backoff.ts';

test.each([
  ['records', resendRecords, [10, 20, 40, 80, 160, 300, 300]],
  ['alarms', resendAlarms, [2, 4, 8, 16, 30, 30]],
])('%s are sent again after doubling waits up to a ceiling', (_, backoff, seconds) => {
  expect(seconds.map((_wait, index) => waitAfter(backoff, index + 1) / 1000)).toEqual(seconds);
});

test('a reconnection waits from 1 s to 60 s, spread over a doubling ceiling', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.double({ min: 0, max: 0.999999, noNaN: true }),
      (attempt, uniform) => {
        const wait = reconnectWait(attempt, uniform);
        expect(wait).toBeGreaterThanOrEqual(1_000);
        expect(wait).toBeLessThanOrEqual(Math.min(60_000, 1_000 * 2 ** attempt));
      },
    ),
  );
  expect(reconnectWait(20, 0.5)).toBe(30_000);
});
