import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  newVersion,
  nextVersion,
  provisionalMs,
  provisionalStanding,
  type Version,
  type VersionInput,
  type VersionState,
} from './version.ts';

const now = 1_800_000_000_000;
const states: Record<string, VersionState> = {
  draft: { at: 'draft' },
  'in-review': { at: 'in-review', by: 'ann', since: now },
  approved: { at: 'approved', by: 'bob', since: now },
  published: { at: 'published', by: 'ann', since: now, approvedBy: 'bob', provisional: null },
  provisional: {
    at: 'published',
    by: 'ann',
    since: now,
    approvedBy: null,
    provisional: { until: now + provisionalMs, reason: 'shortage' },
  },
  retired: { at: 'retired', by: 'ann', since: now, reason: 'old' },
};
const inputs: Record<string, VersionInput> = {
  edit: { kind: 'edit', by: 'ann' },
  submit: { kind: 'submit', by: 'ann', problems: 0 },
  'submit with problems': { kind: 'submit', by: 'ann', problems: 2 },
  approve: { kind: 'approve', by: 'bob', problems: 0 },
  'approve as author': { kind: 'approve', by: 'ann', problems: 0 },
  'approve with problems': { kind: 'approve', by: 'bob', problems: 1 },
  'send back': { kind: 'send-back', by: 'bob', reason: 'typo' },
  'send back without reason': { kind: 'send-back', by: 'bob', reason: ' ' },
  publish: { kind: 'publish', by: 'ann', problems: 0 },
  'publish urgently': { kind: 'publish-urgently', by: 'ann', reason: 'shortage', problems: 0 },
  'publish urgently without reason': { kind: 'publish-urgently', by: 'ann', reason: '', problems: 0 },
  confirm: { kind: 'confirm', by: 'bob' },
  'confirm as author': { kind: 'confirm', by: 'ann' },
  retire: { kind: 'retire', by: 'ann', reason: 'replaced' },
};

// Each input from each state: the state that follows, or why not.
const no = 'not-possible';
const table: Record<keyof typeof inputs, Record<keyof typeof states, string>> = {
  edit: { draft: 'draft', 'in-review': no, approved: no, published: no, provisional: no, retired: no },
  submit: { draft: 'in-review', 'in-review': no, approved: no, published: no, provisional: no, retired: no },
  'submit with problems': {
    draft: 'problems',
    'in-review': no,
    approved: no,
    published: no,
    provisional: no,
    retired: no,
  },
  approve: { draft: no, 'in-review': 'approved', approved: no, published: no, provisional: no, retired: no },
  'approve as author': {
    draft: no,
    'in-review': 'four-eyes',
    approved: no,
    published: no,
    provisional: no,
    retired: no,
  },
  'approve with problems': {
    draft: no,
    'in-review': 'problems',
    approved: no,
    published: no,
    provisional: no,
    retired: no,
  },
  'send back': { draft: no, 'in-review': 'draft', approved: 'draft', published: no, provisional: no, retired: no },
  'send back without reason': {
    draft: no,
    'in-review': 'no-reason',
    approved: 'no-reason',
    published: no,
    provisional: no,
    retired: no,
  },
  publish: { draft: no, 'in-review': no, approved: 'published', published: no, provisional: no, retired: no },
  'publish urgently': {
    draft: 'published',
    'in-review': 'published',
    approved: no,
    published: no,
    provisional: no,
    retired: no,
  },
  'publish urgently without reason': {
    draft: 'no-reason',
    'in-review': 'no-reason',
    approved: no,
    published: no,
    provisional: no,
    retired: no,
  },
  confirm: { draft: no, 'in-review': no, approved: no, published: no, provisional: 'published', retired: no },
  'confirm as author': {
    draft: no,
    'in-review': no,
    approved: no,
    published: no,
    provisional: 'four-eyes',
    retired: no,
  },
  retire: { draft: no, 'in-review': no, approved: no, published: 'retired', provisional: 'retired', retired: no },
};

