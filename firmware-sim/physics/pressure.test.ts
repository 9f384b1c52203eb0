import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mlToOcclusionAlarm, occlusionLimitKpa, pressureKpa, secondsToOcclusionAlarm, venousKpa } from './pressure.ts';

const open = { resistanceKpaPerMlPerH: 0.05, complianceMlPerKpa: 0.012, trappedMl: 0 };

test('an open line shows the vein and the resistance of its flow', () => {
  expect(pressureKpa(open, 100)).toBeCloseTo(venousKpa + 5, 10);
  expect(pressureKpa(open, 0)).toBe(venousKpa);
});

test('the time to an occlusion alarm grows as the flow falls', () => {
  const flow = fc.double({ min: 0.1, max: 500, noNaN: true });
  fc.assert(
    fc.property(flow, flow, (a, b) => {
      fc.pre(Math.abs(a - b) > 1e-6);
      const [slow, fast] = a < b ? [a, b] : [b, a];
      expect(secondsToOcclusionAlarm(open, slow)).toBeGreaterThan(secondsToOcclusionAlarm(open, fast));
    }),
  );
  expect(secondsToOcclusionAlarm(open, 100)).toBeCloseTo(33.9, 1);
  expect(secondsToOcclusionAlarm(open, 1)).toBeCloseTo(3391, 0);
});

test('what is still missing to the alarm brings the line exactly to its limit', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 0.9, noNaN: true }), (trappedMl) => {
      const line = { ...open, trappedMl };
      const full = { ...line, trappedMl: trappedMl + mlToOcclusionAlarm(line) };
      expect(pressureKpa(full, 0)).toBeCloseTo(occlusionLimitKpa, 8);
    }),
  );
});
