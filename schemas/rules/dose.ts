import { amountUnits, type DoseUnit, parseAmountUnit, timeUnits } from './units.ts';

// Dose rate ↔ volumetric rate. A question that can't be answered is an error in words, never a guess.

export type Concentration = { amount: number; unit: string; perMl: number };
export type Body = { weightKg?: number | null; bsaM2?: number | null };

export type Answer = { ok: true; value: number } | { ok: false; reason: string };

const refuse = (reason: string): Answer => ({ ok: false, reason });

/** What one millilitre per hour is worth in the dose's unit: the factor between mL/h and dose rate. */
function dosePerMlPerH(unit: DoseUnit, concentration: Concentration | null, body: Body): Answer {
  const dose = amountUnits[unit.amount];
  let amountPerMl = 1 / dose.factor;
  if (dose.kind !== 'volume') {
    if (!concentration) return refuse('not checked: no concentration');
    const contained = parseAmountUnit(concentration.unit);
    if (!contained) return refuse(`not checked: concentration unit ${JSON.stringify(concentration.unit)} is unknown`);
    if (amountUnits[contained].kind !== dose.kind) {
      return refuse(`not checked: ${contained} can't be converted to ${unit.amount}`);
    }
    if (!(concentration.amount > 0) || !(concentration.perMl > 0))
      return refuse('not checked: concentration is not above 0');
    amountPerMl = (concentration.amount * amountUnits[contained].factor) / (concentration.perMl * dose.factor);
  }
  let divisor = 1;
  if (unit.per === 'kg') {
    if (!body.weightKg || body.weightKg <= 0) return refuse('not checked: no weight');
    divisor = body.weightKg;
  }
  if (unit.per === 'm2') {
    if (!body.bsaM2 || body.bsaM2 <= 0) return refuse('not checked: no body surface');
    divisor = body.bsaM2;
  }
  return { ok: true, value: (amountPerMl * timeUnits[unit.time]) / (timeUnits.h * divisor) };
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
