import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type AlertInput,
  type AlertState,
  acceptanceMs,
  nextAlert,
  nextDeadline,
  onBoard,
  rearmMs,
  undoAcceptMs,
} from './alert.ts';

const now = 1_000_000;
const alert = (given: Partial<AlertState> = {}): AlertState => ({
  priority: 'high',
  condition: { at: 'active' },
  responsibility: { at: 'unassigned' },
  seenAt: null,
  times: 1,
  ...given,
});
const accepted = { at: 'accepted', by: 'ann', since: now, until: now + 600_000 } as const;
const states = {
  unassigned: { at: 'unassigned' },
  offered: { at: 'offered', step: 1, to: 'ann' },
  accepted,
  declined: { at: 'declined', by: 'ann', since: now },
  lapsed: { at: 'lapsed', by: 'ann', since: now },
} as const;

// Every state × every thing a person can do: where it leads, or why not.
const table: [keyof typeof states, AlertInput, string][] = [
  ['unassigned', { kind: 'accept', by: 'bob' }, 'accepted'],
  ['offered', { kind: 'accept', by: 'bob' }, 'accepted'],
  ['declined', { kind: 'accept', by: 'bob' }, 'accepted'],
  ['lapsed', { kind: 'accept', by: 'bob' }, 'accepted'],
  ['accepted', { kind: 'accept', by: 'bob' }, 'refused: accepted-by-other'],
  ['accepted', { kind: 'accept', by: 'ann' }, 'accepted'],
  ['unassigned', { kind: 'decline', by: 'bob' }, 'declined'],
  ['offered', { kind: 'decline', by: 'bob' }, 'declined'],
  ['accepted', { kind: 'decline', by: 'ann' }, 'declined'],
  ['accepted', { kind: 'decline', by: 'bob' }, 'refused: accepted-by-other'],
  ['lapsed', { kind: 'decline', by: 'bob' }, 'declined'],
  ['accepted', { kind: 'hand-over', by: 'ann', to: 'bob' }, 'offered'],
  ['accepted', { kind: 'hand-over', by: 'ann', to: null }, 'declined'],
  ['accepted', { kind: 'hand-over', by: 'bob', to: 'ann' }, 'refused: not-owner'],
  ['unassigned', { kind: 'hand-over', by: 'bob', to: 'ann' }, 'refused: not-owner'],
  ['accepted', { kind: 'undo-accept', by: 'ann' }, 'unassigned'],
  ['accepted', { kind: 'undo-accept', by: 'bob' }, 'refused: not-owner'],
  ['declined', { kind: 'undo-accept', by: 'ann' }, 'refused: not-owner'],
  ['accepted', { kind: 'extend', by: 'ann' }, 'accepted'],
  ['lapsed', { kind: 'extend', by: 'ann' }, 'refused: not-owner'],
  ['accepted', { kind: 'close', by: 'ann' }, 'accepted'],
  ['accepted', { kind: 'close', by: 'bob' }, 'refused: not-owner'],
  ['offered', { kind: 'close', by: 'ann' }, 'refused: not-owner'],
  ['unassigned', { kind: 'offer', step: 1, to: 'ann' }, 'offered'],
  ['accepted', { kind: 'offer', step: 2, to: 'bob' }, 'accepted'],
  ['unassigned', { kind: 'seen', by: 'bob' }, 'unassigned'],
];

test.each(table)('%s, %o leads to %s', (from, input, expected) => {
  const outcome = nextAlert(alert({ responsibility: states[from] }), input, now + 1_000);
  expect(outcome.ok ? outcome.next.responsibility.at : `refused: ${outcome.reason}`).toBe(expected);
});

test('an acceptance names its owner to whoever comes second', () => {
  const outcome = nextAlert(alert({ responsibility: accepted }), { kind: 'accept', by: 'bob' }, now);
  expect(outcome).toEqual({ ok: false, reason: 'accepted-by-other', owner: 'ann' });
});

