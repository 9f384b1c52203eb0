import * as z from 'zod';
import { apiTime } from './api-time.ts';

/** The last judgement of an infusion by the second check: against the library, and everything that was not checked. */
export const infusionCheck = z.object({
  judgedAt: apiTime,
  /** null: none was published. */
  library: z.object({ name: z.string(), version: z.int() }).nullable(),
  /** Why it is not one of the library's, limits apart; in words. */
  standing: z.array(z.string()),
  /** Each limit that was looked at, in words that name it. */
  limits: z.array(z.object({ field: z.string(), outcome: z.enum(['inside', 'soft', 'hard']), words: z.string() })),
  /** "weight not checked: no weight" */
  notChecked: z.array(z.string()),
});
export type InfusionCheck = z.infer<typeof infusionCheck>;
