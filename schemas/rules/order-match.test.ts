import { expect, test } from 'vitest';
import {
  type MatchableOrder,
  type MatchableTherapy,
  matchOrder,
  type OrderQuestion,
  orderInForce,
  therapyStatusAt,
} from './order-match.ts';

const order = (facts: Partial<MatchableOrder> = {}): MatchableOrder => ({
  ...{ id: 'o1', version: 1, state: 'verified', verifiedAt: 100, endedAt: null },
  ...facts,
});
const therapy = (facts: Partial<MatchableTherapy> = {}): MatchableTherapy => ({
  ...{ id: 't1', reference: 'TH-1', patient: 'p1', drug: 'DOBUTamine', status: 'active' as const, holdUntil: null },
  orders: [order()],
  ...facts,
});
const to = (therapies: MatchableTherapy[], facts = {}) => ({ patient: 'p1', therapy: null, therapies, ...facts });

type Question = OrderQuestion<MatchableTherapy>;
const ask = (facts: Partial<Question>) =>
  matchOrder({ drug: 'dobutamine', therapyReference: null, named: null, assigned: null, at: 200, ...facts });

const vancomycin = therapy({ id: 't2', reference: 'TH-2', drug: 'vancomycin', orders: [order({ id: 'o2' })] });
const other = therapy({ id: 't9', reference: 'TH-9', patient: 'p9', orders: [order({ id: 'o9' })] });

test.each<[string, Partial<Question>, { order: string | null; by: string | null; words?: string; doubt?: string }]>([
  ['the therapy that the pump names', { named: therapy() }, { order: 'o1', by: 'therapy-reference' }],
  [
    'the named therapy before the assignment, with a doubt',
    { named: other, assigned: to([therapy()]) },
    { order: 'o9', by: 'therapy-reference', doubt: 'assigned to another' },
  ],
  [
    'a named therapy of another drug, with a doubt',
    { named: vancomycin },
    { order: 'o2', by: 'therapy-reference', doubt: 'the pump says dobutamine' },
  ],
  [
    'assignment and drug, tall-man letters apart',
    { assigned: to([vancomycin, therapy()]) },
    { order: 'o1', by: 'assignment' },
  ],
  [
    'assignment and drug where the named therapy is not known, with a doubt',
    { therapyReference: 'TH-0', assigned: to([therapy()]) },
    { order: 'o1', by: 'assignment', doubt: 'TH-0, which is not known' },
  ],
  ['nobody', {}, { order: null, by: null, words: 'assigned to nobody' }],
  [
    'no drug, and one active therapy',
    { drug: null, assigned: to([therapy({ id: 't0', status: 'ended', orders: [order({ id: 'o0' })] }), therapy()]) },
    { order: 'o1', by: 'assignment', doubt: 'one active therapy' },
  ],
  [
    'no drug, and several active therapies',
    { drug: null, assigned: to([therapy(), vancomycin]) },
    { order: null, by: null, words: 'several therapies' },
  ],
  [
    'no drug, the assignment naming one of several',
    { drug: null, assigned: to([vancomycin, therapy()], { therapy: 't1' }) },
    { order: 'o1', by: 'assignment', doubt: 'was given for TH-1' },
  ],
  ['no drug, and no therapy', { drug: null, assigned: to([]) }, { order: null, by: null, words: 'has no therapy' }],
  [
    'another drug than the therapy that the pump was given for',
    { assigned: to([vancomycin], { therapy: vancomycin.id }) },
    { order: vancomycin.orders[0]?.id ?? null, by: 'assignment', doubt: 'it was given for' },
  ],
  ['a drug without a therapy', { assigned: to([vancomycin]) }, { order: null, by: null, words: 'no therapy' }],
  [
    'two active therapies of one drug',
    { assigned: to([therapy(), therapy({ id: 't3', reference: 'TH-3' })]) },
    { order: null, by: null, words: 'two therapies of this patient are' },
  ],
  [
    'two therapies of one drug, the assignment naming one',
    { assigned: to([therapy({ id: 't3', orders: [order({ id: 'o3' })] }), therapy()], { therapy: 't3' }) },
    { order: 'o3', by: 'assignment' },
  ],
  [
    'the active one before an ended one',
    { assigned: to([therapy({ id: 't0', status: 'ended', orders: [order({ id: 'o0' })] }), therapy()]) },
    { order: 'o1', by: 'assignment' },
  ],
  [
    'a therapy on hold, with a doubt',
    { assigned: to([therapy({ status: 'on-hold' })]) },
    { order: 'o1', by: 'assignment', doubt: 'on hold' },
  ],
  [
    'a therapy whose hold is over, without one',
    { assigned: to([therapy({ status: 'on-hold', holdUntil: 200 })]) },
    { order: 'o1', by: 'assignment' },
  ],
  [
    'an ended therapy',
    { named: therapy({ status: 'ended' }) },
    { order: 'o1', by: 'therapy-reference', doubt: 'ended' },
  ],
  [
    'an order that nobody verified',
    { named: therapy({ orders: [order({ state: 'draft', verifiedAt: null })] }) },
    { order: null, by: 'therapy-reference', words: 'version 1 waits' },
  ],
  [
    'an order verified later than the moment',
    { named: therapy(), at: 99 },
    { order: null, by: 'therapy-reference', words: 'none for that time' },
  ],
  [
    'a cancelled order',
    { named: therapy({ orders: [order({ state: 'cancelled', endedAt: 150 })] }) },
    { order: null, by: 'therapy-reference', words: 'was cancelled' },
  ],
])('%s', (_what, facts, { order: id, by, words, doubt }) => {
  const match = ask(facts);
  expect(match.order?.id ?? null).toBe(id);
  expect(match.by).toBe(by);
  if (words === undefined) expect(match.words).toBeNull();
  else expect(match.words).toContain(words);
  if (doubt === undefined) expect(match.doubts).toEqual([]);
  else expect(match.doubts).toEqual([expect.stringContaining(doubt)]);
});

test('an order that changes while the infusion runs: each moment has its own version, the old one stays', () => {
  const versions = [
    order({ id: 'first', version: 1, state: 'superseded', verifiedAt: 100, endedAt: 300 }),
    order({ id: 'second', version: 2, verifiedAt: 300 }),
    order({ id: 'third', version: 3, state: 'draft', verifiedAt: null }),
  ];
  expect([99, 100, 299, 300, 9_999].map((at) => orderInForce(versions, at)?.id ?? null)).toEqual([
    ...[null, 'first', 'first', 'second', 'second'],
  ]);
});

test('a hold without an end goes on until a person ends it', () => {
  expect(therapyStatusAt({ status: 'on-hold', holdUntil: null }, 1e15)).toBe('on-hold');
  expect(therapyStatusAt({ status: 'on-hold', holdUntil: 100 }, 99)).toBe('on-hold');
  expect(therapyStatusAt({ status: 'pending', holdUntil: 100 }, 101)).toBe('pending');
});
