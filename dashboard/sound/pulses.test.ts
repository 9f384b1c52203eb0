import { expect, test } from 'vitest';
import { burst, type Pulse } from './pulses.ts';

const gaps = (pulses: Pulse[]) =>
  pulses.slice(1).map((pulse, i) => pulse.startMs - ((pulses[i]?.startMs ?? 0) + (pulses[i]?.durationMs ?? 0)));

test('high is ten pulses in two groups of three and two, inside the standard’s ranges', () => {
  const pulses = burst('high');
  expect(pulses).toHaveLength(10);
  for (const { durationMs } of pulses) {
    expect(durationMs).toBeGreaterThanOrEqual(75);
    expect(durationMs).toBeLessThanOrEqual(200);
  }
  const [a = 0, b = 0, c = 0, d = 0, between = 0] = gaps(pulses);
  for (const x of [a, b, d]) {
    expect(x).toBeGreaterThanOrEqual(50);
    expect(x).toBeLessThanOrEqual(125);
  }
  expect(c).toBe(2 * a + 140);
  expect(between).toBeGreaterThanOrEqual(350);
  expect(between).toBeLessThanOrEqual(1300);
});

test.each([
  ['medium', 3],
  ['low', 2],
] as const)('%s is %i slower pulses', (priority, count) => {
  const pulses = burst(priority);
  expect(pulses).toHaveLength(count);
  for (const { durationMs } of pulses) expect(durationMs).toBeGreaterThanOrEqual(125);
  for (const gap of gaps(pulses)) expect(gap).toBeGreaterThanOrEqual(125);
});

test('every fundamental lies between 150 and 1,000 Hz', () => {
  for (const priority of ['high', 'medium', 'low'] as const) {
    for (const { frequencyHz } of burst(priority)) {
      expect(frequencyHz).toBeGreaterThanOrEqual(150);
      expect(frequencyHz).toBeLessThanOrEqual(1000);
    }
  }
});
