import { drugKey } from '../library/drug-entry.ts';
import type { RuleChanges, RuleName, RuleSet } from './rule-set.ts';
import { defaultRuleSettings } from './rule-settings.ts';
import { ruleNames, ruleWords, type SettingValue, settingsOf, spellSetting } from './rule-words.ts';

// What one rule set changes against another, or against the defaults, in words.

export type RuleSetChange = {
  kind: 'added' | 'removed' | 'changed';
  /** null: everywhere. */
  careArea: string | null;
  rule: RuleName;
  setting: string;
  words: string;
};

/** @param from null: the defaults */
export function diffRuleSets(from: RuleSet | null, to: RuleSet): RuleSetChange[] {
  const changes = diffChanges(from?.changes ?? {}, to.changes, null, (rule, setting) => ({
    below: 'default',
    value: settingOf(defaultRuleSettings, rule, setting),
  }));
  const areas = new Map<string, string>();
  for (const { careArea } of [...to.careAreas, ...(from?.careAreas ?? [])]) {
    if (!areas.has(drugKey(careArea))) areas.set(drugKey(careArea), careArea);
  }
  for (const [key, careArea] of areas) {
    const given = (set: RuleSet | null) =>
      set?.careAreas.find((known) => drugKey(known.careArea) === key)?.changes ?? {};
    changes.push(...diffChanges(given(from), given(to), careArea, () => ({ below: 'as everywhere', value: null })));
  }
  return changes;
}

/** What a level changes, in words: "silent pump: paged after 45 min (default 30 min)". */
export function spellChanges(changes: RuleChanges): string[] {
  return diffChanges({}, changes, null, (rule, setting) => ({
    below: 'default',
    value: settingOf(defaultRuleSettings, rule, setting),
  })).map(({ words }) => words);
}

type Below = (rule: RuleName, setting: string) => { below: string; value: SettingValue | null };

function diffChanges(from: RuleChanges, to: RuleChanges, careArea: string | null, below: Below): RuleSetChange[] {
  const found: RuleSetChange[] = [];
  for (const rule of ruleNames) {
    for (const [setting, { label, unit }] of settingsOf(rule)) {
      const was = settingOf(from, rule, setting);
      const is = settingOf(to, rule, setting);
      if (JSON.stringify(was) === JSON.stringify(is)) continue;
      const kind = was === null ? 'added' : is === null ? 'removed' : 'changed';
      const spell = (value: SettingValue | null) => {
        if (value !== null) return spellSetting(value, unit);
        const lower = below(rule, setting);
        return lower.value === null ? lower.below : `${lower.below} ${spellSetting(lower.value, unit)}`;
      };
      const place = careArea === null ? '' : `${careArea}, `;
      const words = `${place}${ruleWords[rule].title.toLowerCase()}: ${label} ${spell(was)} → ${spell(is)}`;
      found.push({ kind, careArea, rule, setting, words });
    }
  }
  return found;
}

/** A setting where a level names it. */
function settingOf(changes: RuleChanges, rule: RuleName, setting: string): SettingValue | null {
  const value: unknown = Object.entries(changes[rule] ?? {}).find(([name]) => name === setting)?.[1];
  if (typeof value === 'number' || typeof value === 'string') return value;
  return Array.isArray(value) ? value.map(String) : null;
}
