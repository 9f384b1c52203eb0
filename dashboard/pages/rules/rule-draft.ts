import { type RuleChanges, ruleChanges } from '#schemas/rules/rule-set.ts';
import { ruleNames, settingsOf } from '#schemas/rules/rule-words.ts';

// Settings of one level as they stand in a form: text by rule and setting; empty means that the level below says it.

/** By `rule.setting`. */
export type LevelText = Readonly<Record<string, string>>;

export const placeOf = (rule: string, setting: string): string => `${rule}.${setting}`;

export function toText(changes: RuleChanges): LevelText {
  const text: Record<string, string> = {};
  for (const rule of ruleNames) {
    for (const [setting, value] of Object.entries(changes[rule] ?? {})) {
      text[placeOf(rule, setting)] = Array.isArray(value) ? value.join(', ') : String(value);
    }
  }
  return text;
}

/** Settings that hold a list; all others are numbers or one of a few words. */
export const listed: readonly string[] = ['running-on-hold.highClasses'];
/** Settings that are one of a few words. */
export const worded: Readonly<Record<string, readonly string[]>> = {
  'programme-against-library.hardLimit': ['high', 'medium', 'low'],
  'programme-against-library.notInLibrary': ['high', 'medium', 'low'],
  'missed-dose.priority': ['medium', 'low'],
};

export type ReadLevel = { changes: RuleChanges; problems: ReadonlyMap<string, string> };

/** What the text says, as far as it can be read; `problems` by `rule.setting`. */
export function readLevel(text: LevelText): ReadLevel {
  const problems = new Map<string, string>();
  const given: Record<string, Record<string, unknown>> = {};
  for (const rule of ruleNames) {
    for (const [setting] of settingsOf(rule)) {
      const place = placeOf(rule, setting);
      const typed = text[place]?.trim() ?? '';
      if (typed === '') continue;
      const value = valueTyped(place, typed);
      if (value === null) problems.set(place, `“${typed}” is not a number such as 28.8`);
      else given[rule] = { ...given[rule], [setting]: value };
    }
  }
  const read = ruleChanges.safeParse(given);
  if (read.success) return { changes: read.data, problems };
  for (const { path, message } of read.error.issues) problems.set(path.slice(0, 2).join('.'), message);
  return { changes: {}, problems };
}

function valueTyped(place: string, typed: string): number | string | string[] | null {
  if (listed.includes(place)) {
    return typed
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '');
  }
  if (worded[place] !== undefined) return typed;
  return /^\d+(\.\d+)?$/.test(typed) ? Number(typed) : null;
}
