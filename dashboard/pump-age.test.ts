import { expect, test } from 'vitest';
import { emptyAtOf, isPumping } from './pump-age.ts';
import { somePump } from './shapes.test-data.ts';

const hour = 3_600_000;
const sampledAt = '2026-11-22T02:10:00.000Z';
const told = Date.parse('2026-11-22T06:00:00.000Z');

test.each([
  ['delivering', true],
  ['kvo', true],
  ['alarm', false],
  ['paused', false],
  ['stopped', false],
  ['standby', false],
  ['complete', false],
])('a pump in the state %s: it pumps %s', (state, expected) => {
  expect(isPumping(somePump({ state, lastSampleAt: sampledAt }))).toBe(expected);
});

test('of a pump without a sample it is not known whether it pumps', () => {
  expect(isPumping(somePump({ state: null, lastSampleAt: null }))).toBeNull();
});

test.each(['alarm', 'paused', 'stopped', 'standby', 'complete'])(
  'what an alert foretold when it was raised is not said of a pump in the state %s',
  (state) => {
    const pump = somePump({ state, rateMlPerH: 0, lastSampleAt: sampledAt, vtbiRemainingMl: 240 });
    expect(emptyAtOf(pump, told)).toBeNull();
  },
);

test('a pump that runs is foretold by its own sample, else by the alert', () => {
  const pump = somePump({ rateMlPerH: 120, vtbiRemainingMl: 240, reservoirMl: null, lastSampleAt: sampledAt });
  expect(emptyAtOf(pump, told)).toBe(Date.parse(sampledAt) + 2 * hour);
  expect(emptyAtOf({ ...pump, vtbiRemainingMl: null }, told)).toBe(told);
  expect(emptyAtOf(somePump({ state: null, lastSampleAt: null }), told)).toBe(told);
});
