import * as z from 'zod';
import type { RuleSettings } from '#schemas/rules/rule-set.ts';
import { ruleException, ruleSet } from '#schemas/rules/rule-set.ts';
import { settingsFor } from '#schemas/rules/rule-settings.ts';

/** What sql/pump_rule_levels.sql tells of a pump. */
const levels = z.object({
  set: ruleSet.nullable(),
  careArea: z.string().nullable(),
  exceptions: z.array(ruleException),
});

/** The settings that hold for a pump now: defaults, rule set, care area, the patient's exceptions. */
export function settingsOfLevels(row: unknown, now: number): RuleSettings {
  const { set, careArea, exceptions } = levels.parse(row);
  return settingsFor(set, careArea, exceptions, now);
}
