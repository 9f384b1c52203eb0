import { expect, test } from 'vitest';
import type { Seen } from './bed.ts';
import { judge } from './judge.ts';
import type { Label } from './scenario.ts';

const at = Date.UTC(2026, 0, 5, 8);
const label: Label = {
  pump: 'A',
  rule: 'silent-pump',
  begin: at,
  end: at + 600_000,
  withinMs: 60_000,
  priority: 'high',
};
const seen = (given: Partial<Seen>): Seen => ({
  id: '1',
  pump: 'A',
  type: 'silent-pump',
  priority: 'high',
  firstPriority: 'high',
  message: 'The pump is silent',
  detail: {},
  seenAt: at + 30_000,
  raisedAt: at,
  late: false,
  endedAt: null,
  endReason: null,
  again: [],
  ...given,
});

// What is true against what was said: a scoreboard that forgives proves nothing.
test.each<[string, Partial<Label>, Partial<Seen>, { delayMs: number | null; unaccounted: number }]>([
  ['said in time', {}, {}, { delayMs: 30_000, unaccounted: 0 }],
  ['said too late', {}, { seenAt: at + 60_001 }, { delayMs: null, unaccounted: 0 }],
  ['said before it was so', {}, { seenAt: at - 5_000 }, { delayMs: null, unaccounted: 1 }],
  ['said after it was over', {}, { seenAt: at + 700_000 }, { delayMs: null, unaccounted: 1 }],
  ['said of another pump', {}, { pump: 'B' }, { delayMs: null, unaccounted: 1 }],
  ['said as something else', {}, { type: 'gap-open' }, { delayMs: null, unaccounted: 1 }],
  ['said at a lower priority', {}, { firstPriority: 'medium' }, { delayMs: null, unaccounted: 0 }],
  [
    'said at a lower priority and raised in time',
    {},
    { firstPriority: 'medium', again: [{ at: at + 50_000, priority: 'high' }] },
    { delayMs: 50_000, unaccounted: 0 },
  ],
  [
    'said again within the re-arm time',
    {},
    { seenAt: at - 90_000, again: [{ at: at + 9_000, priority: 'high' }] },
    { delayMs: 9_000, unaccounted: 1 },
  ],
  ['said without what it must say', { says: ['24 times'] }, {}, { delayMs: null, unaccounted: 0 }],
  [
    'said with what it must say',
    { says: ['24 times'] },
    { message: 'is 24 times the ordered' },
    { delayMs: 30_000, unaccounted: 0 },
  ],
])('%s', (_, given, alert, { delayMs, unaccounted }) => {
  const verdict = judge({ labels: [{ ...label, ...given }], alarms: [], alsoTrue: [] }, [seen(alert)]);
  expect(verdict.found.map((found) => found.delayMs)).toEqual(delayMs === null ? [] : [delayMs]);
  expect(verdict.missed).toHaveLength(delayMs === null ? 1 : 0);
  expect(verdict.unaccounted).toHaveLength(unaccounted);
});

test('an alarm of the pump accounts for its alert, what is also true for its type, nothing for the rest', () => {
  const alarms = [{ pump: 'A', code: 'MDC_EVT_MALF', at }];
  const said = [
    seen({ type: 'MDC_EVT_MALF' }),
    seen({ type: 'MDC_EVT_MALF', pump: 'B' }),
    seen({ type: 'MDC_EVT_MALF', seenAt: at - 1 }),
    seen({ type: 'counters' }),
    seen({ type: 'clock-off' }),
  ];
  const { unaccounted } = judge({ labels: [], alarms, alsoTrue: ['counters'] }, said);
  expect(unaccounted).toEqual([said[1], said[2], said[4]]);
});
