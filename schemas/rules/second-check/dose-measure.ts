import { drugKey } from '../../library/drug-entry.ts';
import { doseFromVolume } from '../dose.ts';
import { type AmountKind, type AmountUnit, amountUnits, parseAmountUnit, parseSingleDoseUnit } from '../units.ts';
import type { Care } from './settle-care.ts';

// Whose a dose is, of which drug, and how much drug a millilitre holds.

const smallest: Record<AmountKind, AmountUnit> = {
  mass: 'ng',
  units: 'units',
  equivalents: 'mEq',
  moles: 'mmol',
  volume: 'mL',
};

/** Doses are added up by patient, drug and kind of amount; without a patient, by pump alone. */
export function doseKey(patient: string | null, drug: string, kind: AmountKind): string {
  return `${patient ?? '?'}|${drugKey(drug)}|${kind}`;
}

/** The same drug's key for another patient. */
export function keyOfPatient(key: string, patient: string | null): string {
  return `${patient ?? '?'}${key.slice(key.indexOf('|'))}`;
}

/** Whose doses a key is for. */
export function patientOfKey(key: string): string | null {
  const patient = key.slice(0, key.indexOf('|'));
  return patient === '?' ? null : patient;
}

export type DoseMeasure = { key: string; patient: string | null; perMl: number };

/** How millilitres of this infusion become a dose, or in words why they can't. */
export function doseMeasure(care: Omit<Care, 'measure'>): DoseMeasure | { reason: string } {
  const { drug, entry, programme, match } = care;
  if (drug === null) return { reason: 'not checked: the drug is not known' };
  const concentration = programme?.concentration ?? match.order?.numbers.concentration ?? null;
  const limited = entry?.limits.cumulative[0] ? parseSingleDoseUnit(entry.limits.cumulative[0].unit) : null;
  const contained = concentration ? parseAmountUnit(concentration.unit) : null;
  const kind = limited ? amountUnits[limited.amount].kind : contained ? amountUnits[contained].kind : 'volume';
  const perMl = doseFromVolume(1, { amount: smallest[kind], per: null }, concentration, {});
  if (!perMl.ok) return { reason: perMl.reason };
  const patient = match.patient;
  return { key: doseKey(patient, drug, kind), patient, perMl: perMl.value };
}