test.each(['high', 'medium', 'low'] as const)(
  'an acceptance of a %s alert lapses when its time is over, and not before',
  (priority) => {
    const first = nextAlert(alert({ priority }), { kind: 'accept', by: 'ann' }, now);
    if (!first.ok) throw new Error('refused');
    const lapse = acceptanceMs[priority];
    expect(nextDeadline(first.next)).toBe(lapse === null ? null : now + lapse);
    if (lapse === null) return;
    const before = nextAlert(first.next, { kind: 'time' }, now + lapse - 1);
    expect(before.ok && before.next.responsibility.at).toBe('accepted');
    const after = nextAlert(first.next, { kind: 'time' }, now + lapse);
    expect(after).toMatchObject({
      ok: true,
      next: { responsibility: { at: 'lapsed', by: 'ann' } },
      effects: [{ do: 'call-owner', owner: 'ann' }, { do: 'page-next-step' }],
    });
    const ended = nextAlert(
      { ...first.next, condition: { at: 'ended', since: now, reason: 'x' } },
      { kind: 'time' },
      now + lapse,
    );
    expect(ended.ok && ended.next.responsibility.at).toBe('accepted');
  },
);

test('accepting does not end a condition, and the end of a condition does not erase who answered', () => {
  const taken = nextAlert(alert(), { kind: 'accept', by: 'ann' }, now);
  expect(taken.ok && taken.next.condition.at).toBe('active');
  const over = taken.ok ? nextAlert(taken.next, { kind: 'ended', reason: 'by the pump' }, now + 5) : taken;
  expect(over).toMatchObject({
    ok: true,
    next: { condition: { at: 'ended' }, responsibility: { at: 'accepted', by: 'ann' } },
  });
});

test('a high alert that ended before anybody saw it stays on the board until somebody has', () => {
  const unseen = alert({ condition: { at: 'ended', since: now, reason: 'x' } });
  expect(onBoard(unseen)).toBe(true);
  const seen = nextAlert(unseen, { kind: 'seen', by: 'ann' }, now + 1);
  expect(seen.ok && onBoard(seen.next)).toBe(false);
  expect(onBoard({ ...unseen, priority: 'medium' })).toBe(false);
});

test('a condition that returns within its re-arm time is the same alert with a count; later it is a new one', () => {
  const over = alert({ condition: { at: 'ended', since: now, reason: 'x' }, responsibility: states.declined });
  expect(nextAlert(over, { kind: 'reopened' }, now + rearmMs)).toMatchObject({
    ok: true,
    next: { times: 2, condition: { at: 'active' }, responsibility: { at: 'unassigned' } },
    effects: [{ do: 'page-again' }],
  });
  expect(nextAlert(over, { kind: 'reopened' }, now + rearmMs + 1)).toMatchObject({ ok: false, reason: 'too-late' });
  const owned = { ...over, responsibility: accepted };
  expect(nextAlert(owned, { kind: 'reopened' }, now + 10)).toMatchObject({
    ok: true,
    next: { responsibility: { at: 'accepted' } },
    effects: [],
  });
});

test('an acceptance by mistake can be taken back for five seconds', () => {
  const taken = alert({ responsibility: accepted });
  expect(nextAlert(taken, { kind: 'undo-accept', by: 'ann' }, now + undoAcceptMs)).toMatchObject({ ok: true });
  expect(nextAlert(taken, { kind: 'undo-accept', by: 'ann' }, now + undoAcceptMs + 1)).toMatchObject({
    ok: false,
    reason: 'too-late',
  });
});

test('whatever people and time do, only records end a condition and only people own', () => {
  const person = fc.constantFrom('ann', 'bob', 'eve');
  const input: fc.Arbitrary<AlertInput> = fc.oneof(
    fc.record({
      kind: fc.constantFrom(
        'accept' as const,
        'undo-accept' as const,
        'decline' as const,
        'extend' as const,
        'seen' as const,
      ),
      by: person,
    }),
    fc.record({ kind: fc.constant('hand-over' as const), by: person, to: fc.option(person) }),
    fc.record({ kind: fc.constant('offer' as const), step: fc.nat(3), to: fc.option(person) }),
    fc.constant({ kind: 'time' as const }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(input, fc.nat(700_000)), { maxLength: 40 }), (inputs) => {
      let state = alert();
      let at = now;
      for (const [given, later] of inputs) {
        at += later;
        const outcome = nextAlert(state, given, at);
        if (!outcome.ok) continue;
        expect(outcome.next.condition.at).toBe('active');
        if (outcome.next.responsibility.at === 'accepted' && state.responsibility.at !== 'accepted')
          expect(given.kind).toBe('accept');
        if (state.seenAt !== null) expect(outcome.next.seenAt).toBe(state.seenAt);
        state = outcome.next;
      }
    }),
  );
});
