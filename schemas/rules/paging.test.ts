import { expect, test } from 'vitest';
import { type PagingFacts, type PagingHolds, pagingDetail, pagingOf } from './paging.ts';
import { defaultRuleSettings } from './rule-settings.ts';

const min = 60_000;
const alert = (given: Partial<PagingFacts> = {}): PagingFacts => ({
  type: 'MDC_EVT_FLUID_LINE_OCCL',
  audience: 'clinical',
  priority: 'high',
  critical: false,
  pageAfterMin: null,
  raisedAt: 0,
  endedAt: null,
  seenAt: null,
  late: false,
  ...given,
});
const nothing: PagingHolds = {
  announcements: [],
  windows: [],
  work: defaultRuleSettings['announced-work'],
  offline: defaultRuleSettings['expected-offline'],
};
const work = (at: number, endedAt: number | null = null, kind: 'set-change' | 'shower' = 'set-change') => ({
  announcements: [{ kind, at, by: 'ann', endedAt }],
});
const away = (from: number, until: number) => ({ windows: [{ from, until, reason: 'commute', by: 'ann' }] });
const silent = { type: 'silent-pump', pageAfterMin: 30 } as const;

// Minutes after it was raised at which people are paged, or why they are not.
const table: [string, Partial<PagingFacts>, Partial<PagingHolds>, number | string][] = [
  ['a high one pages at once', {}, {}, 0],
  ['a medium one pages after five minutes', { priority: 'medium' }, {}, 5],
  ['a low one never does', { priority: 'low' }, {}, 'day-list'],
  ['the rule’s own dwell counts, for high', { pageAfterMin: 30 }, {}, 30],
  ['… for medium', { priority: 'medium', pageAfterMin: 2 }, {}, 2],
  ['… for low', { priority: 'low', pageAfterMin: 60 }, {}, 60],
  ['… and none at all', { priority: 'medium', pageAfterMin: 0 }, {}, 0],
  ['what a technician is told never pages', { audience: 'technician' }, {}, 'technician'],
  ['the technical on-call is paged at once', { audience: 'technical-on-call', priority: 'medium' }, {}, 0],
  ['… even for a low one', { audience: 'technical-on-call', priority: 'low' }, {}, 0],
  ['a medium one that ended is nobody’s', { priority: 'medium', endedAt: 2 * min }, {}, 'ended'],
  ['… nor one that ended after its dwell', { priority: 'medium', endedAt: 9 * min }, {}, 'ended'],
  ['a high one that ended unseen stays owed', { endedAt: min }, {}, 0],
  ['… also when it ended at once', { endedAt: 0 }, {}, 0],
  ['… not once somebody saw it', { endedAt: min, seenAt: min }, {}, 'seen'],
  ['… not when it ended within its dwell', { pageAfterMin: 30, endedAt: 29 * min }, {}, 'ended'],
  ['… but when it ended at the end of it', { pageAfterMin: 30, endedAt: 30 * min }, {}, 30],
  ['an active one that was seen is still paged', { seenAt: min }, {}, 0],
  ['the platform’s own that ended is nobody’s', { audience: 'technical-on-call', endedAt: min }, {}, 'ended'],
  ['late and ended never pages', { late: true, endedAt: min }, {}, 'late-and-ended'],
  ['late and still so pages', { late: true }, {}, 0],
  ['announced work holds it', {}, work(-5 * min), 10],
  ['… also a medium one, when announced meanwhile', { priority: 'medium' }, work(2 * min), 17],
  ['… until it is ended early', {}, work(-5 * min, 2 * min), 2],
  ['… not when it is over by then', { priority: 'medium' }, work(-10 * min), 5],
  ['… a ★ drug for three minutes', { critical: true }, work(-min), 2],
  ['… and no longer', { critical: true }, work(-3 * min), 0],
  ['work does not hold what it does not cause', { type: 'MDC_EVT_PUMP_FLOW_FREE' }, work(0), 0],
  ['work does not hold the platform’s own', { audience: 'technical-on-call' }, work(0), 0],
  ['an expected absence holds silence', silent, away(10 * min, 90 * min), 90],
  ['… at most for what is allowed', silent, away(0, 10_000 * min), 12 * 60],
  ['… never of a ★ drug', { ...silent, critical: true }, away(0, 90 * min), 30],
  ['… and nothing else', {}, away(-min, 90 * min), 0],
  ['what ended while it was held is nobody’s', { endedAt: 8 * min }, work(-5 * min), 'ended'],
  ['one hold may follow another', silent, { ...away(0, 40 * min), ...work(35 * min, null, 'shower') }, 50],
];

test.each(table)('%s', (_name, given, holds, expected) => {
  const paging = pagingOf(alert(given), { ...nothing, ...holds });
  expect(paging.page === 'at' ? paging.at / min : paging.because).toBe(expected);
});

test('what worsens to high is paged at once: its time has passed', () => {
  const medium = alert({ priority: 'medium', raisedAt: 1_000_000 });
  expect(pagingOf(medium, nothing)).toEqual({ page: 'at', at: 1_000_000 + 5 * min, held: null });
  expect(pagingOf({ ...medium, priority: 'high' }, nothing)).toEqual({ page: 'at', at: 1_000_000, held: null });
});

test('a hold says what holds and until when', () => {
  expect(pagingOf(alert(), { ...nothing, ...work(-5 * min) })).toMatchObject({ held: { by: 'work', until: 10 * min } });
  expect(pagingOf(alert(silent), { ...nothing, ...away(0, 90 * min) })).toMatchObject({
    held: { by: 'expected-offline', until: 90 * min },
  });
});

test.each([
  [{}, { critical: false, pageAfterMin: null }],
  [
    { critical: true, pageAfterMin: 30 },
    { critical: true, pageAfterMin: 30 },
  ],
  [
    { critical: 'yes', pageAfterMin: '30' },
    { critical: false, pageAfterMin: null },
  ],
  [{ pageAfterMin: -1 }, { critical: false, pageAfterMin: null }],
])('of the detail %j counts %j', (detail, expected) => {
  expect(pagingDetail(detail)).toEqual(expected);
});
