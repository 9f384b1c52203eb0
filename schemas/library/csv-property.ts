import { type LimitField, limitFields } from './drug-entry.ts';
import { type LibraryRow, limitWords } from './rows.ts';

// One row of a library's CSV file, put into the draft of what it is about.

/** What the rows about one library, care area or drug said so far. */
export type Draft = {
  values: Record<string, string | number | boolean>;
  lists: Record<string, unknown[]>;
  limits: Record<string, unknown>;
  cumulative: unknown[];
};
export type Refused = { what: string; expected: string };

export function newDraft(): Draft {
  return { values: {}, lists: {}, limits: {}, cumulative: [] };
}

type Setter = { field: string; read: 'text' | 'number' | 'yes'; many?: true };
const setters: Record<'library' | 'area' | 'drug', Record<string, Setter>> = {
  library: { library: { field: 'name', read: 'text' }, notice: { field: 'notice', read: 'text' } },
  area: { 'outside the library': { field: 'outsideLibrary', read: 'text' } },
  drug: {
    class: { field: 'drugClass', read: 'text' },
    'also known as': { field: 'alsoKnownAs', read: 'text', many: true },
    critical: { field: 'critical', read: 'yes' },
    'tolerates a stop of min': { field: 'toleratesStopMin', read: 'number' },
    mode: { field: 'modes', read: 'text', many: true },
    'dose unit': { field: 'doseUnit', read: 'text' },
    needs: { field: 'needs', read: 'text', many: true },
    'kvo ml/h': { field: 'kvoMlPerH', read: 'number' },
    'near end min': { field: 'nearEndMin', read: 'number' },
    advisory: { field: 'advisories', read: 'text', many: true },
  },
};

/** Puts one row into the library, the care area or the drug that it is about; says what is wrong with it, or null. */
export function setProperty(target: Draft, row: LibraryRow, level: keyof typeof setters): Refused | null {
  const property = row.property.trim().toLowerCase();
  const setter = Object.hasOwn(setters[level], property) ? setters[level][property] : undefined;
  if (setter) return setValue(target, setter, row);
  if (level === 'drug') {
    if (property === 'concentration') return addConcentration(target, row.value);
    const field = limitFields.find((name) => limitWords[name].label.toLowerCase() === property);
    if (field) return setLimits(target, field, row);
    const hours = /^dose in (\d+) h$/.exec(property)?.[1];
    if (hours) return addCumulative(target, Number(hours), row);
  }
  const known = Object.keys(setters[level]);
  const words = ['concentration', ...limitFields.map((name) => limitWords[name].label), 'dose in 1 h'];
  return {
    what: `unknown property ${JSON.stringify(row.property)}`,
    expected: [...known, ...(level === 'drug' ? words : [])].join(', '),
  };
}

function setValue(target: Draft, setter: Setter, row: LibraryRow): Refused | null {
  const read = readValue(row.value, setter.read);
  if (!read.ok) return read.refused;
  if (setter.many) {
    target.lists[setter.field] = [...(target.lists[setter.field] ?? []), read.value];
    return null;
  }
  if (target.values[setter.field] !== undefined) return { what: `${row.property} stands twice`, expected: 'one line' };
  target.values[setter.field] = read.value;
  return null;
}

type Read<T> = { ok: true; value: T } | { ok: false; refused: Refused };

function readValue(text: string, read: Setter['read']): Read<string | number | boolean> {
  if (read === 'text') return { ok: true, value: text };
  if (read === 'number') return readNumber(text);
  if (/^(yes|no)$/i.test(text.trim())) return { ok: true, value: text.trim().toLowerCase() === 'yes' };
  return { ok: false, refused: { what: `${JSON.stringify(text)} is neither yes nor no`, expected: 'yes or no' } };
}

const number = /^\d+(\.\d+)?(e[+-]?\d+)?$/i;

function readNumber(text: string): Read<number> {
  if (number.test(text.trim())) return { ok: true, value: Number(text) };
  return {
    ok: false,
    refused: { what: `${JSON.stringify(text)} is no number`, expected: 'digits with a decimal point, such as 2.5' },
  };
}

function addConcentration(target: Draft, text: string): Refused | null {
  const [, from = '', to, unit = '', per = ''] = /^(\S+)(?: to (\S+))? (.+) per (\S+) mL$/.exec(text.trim()) ?? [];
  const numbers = [from, to ?? '0', per].map(readNumber);
  if (numbers.some((given) => !given.ok)) {
    const expected = 'such as "5 mg per 1 mL" or "40 to 50 mg per 1 mL"';
    return { what: `concentration ${JSON.stringify(text)} can't be read`, expected };
  }
  const amount = to === undefined ? { amount: Number(from) } : { from: Number(from), to: Number(to) };
  target.lists.concentrations = [...(target.lists.concentrations ?? []), { ...amount, unit, perMl: Number(per) }];
  return null;
}

const limitColumns = [
  ['hard low', 'hardLow'],
  ['soft low', 'softLow'],
  ['soft high', 'softHigh'],
  ['hard high', 'hardHigh'],
] as const;

function readLimits(row: LibraryRow): Read<Record<string, unknown>> {
  const limits: Record<string, unknown> = {};
  for (const [column, level] of limitColumns) {
    const text = row[column].trim();
    if (text === '') continue;
    const ofOrder = /^(.+?) ?[×x*] ?order$/i.exec(text)?.[1];
    const read = readNumber(ofOrder ?? text);
    if (!read.ok) {
      const refused = { what: `${column}: ${read.refused.what}`, expected: '10, or 1.25 × order, or nothing' };
      return { ok: false, refused };
    }
    limits[level] = ofOrder === undefined ? read.value : { ofOrder: read.value };
  }
  if (row.reason !== '') limits.reason = row.reason;
  if (row.reference !== '') limits.reference = row.reference;
  if (row['review date'] !== '') limits.reviewDate = row['review date'];
  return { ok: true, value: limits };
}

function setLimits(target: Draft, field: LimitField, row: LibraryRow): Refused | null {
  const limits = readLimits(row);
  if (!limits.ok) return limits.refused;
  if (target.limits[field] !== undefined) return { what: `${row.property} stands twice`, expected: 'one line' };
  const { unit: fixed } = limitWords[field];
  const given = row.unit.trim();
  if (fixed !== null && given !== '' && given !== fixed) {
    return { what: `${row.property} in ${JSON.stringify(row.unit)}`, expected: `the unit ${fixed}` };
  }
  // A dose rate's limits are in the drug's dose unit, which stands on a line of its own.
  const own = fixed === null && field !== 'doseRate' ? { unit: row.unit } : {};
  target.limits[field] = { ...limits.value, ...own };
  return null;
}

function addCumulative(target: Draft, hours: number, row: LibraryRow): Refused | null {
  const limits = readLimits(row);
  if (!limits.ok) return limits.refused;
  target.cumulative.push({ ...limits.value, hours, unit: row.unit });
  return null;
}
