import * as z from 'zod';
import { type Answer, type Body, convertDose, doseFromRate, rateFromDose } from './dose.ts';
import { type DoseUnit, parseDoseUnit } from './units.ts';

// What was prescribed: the numbers of an order that a programme can be compared with.

const positive = z.number().positive().max(1e9);

export const orderNumbers = z.strictObject({
  drug: z.string().min(1).max(120),
  concentration: z
    .strictObject({ amount: positive, unit: z.string().max(40), perMl: positive })
    .nullable()
    .default(null),
  doseRate: positive.nullable().default(null),
  doseUnit: z.string().max(40).nullable().default(null),
  rateMlPerH: z.number().positive().max(2000).nullable().default(null),
  totalDose: z
    .strictObject({ amount: positive, unit: z.string().max(40) })
    .nullable()
    .default(null),
  volumeMl: z.number().positive().max(100_000).nullable().default(null),
  /** Declared: what the bag holds beyond the volume. */
  overfillMl: z.number().min(0).max(10_000).default(0),
  durationMin: z.number().positive().max(1_000_000).nullable().default(null),
  weightKg: z.number().positive().max(700).nullable().default(null),
  bsaM2: z.number().positive().max(5).nullable().default(null),
  /** Doses with pauses between, or on demand, don't run at volume ÷ duration. */
  mode: z.enum(['continuous', 'intermittent', 'pca', 'steps']).default('continuous'),
  pca: z
    .strictObject({ demandMl: positive, lockoutMin: positive, maxMlPer4H: positive.nullable().default(null) })
    .nullable()
    .default(null),
});
export type Order = z.infer<typeof orderNumbers>;

const unsaid = (what: string): Answer => ({ ok: false, reason: `not checked: no ${what} in the order` });

/** The ordered rate in mL/h: as said, or as dose, or as volume and duration say. */
export function orderedRate(order: Order): Answer {
  if (order.rateMlPerH !== null) return { ok: true, value: order.rateMlPerH };
  const unit = order.doseUnit === null ? null : parseDoseUnit(order.doseUnit);
  if (order.mode !== 'intermittent' && unit && order.doseRate !== null) {
    const rate = rateFromDose(order.doseRate, unit, order.concentration, order);
    if (rate.ok) return rate;
  }
  if (order.mode === 'continuous' && order.volumeMl !== null && order.durationMin !== null) {
    return { ok: true, value: order.volumeMl / (order.durationMin / 60) };
  }
  return unsaid('rate');
}

/** The ordered dose rate in a unit; the programme's body where the order names none. */
export function orderedDose(order: Order, wanted: DoseUnit, body: Body): Answer {
  const size = { weightKg: order.weightKg ?? body.weightKg ?? null, bsaM2: order.bsaM2 ?? body.bsaM2 ?? null };
  if (order.doseRate !== null && order.doseUnit !== null) {
    const unit = parseDoseUnit(order.doseUnit);
    if (!unit)
      return { ok: false, reason: `not checked: the order’s unit ${JSON.stringify(order.doseUnit)} is unknown` };
    return convertDose(order.doseRate, unit, wanted, order.concentration, size);
  }
  if (order.mode === 'intermittent') return unsaid('dose rate');
  const rate = orderedRate(order);
  return rate.ok ? doseFromRate(rate.value, wanted, order.concentration, size) : unsaid('dose rate');
}

/** How long it was ordered to run, min. */
export function orderedDuration(order: Order): Answer {
  if (order.durationMin !== null) return { ok: true, value: order.durationMin };
  if (order.mode !== 'continuous' || order.volumeMl === null) return unsaid('duration');
  const rate = orderedRate(order);
  return rate.ok ? { ok: true, value: (order.volumeMl / rate.value) * 60 } : unsaid('duration');
}
