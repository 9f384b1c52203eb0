import fc from 'fast-check';
import { expect, test } from 'vitest';
import { demoLibrary } from '../library/demo-library.ts';
import { newBatteryWatch, watchBattery } from './battery-fade.ts';
import { newLatch, nextLatch } from './latch.ts';
import { judgeLibraryVersion } from './library-version.ts';
import { newDemandWatch, watchDemands } from './pca-demand.ts';
import { defaultRuleSettings } from './rule-settings.ts';
import { watchHold } from './running-on-hold.ts';

const t0 = 1_800_000_000_000;
const minute = 60_000;
const hour = 60 * minute;
const entryOf = (name: string) =>
  demoLibrary()
    .careAreas.flatMap((area) => area.drugs)
    .find((entry) => entry.name === name) ?? null;

test.each([
  ['six unanswered, none given', [0, 0, 0, 0, 0, 0], '6 demands within 1 h, 0 given'],
  ['five unanswered', [0, 0, 0, 0, 0], null],
  ['many, and half of them given', [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0], null],
  ['three times as many as given', [1, 0, 0, 1, 0, 0, 1, 0, 0], '9 demands within 1 h, 3 given'],
])('demands: %s', (_, demands, message) => {
  let state = newDemandWatch();
  let found: string | null = null;
  for (const [index, given] of demands.entries()) {
    const step = watchDemands(
      state,
      { kind: 'demand', given: given === 1 },
      t0 + index * minute,
      defaultRuleSettings['pca-demand'],
    );
    found = step.found?.message ?? found;
    state = JSON.parse(JSON.stringify(step.next));
  }
  expect(found).toBe(message);
  const later = watchDemands(state, { kind: 'time' }, t0 + 2 * hour, defaultRuleSettings['pca-demand']);
  expect(later.over).toBe(message === null ? null : 'fewer demands');
});

test.each([
  ['active', 'delivering', 'x', null, null],
  ['pending', 'delivering', 'x', null, null],
  [null, 'delivering', 'x', null, null],
  ['on-hold', 'stopped', 'x', null, null],
  ['on-hold', 'delivering', 'vancomycin', entryOf('vancomycin'), 'medium: The pump runs while the therapy is on hold'],
  ['on-hold', 'kvo', 'vancomycin', null, 'medium: The pump runs while the therapy is on hold'],
  ['ended', 'delivering', 'vancomycin', null, 'medium: The pump runs after the end of the therapy'],
  ['on-hold', 'delivering', 'DOBUTamine', entryOf('DOBUTamine'), 'high: The pump runs while the therapy is on hold'],
  ['on-hold', 'delivering', 'milrinone', null, 'high: The pump runs while the therapy is on hold'],
  ['on-hold', 'delivering', 'morphine', entryOf('morphine'), 'high: The pump runs while the therapy is on hold'],
  [
    'on-hold',
    'delivering',
    'fluorouracil',
    entryOf('fluorouracil'),
    'high: The pump runs while the therapy is on hold',
  ],
] as const)('therapy %s, pump %s, %s', (status, pump, drug, entry, expected) => {
  const settings = defaultRuleSettings['running-on-hold'];
  const step = watchHold({ found: false }, { status, pump, drug, entry }, settings);
  expect(step.found && `${step.found.priority}: ${step.found.message}`).toBe(expected);
  if (!expected) return;
  expect(watchHold(step.next, { status, pump, drug, entry }, settings)).toMatchObject({ found: null, over: null });
  expect(watchHold(step.next, { status, pump: 'stopped', drug, entry }, settings).over).toBe('the pump stopped');
  expect(watchHold(step.next, { status: 'active', pump, drug, entry }, settings).over).toBe(
    'the therapy is active again',
  );
});

test('a drug that the library marks ★ is high, whatever its name', () => {
  const entry = entryOf('vancomycin');
  const given = { status: 'ended', pump: 'delivering', drug: 'vancomycin' } as const;
  const step = watchHold(
    { found: false },
    { ...given, entry: entry && { ...entry, critical: true } },
    defaultRuleSettings['running-on-hold'],
  );
  expect(step.found?.priority).toBe('high');
});

test.each([
  ['the assigned one', { installed: 'b', assigned: 'b' }, 48, null],
  ['another, within the grace', { installed: 'a', assigned: 'b' }, 23.9, null],
  ['another, after it', { installed: 'a', assigned: 'b' }, 24, 'The pump has library a, assigned is b'],
  ['none', { installed: null, assigned: 'b' }, 24, 'The pump has library none, assigned is b'],
  ['none assigned', { installed: 'a', assigned: null }, 48, null],
  ['another, but the pump is away', { installed: 'a', assigned: 'b', heardAt: t0 - 1 }, 48, null],
])('library: %s', (_, given, hours, message) => {
  const found = judgeLibraryVersion(
    { assignedAt: t0, heardAt: t0 + hour, ...given },
    t0 + hours * hour,
    defaultRuleSettings['library-version'],
  );
  expect(found?.message ?? null).toBe(message);
});

/** Discharges of a number of hours from 100 to 40 %, with charging between. */
function discharges(...lasting: number[]): string[] {
  let state = newBatteryWatch();
  let at = t0;
  const told: string[] = [];
  for (const hours of lasting) {
    for (let pct = 100; pct >= 40; pct -= 1) {
      const step = watchBattery(state, { at, batteryPct: pct, mains: false }, defaultRuleSettings['battery-fade']);
      state = JSON.parse(JSON.stringify(step.next));
      at += (hours / 60) * hour;
    }
    const step = watchBattery(state, { at, batteryPct: 41, mains: true }, defaultRuleSettings['battery-fade']);
    if (step.found) told.push(step.found.message);
    if (step.over) told.push(step.over);
    state = step.next;
  }
  return told;
}

test.each<[string, number[], string[]]>([
  ['new', [6, 6, 6], []],
  ['one short discharge', [6, 3, 6], []],
  ['worn', [3, 3, 3], ['A full charge lasts about 5 h; new it lasts 10 h']],
  ['just good enough', [3.7, 3.7], []],
  ['short at first only', [3, 6, 6], []],
  ['replaced', [3, 3, 6], ['A full charge lasts about 5 h; new it lasts 10 h', 'the battery lasts again']],
])('battery: %s', (_, lasting, expected) => {
  expect(discharges(...lasting)).toEqual(expected);
});

test('a latch that sees a value at its edge turns once', () => {
  const settings = { raiseAfterMs: 10_000, clearAfterMs: 30_000 };
  fc.assert(
    fc.property(fc.array(fc.double({ min: 99, max: 101, noNaN: true }), { maxLength: 200 }), (values) => {
      let state = newLatch();
      let turns = 0;
      for (const [index, value] of values.entries()) {
        const step = nextLatch(state, { beyond: value > 100, inside: value < 95 }, index * 1000, settings);
        if (step.turned) turns += 1;
        state = JSON.parse(JSON.stringify(step.next));
      }
      expect(turns).toBeLessThanOrEqual(1);
    }),
  );
});

test('a latch needs a while to begin and a while to end', () => {
  const settings = { raiseAfterMs: 10_000, clearAfterMs: 30_000 };
  const turned: string[] = [];
  let state = newLatch();
  for (let second = 0; second <= 100; second += 1) {
    const beyond = second >= 5 && second < 40 && second !== 8;
    const step = nextLatch(state, { beyond, inside: second >= 40 && second !== 50 }, second * 1000, settings);
    if (step.turned) turned.push(`${second} ${step.turned}`);
    state = step.next;
  }
  expect(turned).toEqual(['19 on', '81 off']);
});
