import { expect, test } from 'vitest';
import { demoLibrary } from '#schemas/library/demo-library.ts';
import { draftOf, type EntryDraft, judgeDraft } from './entry-draft.ts';
import { grouped } from './library-words.ts';

const content = demoLibrary();
const places = content.careAreas.flatMap(({ drugs }, area) => drugs.map((entry, drug) => ({ area, drug, entry })));
const milrinone = places.find(({ entry }) => entry.name === 'milrinone') ?? { area: 0, drug: 0, entry: null };

test.each(places)('$entry.name stands in the fields and is read back exactly', ({ area, drug, entry }) => {
  expect(judgeDraft(content, { area, drug }, draftOf(entry))).toEqual({ content, problems: [] });
});

const texts = (change: Partial<EntryDraft['texts']>) => (draft: EntryDraft) => ({
  ...draft,
  texts: { ...draft.texts, ...change },
});
const limit = (property: string, change: Record<string, string>) => (draft: EntryDraft) => {
  const given = draft.limits[property];
  if (!given) throw new Error(`no limit of ${property}`);
  return { ...draft, limits: { ...draft.limits, [property]: { ...given, ...change } } };
};

test.each<[string, (draft: EntryDraft) => EntryDraft, string, string, boolean]>([
  ['crossed limits', limit('dose rate', { 'soft low': '0.8' }), 'dose rate', 'crossed limits', true],
  ['a comma', limit('dose rate', { 'soft low': '0,4' }), 'dose rate', '"0,4" is no number', false],
  ['an unknown unit', limit('bolus dose', { unit: 'drops' }), 'bolus dose', 'drops', true],
  ['a unit of nothing', limit('dose in 4 h', { 'hard high': '5' }), 'dose in 4 h', 'unit', true],
  ['an unknown dose unit', texts({ 'dose unit': 'drops/min' }), 'dose unit', 'unknown dose unit', true],
  ['a concentration of 0', texts({ concentration: '0 mcg per 1 mL' }), 'concentration', 'concentration is 0', true],
  ['a concentration in words', texts({ concentration: 'much' }), 'concentration', "can't be read", false],
  ['no class', texts({ class: '' }), 'class', 'has to be said', false],
  ['no weight', (draft) => ({ ...draft, needs: [] }), 'needs', 'needs holds "weight"', true],
  ['no mode', (draft) => ({ ...draft, modes: [] }), 'mode', 'has to be said', false],
  ['another drug’s name', (draft) => ({ ...draft, name: 'dobutamine' }), 'name', 'duplicate drug', true],
  ['no name', (draft) => ({ ...draft, name: ' ' }), 'name', 'has to be said', false],
])('%s is said at its field', (_what, change, property, words, readable) => {
  const judged = judgeDraft(content, milrinone, change(draftOf(milrinone.entry)));
  expect(judged.problems).toContainEqual({ property, message: expect.stringContaining(words) });
  expect(judged.content !== null).toBe(readable);
});

test('a new drug goes to the end of its care area', () => {
  const added = judgeDraft(
    content,
    { area: milrinone.area, drug: null },
    { ...draftOf(milrinone.entry), name: 'inamrinone' },
  );
  expect(added.problems).toEqual([]);
  expect(added.content?.careAreas[milrinone.area]?.drugs.map(({ name }) => name)).toEqual([
    ...['DOBUTamine', 'milrinone', 'inamrinone'],
  ]);
});

test('thousands are grouped as everywhere else, decimals and shares of an order are left alone', () => {
  expect(['10000 to 200000 ng per 1 mL', '4000', '1440', '120', '0.0375', '1.25 × order'].map(grouped)).toEqual([
    ...['10,000 to 200,000 ng per 1 mL', '4,000', '1,440', '120', '0.0375', '1.25 × order'],
  ]);
});
