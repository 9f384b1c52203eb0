import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { type RuleName, ruleException, ruleSet, ruleSettings } from './rule-set.ts';
import { checkRuleSet, defaultRuleSettings, isInForce, settingsFor } from './rule-settings.ts';

const now = Date.parse('2026-11-23T08:00:00Z');
const set = ruleSet.parse({
  name: 'ours',
  reason: 'our patients',
  reviewDate: '2027-06-01',
  changes: { 'ends-before-visit': { marginMin: 15 } },
  careAreas: [
    {
      careArea: 'Inotropes',
      changes: { 'ends-before-visit': { mediumBeforeMin: 240 }, 'pca-demand': { timesGiven: 5 } },
    },
  ],
});
const exception = ruleException.parse({
  patient: 'p1',
  changes: { 'ends-before-visit': { mediumBeforeMin: 30 } },
  author: 'ann',
  reason: 'lives next door',
  from: '2026-11-01T00:00:00Z',
  expiresAt: '2026-12-01T00:00:00Z',
});

test('the defaults are within the ranges of every rule', () => {
  expect(ruleSettings.parse(defaultRuleSettings)).toEqual(defaultRuleSettings);
  expect(settingsFor(null, null, [], now)).toEqual(defaultRuleSettings);
});

test.each([
  [null, [], { marginMin: 15, mediumBeforeMin: 120 }],
  ['elsewhere', [], { marginMin: 15, mediumBeforeMin: 120 }],
  [' inotropes', [], { marginMin: 15, mediumBeforeMin: 240 }],
  ['inotropes', [exception], { marginMin: 15, mediumBeforeMin: 30 }],
])('in care area %j the most particular level wins, setting by setting', (careArea, exceptions, expected) => {
  expect(settingsFor(set, careArea, exceptions, now)['ends-before-visit']).toEqual(expected);
});

test('an exception counts from its beginning until it expires', () => {
  const at = (time: string) => isInForce(exception, Date.parse(time));
  expect([
    at('2026-10-31T23:59:59Z'),
    at('2026-11-01T00:00:00Z'),
    at('2026-11-30T23:59:59Z'),
    at('2026-12-01T00:00:00Z'),
  ]).toEqual([false, true, true, false]);
  expect(
    settingsFor(set, null, [exception], Date.parse('2027-01-01T00:00:00Z'))['ends-before-visit'].mediumBeforeMin,
  ).toBe(120);
});

test('a change that names nothing changes nothing', () => {
  const empty = { ...set, changes: { 'ends-before-visit': { marginMin: undefined } }, careAreas: [] };
  expect(settingsFor(empty, null, [], now)).toEqual(defaultRuleSettings);
});

test.each([
  [{ 'delivery-deviation': { strokes: 19 } }],
  [{ 'programme-against-order': { telemetryMin: 11 } }],
  [{ 'announced-work': { holdMin: 61 } }],
  [{ 'unheard-of': {} }],
  [{ counters: { unheardOf: 1 } }],
  [{ 'programme-against-library': { hardLimit: 'off' } }],
])('%j is refused', (changes) => {
  expect(ruleSet.safeParse({ ...set, changes }).success).toBe(false);
});

test('an exception without author, reason or end is none', () => {
  for (const field of ['author', 'reason', 'expiresAt', 'from', 'patient']) {
    expect(ruleException.safeParse({ ...exception, [field]: undefined }).success, field).toBe(false);
  }
  expect(ruleException.safeParse({ ...exception, expiresAt: exception.from }).success).toBe(false);
});

test.each([
  [
    { 'programme-against-order': { mediumFromPct: 30 } },
    'changes.programme-against-order',
    'mediumFromPct 30 is above highFromPct 25',
  ],
  [{ 'missed-dose': { lateAfterMin: 300 } }, 'changes.missed-dose', 'lateAfterMin 300 is above missedAfterMin 240'],
  [
    { 'silent-pump': { pageAfterMin: 5, prostacyclinPageAfterMin: 1 } },
    'changes.silent-pump',
    'criticalPageAfterMin 10 is above pageAfterMin 5',
  ],
  [
    { 'silent-pump': { prostacyclinPageAfterMin: 11 } },
    'changes.silent-pump',
    'prostacyclinPageAfterMin 11 is above criticalPageAfterMin 10',
  ],
  [
    { 'occlusion-trend': { mediumBeforeMin: 90 } },
    'changes.occlusion-trend',
    'mediumBeforeMin 90 is above lowBeforeMin 60',
  ],
  [{ 'announced-work': { holdMin: 2 } }, 'changes.announced-work', 'criticalHoldMin 3 is above holdMin 2'],
])('%j contradicts itself', (changes, path, what) => {
  const given = ruleSet.parse({ ...set, changes, careAreas: [] });
  expect(checkRuleSet(given)).toEqual([{ path, what, expected: expect.stringContaining('≤') }]);
});

test('a contradiction with the level below and a care area that stands twice are found', () => {
  const careAreas = [
    { careArea: 'a', changes: { 'programme-against-order': { highFromPct: 5 } } },
    { careArea: 'A', changes: {} },
  ];
  expect(checkRuleSet(ruleSet.parse({ ...set, careAreas })).map(({ path }) => path)).toEqual([
    'careAreas',
    'careAreas[0].programme-against-order',
    'careAreas[1].programme-against-order',
  ]);
  expect(checkRuleSet(set)).toEqual([]);
});

test('every single setting can be changed alone', () => {
  const names = Object.keys(defaultRuleSettings) as RuleName[];
  fc.assert(
    fc.property(fc.constantFrom(...names), (name) => {
      for (const [setting, value] of Object.entries(defaultRuleSettings[name])) {
        const other = typeof value === 'number' ? value + 1 : value;
        const parsed = ruleSet.safeParse({ ...set, changes: { [name]: { [setting]: other } }, careAreas: [] });
        if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
        expect(settingsFor(parsed.data, null, [], now)).toEqual({
          ...defaultRuleSettings,
          [name]: { ...defaultRuleSettings[name], [setting]: other },
        });
      }
    }),
  );
});
