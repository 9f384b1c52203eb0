import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deliveredMl, momentOfMl, setBias, startUpLagS, strokesIn } from './flow.ts';

const rate = fc.double({ min: 0.1, max: 999, noNaN: true });
const ms = fc.integer({ min: 0, max: 48 * 3_600_000 });

test('volume adds up over any partition of the time', () => {
  fc.assert(
    fc.property(rate, ms, ms, ms, (mlPerH, a, b, c) => {
      const [from, middle, to] = [a, b, c].sort((x, y) => x - y) as [number, number, number];
      const whole = deliveredMl(mlPerH, from, to);
      expect(deliveredMl(mlPerH, from, middle) + deliveredMl(mlPerH, middle, to)).toBeCloseTo(whole, 8);
    }),
  );
});

test('after the start-up the volume is the rate over the time, short of one lag', () => {
  fc.assert(
    fc.property(rate, ms, (mlPerH, time) => {
      const steady = (mlPerH * time) / 3_600_000;
      const delivered = deliveredMl(mlPerH, 0, time);
      expect(delivered).toBeLessThanOrEqual(steady + 1e-9);
      expect(delivered).toBeGreaterThanOrEqual(steady - (mlPerH * startUpLagS(mlPerH)) / 3600 - 1e-9);
    }),
  );
});

test('at the start less flows: in the first lag 1/e of what the rate would give', () => {
  for (const mlPerH of [1, 10, 250]) {
    const lagMs = startUpLagS(mlPerH) * 1000;
    expect(deliveredMl(mlPerH, 0, lagMs) / ((mlPerH * lagMs) / 3_600_000)).toBeCloseTo(1 / Math.E, 10);
  }
  expect(startUpLagS(1)).toBeGreaterThan(startUpLagS(100));
});

test('the moment of a volume is the first at which it is in', () => {
  fc.assert(
    fc.property(rate, ms, fc.double({ min: 0.001, max: 500, noNaN: true }), (mlPerH, from, ml) => {
      const moment = momentOfMl(mlPerH, from, ml);
      expect(deliveredMl(mlPerH, from, moment)).toBeGreaterThanOrEqual(ml - 1e-9);
      expect(deliveredMl(mlPerH, from, moment - 3)).toBeLessThan(ml);
    }),
  );
});

test('nothing flows at rate 0', () => {
  expect(deliveredMl(0, 0, 1e9)).toBe(0);
  expect(momentOfMl(0, 0, 1)).toBe(Number.POSITIVE_INFINITY);
});

test('counted strokes never exceed the volume and miss less than one stroke of it', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 5_000, noNaN: true }), (ml) => {
      const counted = strokesIn(ml, 0.02) * 0.02;
      expect(counted).toBeLessThanOrEqual(ml + 1e-6);
      expect(ml - counted).toBeLessThan(0.02 + 1e-6);
    }),
  );
});

test('a set delivers 3 to 6 % more or less than is counted', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (a, b) => {
        const off = Math.abs(setBias(a, b) - 1);
        expect(off).toBeGreaterThanOrEqual(0.03 - 1e-12);
        expect(off).toBeLessThan(0.06);
      },
    ),
  );
});
