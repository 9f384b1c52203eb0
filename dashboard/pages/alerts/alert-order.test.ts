import { expect, test } from 'vitest';
import { someAlert } from '../../shapes.test-data.ts';
import type { BoardAlert } from '../../store.ts';
import { groupAlerts, matches } from './alert-order.ts';

const at = (minute: number) => `2026-11-22T02:${String(minute).padStart(2, '0')}:00.000Z`;
const alert = (facts: Partial<BoardAlert>): BoardAlert => ({ ...someAlert(facts), feedSeq: 1, ownSeq: true });

test('priority comes first, then a critical drug, then the longest waiting', () => {
  const groups = groupAlerts([
    alert({ id: 'low', pump: 'P1', priority: 'low', raisedAt: at(1) }),
    alert({ id: 'late medium', pump: 'P2', priority: 'medium', raisedAt: at(9) }),
    alert({ id: 'early medium', pump: 'P3', priority: 'medium', raisedAt: at(2) }),
    alert({ id: 'critical medium', pump: 'P4', priority: 'medium', raisedAt: at(10), drug: 'milrinone' }),
    alert({ id: 'high', pump: 'P5', priority: 'high', raisedAt: at(20) }),
  ]);
  expect(groups.map(({ lead }) => lead.id)).toEqual(['high', 'critical medium', 'early medium', 'late medium', 'low']);
});

test('a flood of one pump is one card, led by the most urgent that nobody has', () => {
  const [group, ...others] = groupAlerts([
    alert({ id: 'a', priority: 'low' }),
    alert({ id: 'taken', priority: 'high', responsibility: 'accepted' }),
    alert({ id: 'open', priority: 'medium' }),
  ]);
  expect(others).toEqual([]);
  expect(group?.lead.id).toBe('open');
  expect(group?.rest.map(({ id }) => id)).toEqual(['a', 'taken']);
});

test('a search finds every word somewhere', () => {
  const found = alert({ message: 'Downstream occlusion', pump: 'PUMP-0033', drug: 'vancomycin' });
  expect(matches(found, '0033 VANCO')).toBe(true);
  expect(matches(found, '0033 morphine')).toBe(false);
});
