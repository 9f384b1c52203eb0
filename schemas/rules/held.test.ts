import { expect, test } from 'vitest';
import { type Announcement, heldByWork, workKinds } from './announced-work.ts';
import { expectedOffline } from './expected-offline.ts';
import { defaultRuleSettings } from './rule-settings.ts';

const t0 = 1_800_000_000_000;
const minute = 60_000;
const announced = (kind: Announcement['kind'], endedAt: number | null = null): Announcement => ({
  kind,
  at: t0,
  by: 'ann',
  endedAt,
});
const held = (
  type: string,
  kind: Announcement['kind'],
  atMin: number,
  critical = false,
  endedAt: number | null = null,
) =>
  heldByWork([announced(kind, endedAt)], type, critical, t0 + atMin * minute, defaultRuleSettings['announced-work']) !==
  null;

test.each([
  ['bag-change', 'MDC_EVT_EMPTY', true],
  ['bag-change', 'MDC_EVT_VOL_INFUS_NEAR_COMP', true],
  ['bag-change', 'MDC_EVT_FLUID_LINE_OCCL_PROXIMAL', true],
  ['bag-change', 'MDC_EVT_FLUID_LINE_OCCL', false],
  ['bag-change', 'counters', true],
  ['bag-change', 'silent-pump', false],
  ['set-change', 'MDC_EVT_FLUID_LINE_OCCL', true],
  ['set-change', 'occlusion-trend', true],
  ['shower', 'silent-pump', true],
  ['shower', 'MDC_EVT_EMPTY', false],
  ['transport', 'MDC_EVT_BATT_LO', true],
  ['transport', 'MDC_EVT_BATT_DEPL', false],
] as const)('%s holds %s: %s', (kind, type, is) => {
  expect(held(type, kind, 1)).toBe(is);
});

test.each([
  'MDC_EVT_PUMP_FLOW_FREE',
  'flow-while-stopped',
  'programme-against-order',
  'programme-against-library',
  'cumulative-dose',
  'MDC_EVT_MALF',
  'running-on-hold',
  'unreadable-alarm',
])('%s is never held', (type) => {
  for (const kind of workKinds) expect(held(type, kind, 1)).toBe(false);
});

test('work ends by itself: after 15 min, for a ★ drug after 3, or when a person says so', () => {
  expect([-1, 0, 14.9, 15].map((at) => held('MDC_EVT_EMPTY', 'bag-change', at))).toEqual([false, true, true, false]);
  expect([2.9, 3].map((at) => held('MDC_EVT_EMPTY', 'bag-change', at, true))).toEqual([true, false]);
  expect([4.9, 5].map((at) => held('MDC_EVT_EMPTY', 'bag-change', at, false, t0 + 5 * minute))).toEqual([true, false]);
});

test('of several announcements the one that holds longest counts', () => {
  const second = { ...announced('bag-change'), at: t0 + 10 * minute };
  const found = heldByWork(
    [announced('bag-change'), second],
    'counters',
    false,
    t0 + 11 * minute,
    defaultRuleSettings['announced-work'],
  );
  expect(found).toEqual({ announcement: second, until: t0 + 25 * minute });
});

const hour = 60 * minute;
const commute = { from: t0, until: t0 + 2 * hour, reason: 'commute', by: 'ann' };
test.each([
  ['before', -0.1, false, false],
  ['at its beginning', 0, false, true],
  ['at its end', 2, false, false],
  ['inside, a ★ drug', 1, true, false],
])('expected offline, %s', (_, hours, critical, is) => {
  expect(expectedOffline([commute], critical, t0 + hours * hour, { mostHours: 12 }) !== null).toBe(is);
});

test('a window that is longer than allowed is held for as long as is allowed; the longest of several counts', () => {
  const long = { ...commute, until: t0 + 100 * hour };
  expect(expectedOffline([commute, long], false, t0 + hour, { mostHours: 12 })).toEqual({
    window: long,
    until: t0 + 12 * hour,
  });
  expect(expectedOffline([long], false, t0 + 12 * hour, { mostHours: 12 })).toBeNull();
});
