import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '#schemas/http/alert.ts';
import type { Pump } from '#schemas/http/shapes.ts';
import { someAlert, somePump } from '../shapes.test-data.ts';
import { mostUrgent } from '../sound/signal.ts';
import { createDashboardStore } from '../store.ts';
import { createApplier } from './apply.ts';

function board() {
  const store = createDashboardStore(() => 0);
  const applier = createApplier(store);
  return { store, ...applier };
}

const part = (head: number, n: number, alerts: Alert[], moreAlerts: boolean) =>
  ({ type: 'snapshot', head, at: 0, alerts, pumps: [] as Pump[], part: n, moreAlerts, last: !moreAlerts }) as const;
const snapshot = (head: number, alerts: Alert[], pumps: Pump[] = []) =>
  ({ ...part(head, 1, alerts, false), pumps }) as const;
const hello = (feedEpoch: string, head: number) => ({ type: 'hello', feedEpoch, head }) as const;
const change = (seq: number, alert: Alert) => ({ type: 'alert', seq, at: 0, alert }) as const;

test('an older state of an alert never overwrites a newer one', () => {
  const { store, apply } = board();
  apply(snapshot(4, []));
  apply(change(5, someAlert({ id: 'a', responsibility: 'accepted' })));
  apply(change(3, someAlert({ id: 'a', responsibility: 'unassigned' })));
  expect(store.alerts.get('a')?.responsibility).toBe('accepted');
});

test('numbers that are missing before a change are noticed', () => {
  const { store, apply } = board();
  apply(snapshot(4, []));
  expect(apply(change(6, someAlert({ id: 'a' })))).toBe(false);
  expect(store.alerts.has('a')).toBe(false);
  expect(apply(change(5, someAlert({ id: 'a' })))).toBe(true);
});

test('a snapshot takes away what it does not name', () => {
  const { store, apply, flush } = board();
  apply(
    snapshot(1, [someAlert({ id: 'a' }), someAlert({ id: 'b' })], [somePump({ id: 'P1' }), somePump({ id: 'P2' })]),
  );
  apply(snapshot(2, [someAlert({ id: 'b' })], [somePump({ id: 'P2' })]));
  flush();
  expect(store.alerts.all().map(({ id }) => id)).toEqual(['b']);
  expect(store.pumps.all().map(({ id }) => id)).toEqual(['P2']);
});

describe('a snapshot in parts', () => {
  const ids = ({ store }: ReturnType<typeof board>) => [...store.alerts.rows()].map(({ id }) => id).sort();
  const [a, b, c] = ['a', 'b', 'c'].map((id) => someAlert({ id }));
  if (!a || !b || !c) throw new Error('three alerts were expected');

  test('is shown once its last alert is there, with what changed between the parts', () => {
    const shown = board();
    shown.apply(hello('one', 1));
    shown.apply(snapshot(1, [c]));
    shown.apply(part(4, 1, [a], true));
    expect(shown.apply(change(5, someAlert({ id: 'b', condition: 'ended' })))).toBe(true);
    expect(shown.apply(change(6, someAlert({ id: 'd' })))).toBe(true);
    expect(ids(shown)).toEqual(['c']);
    // As it was when its part left, after its change.
    expect(shown.apply(part(4, 2, [someAlert({ id: 'b', condition: 'ended' })], false))).toBe(true);
    shown.flush();
    expect(ids(shown)).toEqual(['a', 'd']);
    expect(shown.store.situation.getState()).toMatchObject({ head: 6, loaded: true });
  });

  test('whose link broke has told nothing: the next link goes on from before it', () => {
    const shown = board();
    shown.apply(hello('one', 1));
    shown.apply(snapshot(1, [c]));
    shown.apply(part(4, 1, [a], true));
    shown.flush();
    expect(shown.store.situation.getState().head).toBe(1);
    shown.apply(hello('one', 4));
    expect(shown.apply(change(2, b))).toBe(true);
    shown.flush();
    expect(ids(shown)).toEqual(['b', 'c']);
  });

  test('a number that is missing between its parts is noticed at its end', () => {
    const shown = board();
    shown.apply(part(4, 1, [a], true));
    shown.apply(change(6, b));
    expect(shown.apply(part(4, 2, [c], false))).toBe(false);
  });
});

