import * as z from 'zod';

// Limits of one quantity: hardLow ≤ softLow ≤ softHigh ≤ hardHigh. Each is a number in the quantity's unit, or a factor
// of what was ordered (as for treprostinil).

const absolute = z.number().min(0).max(1e9);
const limit = z.union([absolute, z.strictObject({ ofOrder: z.number().min(0).max(1000) })], {
  error: 'a number of at least 0, or {"ofOrder": factor}',
});
export type Limit = z.infer<typeof limit>;

export const limitLevels = ['hardLow', 'softLow', 'softHigh', 'hardHigh'] as const;
export type LimitLevel = (typeof limitLevels)[number];

const text = z.string().min(1).max(500);

/** The four limits of a quantity; absent = no limit there. */
export const limits = z.strictObject({
  hardLow: limit.optional(),
  softLow: limit.optional(),
  softHigh: limit.optional(),
  hardHigh: limit.optional(),
  /** Why it is so, where it is written, and when it is looked at again. */
  reason: text.optional(),
  reference: text.optional(),
  reviewDate: z.iso.date('a date such as 2026-11-22').optional(),
});
export type Limits = z.infer<typeof limits>;

/** Limits of a dose that is given at once: in an amount, or an amount per kg or m². */
export const singleDoseLimits = limits.extend({ unit: z.string().max(40) });
/** Limits of a bolus's speed: a dose rate's unit. */
export const doseRateLimits = limits.extend({ unit: z.string().max(40) });

/** Hours over which the doses of one patient and drug are added up. */
export const cumulativeHours = [1, 4, 24] as const;
export const cumulativeLimits = singleDoseLimits.extend({ hours: z.literal(cumulativeHours) });

/** Pairs of limits that stand in the wrong order, absolute and relative ones each among themselves. */
export function crossedLimits(given: Limits): { low: LimitLevel; high: LimitLevel }[] {
  const crossed: { low: LimitLevel; high: LimitLevel }[] = [];
  for (const kind of ['absolute', 'ofOrder'] as const) {
    let before: { level: LimitLevel; value: number } | null = null;
    for (const level of limitLevels) {
      const value = limitValue(given[level], kind);
      if (value === null) continue;
      if (before && before.value > value) crossed.push({ low: before.level, high: level });
      before = { level, value };
    }
  }
  return crossed;
}

function limitValue(given: Limit | undefined, kind: 'absolute' | 'ofOrder'): number | null {
  if (given === undefined) return null;
  if (typeof given === 'number') return kind === 'absolute' ? given : null;
  return kind === 'ofOrder' ? given.ofOrder : null;
}

/** Whether any of the four is set. */
export function hasLimit(given: Limits): boolean {
  return limitLevels.some((level) => given[level] !== undefined);
}
