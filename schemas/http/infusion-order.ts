import * as z from 'zod';
import { orderStates } from '../orders/order-content.ts';
import { therapyStatuses } from '../rules/order-match.ts';
import { apiTime } from './api-time.ts';
import { order } from './orders.ts';

/** The order that an infusion is to follow, or in words why there is none, and how the programme compares with it. */
export const infusionOrder = z.object({
  by: z.enum(['therapy-reference', 'assignment']).nullable(),
  therapy: z
    .object({ id: z.string(), reference: z.string(), drug: z.string(), status: z.enum(therapyStatuses) })
    .nullable(),
  /** The version that counts now, or counted when the infusion ended. */
  order: order.omit({ patient: true }).nullable(),
  /** Why there is no order. */
  words: z.string().nullable(),
  /** What people should look at although there is an answer. */
  doubts: z.array(z.string()),
  /** Verified versions of the therapy's order, newest first: each counted from `from` to `to`. */
  versions: z.array(
    z.object({ id: z.string(), version: z.int(), state: z.enum(orderStates), from: apiTime, to: apiTime.nullable() }),
  ),
  /** The newest programme against the order, field by field; one that was not compared says why. */
  checks: z.array(
    z.object({
      field: z.string(),
      outcome: z.enum(['agrees', 'differs', 'not-checked']),
      priority: z.enum(['high', 'medium', 'low']).nullable(),
      words: z.string(),
      /** What was compared, in `unit`; null where there were no two numbers. */
      numbers: z.object({ programmed: z.number(), ordered: z.number(), unit: z.string() }).nullable(),
    }),
  ),
});
export type InfusionOrder = z.infer<typeof infusionOrder>;
