import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type BatchClock,
  clockStepMs,
  estimateTimes,
  isLate,
  learnClock,
  newClock,
  oldestMs,
  type TimedRecord,
} from './clock.ts';

const noon = Date.UTC(2026, 10, 22, 12);
const batch = (given: Partial<BatchClock>): BatchClock => ({
  boot: 1,
  sentAt: noon,
  uptimeMs: null,
  receivedAt: noon,
  ...given,
});
const record = (pumpAt: number, uptimeMs?: number, boot?: number): TimedRecord => ({
  pumpAt,
  record: { uptimeMs, boot },
});

test.each([
  ['right', 0],
  ['in 1970', -noon],
  ['in 2099', Date.UTC(2099, 0, 1) - noon],
  ['an hour fast', 3_600_000],
])('a wall clock %s does not matter while uptimes are there', (_, wrong) => {
  const state = newClock();
  const given = batch({ sentAt: noon + wrong, uptimeMs: 500_000, receivedAt: noon + 80 });
  learnClock(state, given);
  const [at] = estimateTimes(state, given, [record(noon + wrong - 10_000, 490_000)], null);
  expect(at).toBe(noon + 80 - 10_000);
});

test('without uptimes the smallest delay ever seen corrects the wall clock', () => {
  const state = newClock();
  const wrong = -5 * 24 * 3_600_000;
  learnClock(state, batch({ sentAt: noon + wrong, receivedAt: noon + 50 }));
  const slow = batch({ sentAt: noon + wrong + 60_000, receivedAt: noon + 60_000 + 40_000 });
  learnClock(state, slow);
  expect(estimateTimes(state, slow, [record(noon + wrong + 59_000)], null)).toEqual([noon + 59_050]);
});

test('a wall clock that steps back is followed, not trusted', () => {
  const state = newClock();
  learnClock(state, batch({}));
  const stepped = batch({ sentAt: noon - 30 * 24 * 3_600_000, receivedAt: noon + 60_000 });
  learnClock(state, stepped);
  expect(estimateTimes(state, stepped, [record(stepped.sentAt - 1_000)], null)).toEqual([noon + 59_000]);
});

test('a boot never seen live is timed by its wall clock and held between its neighbours', () => {
  const state = newClock();
  const given = batch({ boot: 3, uptimeMs: 100_000, receivedAt: noon });
  learnClock(state, given);
  const estimates = estimateTimes(
    state,
    given,
    [
      record(noon - 7_200_000, 50, 2),
      record(noon - 9_000_000, 60, 2),
      record(Date.UTC(2099, 0, 1), 70, 2),
      record(0, 20_000, 3),
    ],
    noon - 8_000_000,
  );
  expect(estimates).toEqual([noon - 7_200_000, noon - 7_200_000, noon - 80_000, noon - 80_000]);
});

test('an offset is the least of the last hour, so that one slow message is no drift and drift is followed', () => {
  const state = newClock();
  for (let minute = 0; minute <= 120; minute += 1) {
    // The pump's oscillator runs 100 ppm fast; messages take 20 to 420 ms.
    const received = noon + minute * 60_000 + 20 + ((minute * 7919) % 400);
    learnClock(state, batch({ uptimeMs: minute * 60_006, receivedAt: received }));
  }
  const given = batch({ uptimeMs: 121 * 60_006, receivedAt: noon + 121 * 60_000 + 300 });
  learnClock(state, given);
  const [at = 0] = estimateTimes(state, given, [record(0, 121 * 60_006)], null);
  expect(Math.abs(at - (noon + 121 * 60_000))).toBeLessThan(1_000);
});

test('a monotonic clock that begins again without a new boot number is a new clock', () => {
  const state = newClock();
  learnClock(state, batch({ uptimeMs: 90_000_000 }));
  const again = batch({ uptimeMs: 5_000, receivedAt: noon + 60_000 });
  learnClock(state, again);
  expect(estimateTimes(state, again, [record(0, 4_000)], null)).toEqual([noon + 59_000]);
});

test('no clock of any kind leaves the bounds: never in the future, never older than 400 days', () => {
  const time = fc.integer({ min: -1e14, max: 1e14 });
  const uptime = fc.option(fc.integer({ min: 0, max: 1e12 }), { nil: undefined });
  const boot = fc.integer({ min: 1, max: 6 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(boot, time, uptime, fc.array(fc.tuple(time, uptime, fc.option(boot, { nil: undefined })))), {
        maxLength: 12,
      }),
      (batches) => {
        const state = newClock();
        let receivedAt = noon;
        for (const [inBoot, sentAt, uptimeMs, records] of batches) {
          receivedAt += 10_000;
          const given = batch({ boot: inBoot, sentAt, uptimeMs: uptimeMs ?? null, receivedAt });
          learnClock(state, given);
          const estimates = estimateTimes(
            state,
            given,
            records.map(([at, up, of]) => record(at, up, of)),
            null,
          );
          expect(estimates).toHaveLength(records.length);
          for (const at of estimates) {
            expect(at).toBeLessThanOrEqual(receivedAt);
            expect(at).toBeGreaterThanOrEqual(receivedAt - oldestMs);
            expect(Number.isInteger(at)).toBe(true);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('late begins beyond sixty seconds', () => {
  expect(isLate(noon - 60_000, noon)).toBe(false);
  expect(isLate(noon - 60_001, noon)).toBe(true);
  expect(clockStepMs).toBeGreaterThan(90_000);
});
