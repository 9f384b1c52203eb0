import * as z from 'zod';
import { programmeModes } from '../messages/record.ts';

// What was prescribed, as people enter it and as an import brings it. What does not fit together is found by
// order-check.ts; here only single values are looked at.

const drugName = z.string().trim().min(1, 'the drug’s name').max(120);
const unit = z.string().trim().min(1).max(40);
const aboveZero = (what: string, most: number) => z.number().positive(`${what} above 0`).max(most);

export const orderConcentration = z.strictObject({
  amount: z.number().positive('an amount above 0: a concentration of 0 holds no drug').max(1e9),
  unit,
  perMl: aboveZero('a number of mL', 100_000).default(1),
});

export const orderContent = z.strictObject({
  drug: drugName,
  mode: z.enum(programmeModes).default('continuous'),
  /** null: a fluid without a drug amount, such as sodium chloride or nutrition. */
  concentration: orderConcentration.nullable().default(null),
  /** In `doseUnit`; null where the order is given in mL/h. */
  doseRate: aboveZero('a dose rate', 1e9).nullable().default(null),
  doseUnit: unit.nullable().default(null),
  rateMlPerH: aboveZero('a rate', 2_000).nullable().default(null),
  /** What the patient is to get. */
  volumeMl: aboveZero('a volume', 100_000),
  /** What the bag holds beyond it, as declared by the pharmacy. */
  overfillMl: z.number().min(0).max(10_000).default(0),
  /** Total amount of drug in `volumeMl`, where the order names one. */
  total: z
    .strictObject({ amount: aboveZero('a total', 1e9), unit })
    .nullable()
    .default(null),
  durationMin: aboveZero('a duration', 1_000_000),
  notes: z.string().trim().max(2_000).nullable().default(null),
});
export type OrderContent = z.infer<typeof orderContent>;

/** Life of one version of an order. What is verified never changes: a change is the next version. */
export const orderStates = ['draft', 'verified', 'superseded', 'cancelled'] as const;
export type OrderVersionState = (typeof orderStates)[number];
