import * as z from 'zod';
import { type Priority, priorities } from '../../messages/record.ts';

// What is remembered of a therapy between two looks, and what a look says.

const priority = z.enum(priorities);

export const therapyState = z.object({
  /** Doses that were due before are nobody's business: the therapy was not active, or not watched. */
  since: z.number(),
  /** Findings that hold, each with its alert. */
  open: z.array(z.object({ id: z.string(), key: z.string(), priority })),
  /** Findings of doses that were told and are over, oldest first: none is told twice. */
  told: z.array(z.string()),
  visit: z.object({ priority }).nullable(),
});
export type TherapyState = z.infer<typeof therapyState>;

export type TherapyEffect =
  | {
      do: 'raise';
      id: string;
      type: string;
      priority: Priority;
      message: string;
      detail: Record<string, unknown>;
      raisedAt: number;
      infusion: string | null;
      /** Set where it was over before anybody could be told: recorded, never paged. */
      ended: { at: number; reason: string } | null;
    }
  | { do: 'worsen'; id: string; priority: Priority; detail: Record<string, unknown> }
  | { do: 'reopen'; id: string }
  | { do: 'end'; id: string; at: number; reason: string; detail: Record<string, unknown> };

export type TherapyStep = { next: TherapyState; effects: TherapyEffect[] };

export function newTherapyState(since: number): TherapyState {
  return { since, open: [], told: [], visit: null };
}
