import * as z from 'zod';
import { ruleChanges } from '../rules/rule-set.ts';
import { apiTime, givenTime } from './api-time.ts';
import { patientMark } from './patient-mark.ts';
import { pageQuery } from './shapes.ts';

// One patient's exceptions from the rule set: by whom, why, and until when.

const person = z.object({ id: z.string(), name: z.string() });

export const exceptionStates = ['to-come', 'in-force', 'expired', 'ended'] as const;

export const ruleExceptionItem = z.object({
  id: z.string(),
  patient: patientMark,
  changes: ruleChanges,
  /** `changes` in words. */
  words: z.array(z.string()),
  reason: z.string(),
  state: z.enum(exceptionStates),
  from: apiTime,
  expiresAt: apiTime,
  createdBy: person,
  createdAt: apiTime,
  /** Ended before its time. */
  endedBy: person.nullable(),
  endedAt: apiTime.nullable(),
});
export type RuleExceptionItem = z.infer<typeof ruleExceptionItem>;

/** An exception is a reason to look at a patient again: none is longer than this. */
export const mostExceptionDays = 366;

export const ruleExceptionRequest = z.strictObject({
  patient: z.guid('a patient’s id'),
  changes: ruleChanges,
  reason: z.string().trim().min(1, 'why this patient is an exception').max(500),
  /** Left out: now. */
  from: givenTime.optional(),
  expiresAt: givenTime,
});
export const ruleExceptionsQuery = z.strictObject({
  ...pageQuery.shape,
  patient: z.guid('an id such as 0b4f9c1e-…').optional(),
  state: z.enum(['in-force']).optional(),
});
