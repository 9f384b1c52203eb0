import * as z from 'zod';
import { orderNumbers } from '../rules/order.ts';

// What was prescribed, as people enter it and as an import brings it. What does not fit together is found by
// order-check.ts; here only single values are looked at.

const orderConcentration = z.strictObject({
  amount: z.number().positive('an amount above 0: a concentration of 0 holds no drug').max(1e9),
  unit: z.string().trim().min(1).max(40),
  perMl: z.number().positive('a number of mL above 0').max(1e9).default(1),
});

const aboveZero = (what: string, most: number) => z.number().positive(`${what} above 0`).max(most);

export const orderContent = z.strictObject({
  ...orderNumbers.omit({ weightKg: true, bsaM2: true }).shape,
  drug: z.string().trim().min(1, 'the drug’s name').max(120),
  /** null: a fluid without a drug amount, such as sodium chloride or nutrition. */
  concentration: orderConcentration.nullable().default(null),
  /** What the patient is to get. */
  volumeMl: aboveZero('a volume', 100_000),
  durationMin: aboveZero('a duration', 1_000_000),
  notes: z.string().trim().max(2_000).nullable().default(null),
});
export type OrderContent = z.infer<typeof orderContent>;

/** Life of one version of an order. What is verified never changes: a change is the next version. */
export const orderStates = ['draft', 'verified', 'superseded', 'cancelled'] as const;
export type OrderVersionState = (typeof orderStates)[number];
