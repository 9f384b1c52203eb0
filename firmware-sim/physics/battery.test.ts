import { expect, test } from 'vitest';
import { chargeShowing, drained, shownPct } from './battery.ts';

const hour = 3_600_000;

test.each([
  ['a new pack at rest lasts two days', { charge: 1, health: 1, mains: false }, 0, 48, 0],
  ['a flow of 125 mL/h halves it', { charge: 1, health: 1, mains: false }, 125, 24, 0],
  ['an aged pack lasts as much less as it has faded', { charge: 1, health: 0.5, mains: false }, 0, 24, 0],
  ['it charges in four hours', { charge: 0, health: 1, mains: true }, 0, 4, 1],
  ['it is never more than full', { charge: 0.9, health: 1, mains: true }, 0, 40, 1],
])('%s', (_, battery, flow, hours, expected) => {
  expect(drained(battery, flow, hours * hour)).toBeCloseTo(expected, 10);
});

test.each([3, 20, 35, 80, 100])('a charge that shows %i %% is found again', (pct) => {
  expect(shownPct({ charge: chargeShowing(pct), health: 1, mains: false })).toBe(pct);
});
