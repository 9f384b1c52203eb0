import type { Body } from '../dose.ts';
import type { DoseLog } from '../dose-log.ts';
import type { CheckState } from './check-state.ts';
import type { Care } from './settle-care.ts';

// What the patient of this infusion was given of its drug, and by whose body it is measured.

/** Everything given by this pump and others, in order of its end. */
export function doseLog(check: CheckState, care: Care): DoseLog {
  if ('reason' in care.measure) return [];
  const { key } = care.measure;
  const own = check.doses.get(key) ?? [];
  const others = care.facts.doses.get(key) ?? [];
  const { dosing } = check;
  const log = others.length > 0 ? [...own, ...others] : [...own];
  if (dosing?.key === key) log.push({ from: dosing.from, to: dosing.to, amount: dosing.amount });
  return others.length > 0 ? log.sort((a, b) => a.to - b.to) : log;
}

export function bodyOf(care: Care): Body {
  const order = care.match.order?.numbers;
  return {
    weightKg: care.programme?.weightKg ?? order?.weightKg ?? care.patient?.weightKg ?? null,
    bsaM2: care.programme?.bsaM2 ?? order?.bsaM2 ?? care.patient?.bsaM2 ?? null,
  };
}
