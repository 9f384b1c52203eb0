import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type RuleChanges, type RuleSet, ruleSettings } from './rule-set.ts';
import { diffRuleSets, spellChanges } from './rule-set-diff.ts';
import { checkRuleSetNow } from './rule-set-standing.ts';
import { defaultRuleSettings } from './rule-settings.ts';
import { ruleNames, ruleWords, settingsOf } from './rule-words.ts';

const set = (changes: RuleChanges, areas: Record<string, RuleChanges> = {}): RuleSet => ({
  ...{ name: 'Ours', reason: 'why', reviewDate: '2027-06-01', changes },
  careAreas: Object.entries(areas).map(([careArea, of]) => ({ careArea, changes: of })),
});
const slower: RuleChanges = { 'silent-pump': { pageAfterMin: 45 } };

test('every rule and every setting has words', () => {
  expect([...ruleNames].sort()).toEqual(Object.keys(ruleSettings.shape).sort());
  for (const rule of ruleNames) {
    expect(settingsOf(rule).map(([setting]) => setting)).toEqual(Object.keys(defaultRuleSettings[rule]));
    expect(ruleWords[rule].title).not.toBe('');
  }
});

test.each<[string, RuleSet | null, RuleSet, string[]]>([
  ['nothing', null, set({}), []],
  ['from the default', null, set(slower), ['silent pump: paged after default 30 min → 45 min']],
  ['back to the default', set(slower), set({}), ['silent pump: paged after 45 min → default 30 min']],
  [
    'in a care area',
    set({}),
    set({}, { inotropes: { 'missed-dose': { priority: 'medium' } } }),
    ['inotropes, missed, late and short doses: priority as everywhere → medium'],
  ],
  ['a care area spelt otherwise', set({}, { Inotropes: slower }), set({}, { inotropes: slower }), []],
  [
    'a care area that goes',
    set({}, { inotropes: slower }),
    set({}),
    ['inotropes, silent pump: paged after 45 min → as everywhere'],
  ],
  [
    'a list',
    null,
    set({ 'running-on-hold': { highClasses: [] } }),
    ['running on hold: high for the classes default opioid, chemotherapy → none'],
  ],
])('the difference of %s in words', (_, from, to, words) => {
  expect(diffRuleSets(from, to).map((change) => change.words)).toEqual(words);
});

test('a rule set differs from itself in nothing, and each setting changed alone is one difference', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ruleNames), (rule) => {
      for (const [setting, value] of Object.entries(defaultRuleSettings[rule])) {
        const changes = { [rule]: { [setting]: value } };
        expect(spellChanges(changes)).toHaveLength(1);
        expect(diffRuleSets(set(changes), set(changes))).toEqual([]);
      }
    }),
  );
});

test.each<[string, RuleSet, string[]]>([
  ['nothing', set(slower, { Inotropes: slower }), []],
  ['a care area that nobody has', set({}, { inotrope: slower }), ['careAreas[0]']],
  ['a care area that differs in nothing', set({}, { inotropes: { 'silent-pump': {} } }), ['careAreas[0]']],
  ['a review date of today', { ...set({}), reviewDate: '2026-11-25' }, ['reviewDate']],
  ['crossed thresholds', set({ 'missed-dose': { lateAfterMin: 300 } }), ['changes.missed-dose']],
])('against submitting: %s', (_, given, paths) => {
  expect(checkRuleSetNow(given, ['inotropes', 'adult'], '2026-11-25').map(({ path }) => path)).toEqual(paths);
});
