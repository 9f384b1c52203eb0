import { expect, test } from 'vitest';
import { someAlert } from '../../shapes.test-data.ts';
import type { BoardAlert } from '../../store.ts';
import { groupAlerts, matches, pumpsOf } from './alert-order.ts';

const at = (minute: number) => `2026-11-22T02:${String(minute).padStart(2, '0')}:00.000Z`;
const alert = (facts: Partial<BoardAlert>): BoardAlert => ({ ...someAlert(facts), feedSeq: 1, ownSeq: true });
const patient = (id: string) => ({ id, reference: `P-${id}`, initials: 'J.M.' });

test('priority comes first, then a critical drug, then the nearest harm, then the longest waiting', () => {
  const groups = groupAlerts([
    alert({ id: 'low', pump: 'P1', priority: 'low', raisedAt: at(1), detail: { harmAt: at(2) } }),
    alert({ id: 'late medium', pump: 'P2', priority: 'medium', raisedAt: at(9) }),
    alert({ id: 'early medium', pump: 'P3', priority: 'medium', raisedAt: at(2) }),
    alert({ id: 'harm far', pump: 'P6', priority: 'medium', raisedAt: at(1), detail: { harmAt: at(50) } }),
    alert({ id: 'harm near', pump: 'P7', priority: 'medium', raisedAt: at(30), detail: { harmAt: at(40) } }),
    alert({ id: 'critical by name', pump: 'P4', priority: 'medium', raisedAt: at(10), drug: 'milrinone' }),
    alert({ id: 'critical by the rules', pump: 'P8', priority: 'medium', raisedAt: at(3), detail: { critical: true } }),
    alert({ id: 'high', pump: 'P5', priority: 'high', raisedAt: at(20) }),
  ]);
  expect(groups.map(({ lead }) => lead.id)).toEqual([
    'high',
    'critical by the rules',
    'critical by name',
    'harm near',
    'harm far',
    'early medium',
    'late medium',
    'low',
  ]);
});

test('accepting one moves nothing: what was pressed stays where it is', () => {
  const two = (responsibility: BoardAlert['responsibility']) =>
    groupAlerts([
      alert({ id: 'first', pump: 'P1', priority: 'high', raisedAt: at(1), responsibility }),
      alert({ id: 'second', pump: 'P2', priority: 'high', raisedAt: at(2) }),
    ]).map(({ lead }) => lead.id);
  expect(two('accepted')).toEqual(two('unassigned'));
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

test('two pumps of one patient are one card; an alert that does not know the patient stays with its pump', () => {
  const [first, second, ...others] = groupAlerts([
    alert({ id: 'a', pump: 'P1', patient: patient('x'), raisedAt: at(4) }),
    alert({ id: 'b', pump: 'P2', patient: patient('x'), raisedAt: at(5) }),
    alert({ id: 'c', pump: 'P2', patient: null, raisedAt: at(6) }),
    alert({ id: 'd', pump: 'P3', patient: patient('y'), raisedAt: at(7) }),
  ]);
  expect(others).toEqual([]);
  expect([first?.lead.id, ...(first?.rest ?? []).map(({ id }) => id)]).toEqual(['a', 'b', 'c']);
  expect(first && pumpsOf(first)).toBe('P1 and P2');
  expect(second?.lead.id).toBe('d');
});

test('a search finds every word somewhere', () => {
  const found = alert({ message: 'Downstream occlusion', pump: 'PUMP-0033', drug: 'vancomycin' });
  expect(matches(found, '0033 VANCO')).toBe(true);
  expect(matches(found, '0033 morphine')).toBe(false);
});
