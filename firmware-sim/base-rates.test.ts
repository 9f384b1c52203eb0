import { expect, test } from 'vitest';
import { alarmMix, drawCause, handlingMs, nextAlarmInMs } from './base-rates.ts';

test('six of ten alarms are handled within 68 s', () => {
  const seeded = { rng: 5 };
  const draws = Array.from({ length: 20_000 }, () => handlingMs(seeded));
  expect(draws.filter((ms) => ms <= 68_000).length / draws.length).toBeCloseTo(0.6, 1);
});

test('alarms come at the given rate', () => {
  const seeded = { rng: 5 };
  const draws = Array.from({ length: 20_000 }, () => nextAlarmInMs(seeded, 0.18));
  const meanHours = draws.reduce((sum, ms) => sum + ms, 0) / draws.length / 3_600_000;
  expect(1 / meanHours).toBeCloseTo(0.18, 2);
  expect(nextAlarmInMs(seeded, 0)).toBe(Number.MAX_SAFE_INTEGER);
});

test('causes come in the published mix', () => {
  const seeded = { rng: 5 };
  const n = 20_000;
  const counts = new Map<string, number>();
  for (let i = 0; i < n; i += 1) {
    const cause = drawCause(seeded).do;
    counts.set(cause, (counts.get(cause) ?? 0) + 1);
  }
  expect(alarmMix.reduce((sum, { weight }) => sum + weight, 0)).toBe(100);
  for (const { weight, value } of alarmMix) expect((counts.get(value) ?? 0) / n).toBeCloseTo(weight / 100, 1);
});
