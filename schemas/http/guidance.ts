import * as z from 'zod';
import { guidanceTypes } from '../guidance/default-guidance.ts';
import { drugKey } from '../library/drug-entry.ts';
import { apiTime } from './api-time.ts';
import { pageQuery } from './shapes.ts';

// What to do about an alert. A draft counts once another pharmacist has published it; its text never changes.

const person = z.object({ id: z.string(), name: z.string() });
export const guidanceStates = ['draft', 'published', 'replaced', 'discarded'] as const;

export const guidance = z.object({
  id: z.string(),
  /** An alert's type, or the beginning of an alarm's code. */
  type: z.string(),
  /** null: any drug. */
  drug: z.string().nullable(),
  version: z.int(),
  state: z.enum(guidanceStates),
  steps: z.array(z.string()),
  createdBy: person,
  createdAt: apiTime,
  publishedBy: person.nullable(),
  publishedAt: apiTime.nullable(),
  endedBy: person.nullable(),
  endedAt: apiTime.nullable(),
});
export type Guidance = z.infer<typeof guidance>;

export const guidanceRequest = z.strictObject({
  type: z.enum(guidanceTypes, { error: `one of ${guidanceTypes.join(', ')}` }),
  /** Left out or null: any drug. */
  drug: z.string().trim().min(1).max(120).transform(drugKey).nullable().default(null),
  /** Short ones: they are read at two in the morning. */
  steps: z
    .array(z.string().trim().min(1, 'not empty').max(200, 'at most 200 characters: say it shorter'))
    .min(1, 'at least one step')
    .max(6, 'at most 6 steps'),
});

export const guidanceQuery = z.strictObject({
  ...pageQuery.shape,
  type: z.string().min(1).max(120).optional(),
  state: z.enum(guidanceStates).optional(),
});

/** What stands on an alert's card: no patient's data. */
export const alertGuidance = z.object({
  type: z.string(),
  drug: z.string().nullable(),
  title: z.string(),
  steps: z.array(z.string()),
  /** Whose words they are; null: the default, which no pharmacist of yours has read. */
  published: z.object({ id: z.string(), version: z.int(), at: apiTime, by: person, writtenBy: person }).nullable(),
  /** The default is general wording, NOT FOR CLINICAL USE. */
  isDefault: z.boolean(),
});
export type AlertGuidance = z.infer<typeof alertGuidance>;