test('an ended high alert that nobody saw stays, a seen or lesser one goes', () => {
  const { store, apply } = board();
  apply(snapshot(0, []));
  apply(change(1, someAlert({ id: 'unseen', priority: 'high', condition: 'ended' })));
  const seen = { ...someAlert().hops, seenAt: '2026-11-22T02:00:00.000Z' };
  apply(change(2, someAlert({ id: 'seen', priority: 'high', condition: 'ended', hops: seen })));
  apply(change(3, someAlert({ id: 'medium', priority: 'medium', condition: 'ended' })));
  expect([...store.alerts.rows()].map(({ id }) => id)).toEqual(['unseen']);
});

test('a feed that went back is believed, and so is another feed', () => {
  const { store, apply } = board();
  apply(hello('one', 9));
  apply(snapshot(9, [someAlert({ id: 'a', responsibility: 'accepted' })]));
  apply(hello('one', 2));
  apply(snapshot(2, [someAlert({ id: 'a', responsibility: 'unassigned' })]));
  expect(store.alerts.get('a')?.responsibility).toBe('unassigned');
  apply(hello('two', 1));
  apply(snapshot(1, []));
  expect([...store.alerts.rows()]).toEqual([]);
});

test('a server that does not know its feed yet takes nothing off the screen', () => {
  const { store, apply } = board();
  apply(hello('one', 9));
  apply(snapshot(9, [someAlert({ id: 'a' })], [somePump({ id: 'P1' })]));
  apply(hello('', 0));
  expect(store.alerts.has('a')).toBe(true);
  expect(store.pumps.has('P1')).toBe(true);
});

test('whatever the order of arrival, a pump shows its newest (epoch number, seq)', () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 50 })), { minLength: 1 });
  fc.assert(
    fc.property(pairs, (arrivals) => {
      const { store, apply } = board();
      for (const [epochNo, seq] of arrivals) {
        apply({ type: 'pumps', at: 0, items: [somePump({ id: 'P', epochNo, seq })] });
      }
      const newest = arrivals.reduce((a, b) => (b[0] > a[0] || (b[0] === a[0] && b[1] > a[1]) ? b : a));
      const shown = store.pumps.get('P');
      expect([shown?.epochNo, shown?.seq]).toEqual(newest);
    }),
  );
});

test('subscribers hear once per flush, and only of rows that changed', () => {
  const { store, apply, flush } = board();
  apply(snapshot(0, [], [somePump({ id: 'P1' }), somePump({ id: 'P2' })]));
  flush();
  let first = 0;
  let second = 0;
  store.pumps.subscribe('P1', () => {
    first += 1;
  });
  store.pumps.subscribe('P2', () => {
    second += 1;
  });
  for (const seq of [11, 12, 13]) apply({ type: 'pumps', at: 0, items: [somePump({ id: 'P1', seq })] });
  flush();
  expect([first, second]).toEqual([1, 0]);
});

test('what is not a clinician’s stands on the technician’s list alone, and goes when it ends', () => {
  const { store, apply } = board();
  const gap = someAlert({ id: 'gap', type: 'gap-open', audience: 'technician', priority: 'low' });
  const delayed = someAlert({ id: 'late', type: 'platform-delayed', audience: 'technical-on-call', priority: 'high' });
  apply(snapshot(1, [gap, someAlert({ id: 'a' })]));
  apply(change(2, delayed));
  expect([...store.alerts.rows()].map(({ id }) => id)).toEqual(['a']);
  expect([...store.technical.rows()].map(({ id }) => id)).toEqual(['gap', 'late']);
  expect(mostUrgent([...store.alerts.rows()])).toBe('medium');
  apply(change(3, { ...delayed, condition: 'ended' }));
  apply(snapshot(4, []));
  expect([...store.technical.rows()]).toEqual([]);
});
