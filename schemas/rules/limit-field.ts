import type { CheckedField } from './limit-check.ts';

// Pumps name the limited quantity in their own words; letters only are compared.

const spellings: Record<string, CheckedField> = {
  doserate: 'doseRate',
  dose: 'doseRate',
  rate: 'rateMlPerH',
  flowrate: 'rateMlPerH',
  ratemlperh: 'rateMlPerH',
  bolus: 'bolusDose',
  bolusdose: 'bolusDose',
  bolusamount: 'bolusDose',
  loadingdose: 'bolusDose',
  bolusrate: 'bolusRate',
  duration: 'durationMin',
  durationmin: 'durationMin',
  time: 'durationMin',
  vtbi: 'vtbiMl',
  vtbiml: 'vtbiMl',
  volume: 'vtbiMl',
  pcademand: 'pcaDemand',
  demand: 'pcaDemand',
  demandml: 'pcaDemand',
  demanddose: 'pcaDemand',
  lockout: 'lockoutMin',
  lockoutmin: 'lockoutMin',
  maxmlperh: 'doseIn1H',
  maxmlper4h: 'doseIn4H',
  dosein1h: 'doseIn1H',
  dosein4h: 'doseIn4H',
  dosein24h: 'doseIn24H',
};

/** Our name of the quantity in a pump's `limit` record, or null when it is none that the library limits. */
export function limitFieldOf(text: string): CheckedField | null {
  const key = text.toLowerCase().replace(/[^a-z0-9]/g, '');
  return Object.hasOwn(spellings, key) ? (spellings[key] ?? null) : null;
}