const cases = Object.entries(table).flatMap(([input, row]) =>
  Object.entries(row).map(([state, result]) => [input, state, result] as const),
);

test.each(cases)('%s from %s: %s', (input, from, result) => {
  const state = states[from];
  const given = inputs[input];
  if (!state || !given) throw new Error('no such case');
  const outcome = nextVersion({ state, authors: ['ann'] }, given, now);
  expect(outcome.ok ? outcome.next.state.at : outcome.reason).toBe(result);
  if (!outcome.ok) expect(outcome.detail).not.toBe('');
});

test('everybody who wrote in a version is its author', () => {
  const edited = nextVersion(newVersion('ann'), { kind: 'edit', by: 'bob' }, now);
  if (!edited.ok) throw new Error(edited.detail);
  expect(edited.next.authors).toEqual(['ann', 'bob']);
  const review = nextVersion(edited.next, { kind: 'submit', by: 'ann', problems: 0 }, now);
  if (!review.ok) throw new Error(review.detail);
  expect(nextVersion(review.next, { kind: 'approve', by: 'bob', problems: 0 }, now)).toMatchObject({
    ok: false,
    reason: 'four-eyes',
  });
});

test('an urgent publication waits 24 h for its second person, then it is overdue', () => {
  const urgent: VersionInput = { kind: 'publish-urgently', by: 'ann', reason: 'shortage', problems: 0 };
  const published = nextVersion(newVersion('ann'), urgent, now);
  if (!published.ok) throw new Error(published.detail);
  const { state } = published.next;
  expect(provisionalStanding(state, now + provisionalMs - 1)).toBe('waiting');
  expect(provisionalStanding(state, now + provisionalMs)).toBe('overdue');
  const confirmed = nextVersion(published.next, { kind: 'confirm', by: 'bob' }, now + 1000);
  if (!confirmed.ok) throw new Error(confirmed.detail);
  expect(provisionalStanding(confirmed.next.state, now + provisionalMs)).toBe('none');
  expect(confirmed.next.state).toMatchObject({ approvedBy: 'bob' });
  const byAnother = nextVersion(newVersion('ann'), { ...urgent, by: 'cleo' }, now);
  if (!byAnother.ok) throw new Error(byAnother.detail);
  expect(nextVersion(byAnother.next, { kind: 'confirm', by: 'cleo' }, now)).toMatchObject({ reason: 'four-eyes' });
});

test('whatever is tried, nothing is published without a second person unless it is marked, and never changes after', () => {
  const people = fc.constantFrom('ann', 'bob', 'cleo');
  const arbitrary = fc.oneof(
    fc.record({ kind: fc.constantFrom('edit' as const, 'confirm' as const), by: people }),
    fc.record({
      kind: fc.constantFrom('submit' as const, 'approve' as const, 'publish' as const),
      by: people,
      problems: fc.constantFrom(0, 1),
    }),
    fc.record({
      kind: fc.constantFrom('send-back' as const, 'retire' as const),
      by: people,
      reason: fc.constantFrom('', 'x'),
    }),
    fc.record({
      kind: fc.constant('publish-urgently' as const),
      by: people,
      reason: fc.constant('x'),
      problems: fc.constant(0),
    }),
  );
  fc.assert(
    fc.property(fc.array(arbitrary, { maxLength: 20 }), (tried) => {
      let version: Version = newVersion('ann');
      for (const input of tried) {
        const before = version.state.at;
        const outcome = nextVersion(version, input, now);
        if (!outcome.ok) continue;
        version = outcome.next;
        if (before === 'published') expect(['published', 'retired']).toContain(version.state.at);
        expect(before).not.toBe('retired');
        const { state } = version;
        if (state.at !== 'published') continue;
        expect((state.approvedBy === null) !== (state.provisional === null)).toBe(true);
        if (state.approvedBy) expect(version.authors).not.toContain(state.approvedBy);
      }
    }),
  );
});
