import { expect, test } from 'vitest';
import { someAlert } from '../../shapes.test-data.ts';
import type { BoardAlert } from '../../store.ts';
import { groupAlerts } from './alert-order.ts';
import { moved, type Row, rowsOf, sameRows, waitingIds } from './held-rows.ts';

type Brief = [pump: string, priority: BoardAlert['priority'], responsibility?: BoardAlert['responsibility']];
const rows = (...briefs: Brief[]) =>
  rowsOf(
    groupAlerts(
      briefs.map(([pump, priority, responsibility = 'unassigned'], i) => ({
        ...someAlert({ id: `${pump} ${i}`, pump, priority, responsibility }),
        feedSeq: i,
        ownSeq: true,
      })),
    ),
  );
const open = (all: readonly Row[]) => all.filter(({ opens }) => opens).map(({ key }) => key);

test.each<[string, Brief[], string[]]>([
  ['nothing', [], []],
  ['one medium stands open', [['A', 'medium']], ['A']],
  [
    'of three mediums the first',
    [
      ['A', 'medium'],
      ['B', 'medium'],
      ['C', 'medium'],
    ],
    ['A'],
  ],
  [
    'a high one, and no other',
    [
      ['A', 'high'],
      ['B', 'medium'],
    ],
    ['A'],
  ],
  [
    'two highs at once: both',
    [
      ['A', 'high'],
      ['B', 'high'],
      ['C', 'medium'],
    ],
    ['A', 'B'],
  ],
  [
    'of five highs the first two',
    [
      ['A', 'high'],
      ['B', 'high'],
      ['C', 'high'],
      ['D', 'high'],
      ['E', 'high'],
    ],
    ['A', 'B'],
  ],
  [
    'a high that somebody has makes no room',
    [
      ['A', 'high', 'accepted'],
      ['B', 'high'],
      ['C', 'high'],
    ],
    ['B', 'C'],
  ],
  [
    'all are taken: the first',
    [
      ['A', 'high', 'accepted'],
      ['B', 'medium', 'accepted'],
    ],
    ['A'],
  ],
])('what opens by itself: %s', (_what, briefs, expected) => {
  expect(open(rows(...briefs))).toEqual(expected);
});

test('what is new waits; a part of a card that stands waits as well', () => {
  const shown = rows(['A', 'high'], ['B', 'medium']);
  const fresh = rows(['A', 'high'], ['B', 'medium'], ['A', 'low'], ['C', 'high']);
  expect(waitingIds(shown, fresh)).toEqual(['A 2', 'C 3']);
  expect(waitingIds(shown, shown)).toEqual([]);
});

test('an end below moves nothing; another leader, order or an insert above does', () => {
  const before = rows(['A', 'high'], ['B', 'medium']);
  expect(moved(before, before)).toBe(false);
  expect(moved(before, rows(['A', 'high'], ['B', 'medium'], ['C', 'low']))).toBe(false);
  expect(moved(before, rows(['A', 'high']))).toBe(true);
  expect(moved(before, [...before].reverse())).toBe(true);
  expect(moved(before, [{ key: 'A', ids: ['another', 'A 0'], opens: true }, ...before.slice(1)])).toBe(true);
  expect(sameRows(before, structuredClone(before))).toBe(true);
});
