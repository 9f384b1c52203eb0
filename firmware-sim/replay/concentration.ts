import { type Concentration, concentrationFrom, rateFromDose } from '#schemas/rules/dose.ts';
import { parseDoseUnit } from '#schemas/rules/units.ts';

/** A programme as the platform stored it. */
export type StoredProgramme = {
  doseRate: number | null;
  doseUnit: string | null;
  rateMlPerH: number | null;
  weightKg: number | null;
};

export type ConcentrationCheck =
  /** No programme has both a dose and a rate. */
  | { checked: false }
  | {
      checked: true;
      /** More than one distinct rate: the check can fail. */
      canFail: boolean;
      /** Programmes whose rate the first one's concentration does not give within 2 %, or that can't be computed. */
      failed: number;
      compared: number;
    };

const tolerance = 0.02;

/** Whether the concentration of an infusion's first programme gives the rates of its later ones. */
export function checkConcentration(programmes: readonly StoredProgramme[]): ConcentrationCheck {
  let bag: Concentration | null = null;
  let compared = 0;
  let failed = 0;
  const rates = new Set<number>();
  for (const { doseRate, doseUnit, rateMlPerH, weightKg } of programmes) {
    if (!doseRate || !rateMlPerH || doseUnit === null) continue;
    rates.add(rateMlPerH);
    const unit = parseDoseUnit(doseUnit);
    if (!unit) {
      failed += 1;
      continue;
    }
    if (!bag) {
      const first = concentrationFrom(doseRate, unit, rateMlPerH, { weightKg });
      if (first.ok) bag = { amount: first.value, unit: unit.amount, perMl: 1 };
      else failed += 1;
      continue;
    }
    compared += 1;
    const rate = rateFromDose(doseRate, unit, bag, { weightKg });
    if (!rate.ok || Math.abs(rate.value - rateMlPerH) > tolerance * rateMlPerH) failed += 1;
  }
  return rates.size === 0 ? { checked: false } : { checked: true, canFail: rates.size > 1, failed, compared };
}
