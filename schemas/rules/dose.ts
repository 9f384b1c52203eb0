import {
  type AmountUnit,
  amountUnits,
  type BodyMeasure,
  type DoseUnit,
  parseAmountUnit,
  type SingleDoseUnit,
  timeUnits,
} from './units.ts';

// Dose rate ↔ volumetric rate. A question that can't be answered is an error in words, never a guess.

export type Concentration = { amount: number; unit: string; perMl: number };
export type Body = { weightKg?: number | null; bsaM2?: number | null };

export type Answer = { ok: true; value: number } | { ok: false; reason: string };

const refuse = (reason: string): Answer => ({ ok: false, reason });

/** Amount of drug in one millilitre, in `unit`. */
function amountPerMl(unit: AmountUnit, concentration: Concentration | null): Answer {
  const wanted = amountUnits[unit];
  if (wanted.kind === 'volume') return { ok: true, value: 1 / wanted.factor };
  if (!concentration) return refuse('not checked: no concentration');
  const contained = parseAmountUnit(concentration.unit);
  if (!contained) return refuse(`not checked: concentration unit ${JSON.stringify(concentration.unit)} is unknown`);
  if (amountUnits[contained].kind !== wanted.kind) {
    return refuse(`not checked: ${contained} can't be converted to ${unit}`);
  }
  if (!(concentration.amount > 0) || !(concentration.perMl > 0))
    return refuse('not checked: concentration is not above 0');
  return {
    ok: true,
    value: (concentration.amount * amountUnits[contained].factor) / (concentration.perMl * wanted.factor),
  };
}

/** What a dose per kg or m² is multiplied by to be the whole body's. */
export function bodySize(per: BodyMeasure | null, body: Body): Answer {
  if (per === null) return { ok: true, value: 1 };
  const size = per === 'kg' ? body.weightKg : body.bsaM2;
  if (!size || !(size > 0)) return refuse(per === 'kg' ? 'not checked: no weight' : 'not checked: no body surface');
  return { ok: true, value: size };
}

/** What one millilitre per hour is worth in the dose's unit: the factor between mL/h and dose rate. */
function dosePerMlPerH(unit: DoseUnit, concentration: Concentration | null, body: Body): Answer {
  const amount = amountPerMl(unit.amount, concentration);
  if (!amount.ok) return amount;
  const size = bodySize(unit.per, body);
  if (!size.ok) return size;
  return { ok: true, value: (amount.value * timeUnits[unit.time]) / (timeUnits.h * size.value) };
}

/** The dose that a volume in mL holds, in `unit`: what a bolus gives. */
export function doseFromVolume(
  ml: number,
  unit: SingleDoseUnit,
  concentration: Concentration | null,
  body: Body,
): Answer {
  const amount = amountPerMl(unit.amount, concentration);
  if (!amount.ok) return amount;
  const size = bodySize(unit.per, body);
  return size.ok ? { ok: true, value: (ml * amount.value) / size.value } : size;
}

/**
 * A dose rate in another unit. Between units of one kind it needs neither concentration nor, where both are per kg, per
 * m² or neither, the body; between a volume and an amount it goes through mL/h.
 */
export function convertDose(
  dose: number,
  from: DoseUnit,
  to: DoseUnit,
  concentration: Concentration | null,
  body: Body,
): Answer {
  if (amountUnits[from.amount].kind !== amountUnits[to.amount].kind) {
    const rate = rateFromDose(dose, from, concentration, body);
    return rate.ok ? doseFromRate(rate.value, to, concentration, body) : rate;
  }
  const wholeBody = { ok: true, value: 1 } as const;
  const fromSize = from.per === to.per ? wholeBody : bodySize(from.per, body);
  if (!fromSize.ok) return fromSize;
  const toSize = from.per === to.per ? wholeBody : bodySize(to.per, body);
  if (!toSize.ok) return toSize;
  const amount = (dose * amountUnits[from.amount].factor) / amountUnits[to.amount].factor;
  return { ok: true, value: (amount * timeUnits[to.time] * fromSize.value) / (timeUnits[from.time] * toSize.value) };
}

/**
 * Volumetric rate in mL/h that gives a dose rate.
 * @param dose in `unit`
 * @param concentration amount of drug in `perMl` millilitres; not needed where the dose is a volume
 */
export function rateFromDose(dose: number, unit: DoseUnit, concentration: Concentration | null, body: Body): Answer {
  const factor = dosePerMlPerH(unit, concentration, body);
  return factor.ok ? { ok: true, value: dose / factor.value } : factor;
}

/** Dose rate in `unit` that a volumetric rate in mL/h gives. */
export function doseFromRate(
  rateMlPerH: number,
  unit: DoseUnit,
  concentration: Concentration | null,
  body: Body,
): Answer {
  const factor = dosePerMlPerH(unit, concentration, body);
  return factor.ok ? { ok: true, value: rateMlPerH * factor.value } : factor;
}

/**
 * Concentration (amount in `unit.amount` per 1 mL) that makes a dose rate equal a volumetric rate: what a charted pair
 * of dose and mL/h says of the bag.
 */
export function concentrationFrom(dose: number, unit: DoseUnit, rateMlPerH: number, body: Body): Answer {
  if (!(rateMlPerH > 0)) return refuse('not derived: rate is not above 0');
  const perUnit = dosePerMlPerH(unit, { amount: 1, unit: unit.amount, perMl: 1 }, body);
  return perUnit.ok ? { ok: true, value: dose / (rateMlPerH * perUnit.value) } : perUnit;
}

/** Relative slack at a limit: a value exactly at the limit is inside, rounding notwithstanding. */
export const limitTolerance = 1e-9;

/** Whether a value passes a high limit. */
export function above(value: number, limit: number): boolean {
  return value > limit * (1 + limitTolerance);
}

/** Whether a value passes a low limit. */
export function below(value: number, limit: number): boolean {
  return value < limit * (1 - limitTolerance);
}
