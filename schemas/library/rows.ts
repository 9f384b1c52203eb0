import { type DrugEntry, type LibraryConcentration, type LimitField, limitFields } from './drug-entry.ts';
import type { LibraryContent } from './library.ts';
import { type Limit, type Limits, limitLevels } from './limit.ts';

// A library as a table, one line per property: what CSV prints and what a diff compares.

export const columns = [
  'care area',
  'drug',
  'property',
  'value',
  'unit',
  'hard low',
  'soft low',
  'soft high',
  'hard high',
  'reason',
  'reference',
  'review date',
] as const;
export type Column = (typeof columns)[number];
export type LibraryRow = Record<Column, string>;

/** What people call the quantities that have limits; the fixed unit where there is one. */
export const limitWords: Record<LimitField, { label: string; unit: string | null }> = {
  doseRate: { label: 'dose rate', unit: null },
  rateMlPerH: { label: 'rate', unit: 'mL/h' },
  bolusDose: { label: 'bolus dose', unit: null },
  bolusRate: { label: 'bolus rate', unit: null },
  durationMin: { label: 'duration', unit: 'min' },
  vtbiMl: { label: 'VTBI', unit: 'mL' },
  pcaDemand: { label: 'PCA demand', unit: null },
  lockoutMin: { label: 'lockout', unit: 'min' },
};

/** One row per property, in the library's order. */
export function rowsOf(library: LibraryContent): LibraryRow[] {
  const rows: LibraryRow[] = [row('', '', 'library', library.name)];
  if (library.notice !== null) rows.push(row('', '', 'notice', library.notice));
  for (const area of library.careAreas) {
    rows.push(row(area.name, '', 'outside the library', area.outsideLibrary));
    for (const entry of area.drugs) rows.push(...entryRows(area.name, entry));
  }
  return rows;
}

function row(area: string, drug: string, property: string, value: string, more: Partial<LibraryRow> = {}): LibraryRow {
  return {
    'care area': area,
    drug,
    property,
    value,
    unit: '',
    'hard low': '',
    'soft low': '',
    'soft high': '',
    'hard high': '',
    reason: '',
    reference: '',
    'review date': '',
    ...more,
  };
}

function entryRows(area: string, entry: DrugEntry): LibraryRow[] {
  const one = (property: string, value: string) => row(area, entry.name, property, value);
  const rows = [one('class', entry.drugClass), ...entry.alsoKnownAs.map((name) => one('also known as', name))];
  if (entry.critical) rows.push(one('critical', 'yes'));
  if (entry.toleratesStopMin !== null) rows.push(one('tolerates a stop of min', String(entry.toleratesStopMin)));
  rows.push(...entry.concentrations.map((given) => one('concentration', spellConcentration(given))));
  rows.push(...entry.modes.map((mode) => one('mode', mode)));
  rows.push(one('dose unit', entry.doseUnit));
  rows.push(...entry.needs.map((need) => one('needs', need)));
  if (entry.kvoMlPerH !== null) rows.push(one('KVO mL/h', String(entry.kvoMlPerH)));
  if (entry.nearEndMin !== null) rows.push(one('near end min', String(entry.nearEndMin)));
  rows.push(...entry.advisories.map((advisory) => one('advisory', advisory)));
  for (const field of limitFields) {
    const { label, unit } = limitWords[field];
    const given = entry.limits[field];
    if (!given) continue;
    const spelled = unit ?? ('unit' in given ? given.unit : entry.doseUnit);
    rows.push(row(area, entry.name, label, '', limitCells(given, spelled)));
  }
  for (const given of entry.limits.cumulative) {
    rows.push(row(area, entry.name, `dose in ${given.hours} h`, '', limitCells(given, given.unit)));
  }
  return rows;
}

/** `5 mg per 1 mL`, `40 to 50 mg per 1 mL`. */
export function spellConcentration(given: LibraryConcentration): string {
  const amount = 'amount' in given ? String(given.amount) : `${given.from} to ${given.to}`;
  return `${amount} ${given.unit} per ${given.perMl} mL`;
}

/** `10`, `1.25 × order`. */
export function spellLimit(limit: Limit | undefined): string {
  if (limit === undefined) return '';
  return typeof limit === 'number' ? String(limit) : `${limit.ofOrder} × order`;
}

function limitCells(given: Limits, unit: string): Partial<LibraryRow> {
  const [hardLow, softLow, softHigh, hardHigh] = limitLevels.map((level) => spellLimit(given[level]));
  return {
    unit,
    'hard low': hardLow ?? '',
    'soft low': softLow ?? '',
    'soft high': softHigh ?? '',
    'hard high': hardHigh ?? '',
    reason: given.reason ?? '',
    reference: given.reference ?? '',
    'review date': given.reviewDate ?? '',
  };
}
