import * as z from 'zod';
import { ruleSet, ruleSettings } from '../rules/rule-set.ts';
import { apiTime, givenDay } from './api-time.ts';
import { libraryVersion } from './libraries.ts';
import { pageQuery } from './shapes.ts';

// Versions of the rule set, as the api tells and takes them. There is one line of them: one set holds for everybody.

const lived = libraryVersion.pick({
  version: true,
  basedOn: true,
  revision: true,
  state: true,
  authors: true,
  created: true,
  changed: true,
  submitted: true,
  sentBack: true,
  approved: true,
  published: true,
  urgent: true,
  retired: true,
});

export const ruleSetVersion = lived.extend({
  name: z.string(),
  /** Why this version was made, and when it is to be looked at again. */
  reason: z.string(),
  reviewDate: givenDay,
  careAreas: z.int(),
  /** The one whose settings hold now. */
  inForce: z.boolean(),
});
export type RuleSetVersion = z.infer<typeof ruleSetVersion>;

export const ruleSetProblem = z.object({ path: z.string(), what: z.string(), expected: z.string() });
/** What a change answers: the version without its content. */
export const checkedRuleSet = ruleSetVersion.extend({ problems: z.array(ruleSetProblem) });
export const ruleSetDetail = checkedRuleSet.extend({ content: ruleSet });
export type RuleSetDetail = z.infer<typeof ruleSetDetail>;

/** What holds now: null where nothing is published and the defaults hold. `settings` are whole, level by level. */
export const ruleSetInForce = z.object({
  version: z.int().nullable(),
  content: ruleSet.nullable(),
  publishedAt: apiTime.nullable(),
  settings: ruleSettings,
  careAreas: z.array(z.object({ careArea: z.string(), settings: ruleSettings })),
  /** Care areas of published libraries and of therapies: those that a rule set may name. */
  knownAreas: z.array(z.string()),
});
export type RuleSetInForce = z.infer<typeof ruleSetInForce>;

export const ruleSetsQuery = z.strictObject(pageQuery.shape);
const number = z.coerce.number('a version’s number').int();
export const ruleSetParams = z.object({ v: number.min(1).max(1_000_000) });

/** A new draft: a copy of `from`, else of what is in force, else empty, with a reason of its own. */
export const newRuleSetRequest = z.strictObject({
  reason: z.string().trim().min(1, 'why this version is made').max(500),
  from: z.int().min(1).optional(),
  /** Left out: a year from now. */
  reviewDate: givenDay.optional(),
});
/** `revision` is the one that the content was made from. */
export const ruleSetDraftRequest = z.strictObject({ revision: z.int().min(1), content: ruleSet });

/** `against`: a version, or 0 for the defaults; left out: what is in force. */
export const ruleSetDiffQuery = z.strictObject({ against: number.min(0).max(1_000_000).optional() });
export const ruleSetDiff = z.object({
  /** 0: the defaults. */
  from: z.int(),
  to: z.int(),
  changes: z.array(
    z.object({
      kind: z.enum(['added', 'removed', 'changed']),
      /** null: everywhere. */
      careArea: z.string().nullable(),
      rule: z.string(),
      setting: z.string(),
      words: z.string(),
    }),
  ),
});
