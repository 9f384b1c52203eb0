import * as z from 'zod';
import { cumulativeLimits, doseRateLimits, limits, singleDoseLimits } from './limit.ts';

// One drug in one care area: how it may be programmed.

const name = z.string().min(1).max(120);

/** A concentration that is stocked, or a range that may be made up. Old and new may coexist. */
export const libraryConcentration = z.union(
  [
    z.strictObject({ amount: z.number(), unit: z.string().max(40), perMl: z.number() }),
    z.strictObject({ from: z.number(), to: z.number(), unit: z.string().max(40), perMl: z.number() }),
  ],
  { error: 'an amount per mL such as {"amount": 5, "unit": "mg", "perMl": 1}, or a range with "from" and "to"' },
);
export type LibraryConcentration = z.infer<typeof libraryConcentration>;

/** How a drug is programmed: the pump's modes. */
export const dosingModes = ['continuous', 'intermittent', 'pca', 'taper', 'ramp', 'multistep', 'loading'] as const;

/** Quantities that can have limits, in the order in which they are checked and shown. */
export const limitFields = [
  'doseRate',
  'rateMlPerH',
  'bolusDose',
  'bolusRate',
  'durationMin',
  'vtbiMl',
  'pcaDemand',
  'lockoutMin',
] as const;
export type LimitField = (typeof limitFields)[number];

export const drugEntry = z.strictObject({
  /** With tall-man letters: DOBUTamine. */
  name,
  /** Other names that pumps and charts use. */
  alsoKnownAs: z.array(name).max(20).default([]),
  drugClass: name,
  /** ★ critical continuity: any stop or silence is high. */
  critical: z.boolean().default(false),
  /** Minutes without this drug that a patient tolerates; null: not known. */
  toleratesStopMin: z.number().positive().max(100_000).nullable().default(null),
  concentrations: z.array(libraryConcentration).max(50).default([]),
  modes: z.array(z.enum(dosingModes)).min(1),
  /** Unit of the dose rate: `mcg/kg/min`. */
  doseUnit: z.string().max(40),
  needs: z.array(z.enum(['weight', 'bsa'])).default([]),
  kvoMlPerH: z.number().min(0).max(50).nullable().default(null),
  nearEndMin: z.number().min(0).max(1440).nullable().default(null),
  advisories: z.array(z.string().min(1).max(1000)).max(20).default([]),
  limits: z
    .strictObject({
      /** In `doseUnit`. */
      doseRate: limits.optional(),
      rateMlPerH: limits.optional(),
      bolusDose: singleDoseLimits.optional(),
      bolusRate: doseRateLimits.optional(),
      durationMin: limits.optional(),
      vtbiMl: limits.optional(),
      pcaDemand: singleDoseLimits.optional(),
      lockoutMin: limits.optional(),
      cumulative: z.array(cumulativeLimits).max(3).default([]),
    })
    .default({ cumulative: [] }),
});
export type DrugEntry = z.infer<typeof drugEntry>;

/** A name as it is compared: tall-man letters and spaces don't count. */
export function drugKey(given: string): string {
  return given.trim().toLowerCase().replace(/\s+/g, ' ');
}
