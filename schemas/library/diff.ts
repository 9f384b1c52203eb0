import type { LibraryContent } from './library.ts';
import { columns, type LibraryRow, rowsOf } from './rows.ts';

// What differs between two versions of a library, property by property, in words.

export type LibraryChange = {
  kind: 'added' | 'removed' | 'changed';
  careArea: string;
  /** Empty where the change is of the care area or the library. */
  drug: string;
  property: string;
  /** `palliative PCA, morphine: dose rate soft high 10 → 12 mg/h` */
  words: string;
};

/** Every property whose lines differ; the order of drugs and care areas doesn't count. */
export function diffLibraries(before: LibraryContent, after: LibraryContent): LibraryChange[] {
  const old = grouped(rowsOf(before));
  const now = grouped(rowsOf(after));
  const changes: LibraryChange[] = [];
  const told = new Set<string>();
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const [from, to] = [old.get(key) ?? [], now.get(key) ?? []];
    const first = from[0] ?? to[0];
    if (!first) continue;
    const whole = wholeChange(first, old, now);
    if (whole) {
      if (!told.has(whole.words)) changes.push(whole);
      told.add(whole.words);
      continue;
    }
    changes.push(...propertyChanges(first, from, to));
  }
  return changes;
}

function grouped(rows: LibraryRow[]): Map<string, LibraryRow[]> {
  const groups = new Map<string, LibraryRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row['care area'], row.drug, row.property]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return groups;
}

/** A care area or a drug that came or went is one change, not one for each of its properties. */
function wholeChange(
  row: LibraryRow,
  old: Map<string, LibraryRow[]>,
  now: Map<string, LibraryRow[]>,
): LibraryChange | null {
  const { 'care area': area, drug } = row;
  for (const [name, property] of [
    ['', 'outside the library'],
    [drug, 'class'],
  ] as const) {
    if (area === '' || (name === '' && property === 'class')) continue;
    const key = JSON.stringify([area, name, property]);
    const [was, is] = [old.has(key), now.has(key)];
    if (was === is) continue;
    const kind = is ? 'added' : 'removed';
    const words = name === '' ? `care area ${area} ${kind}` : `${area}, ${name}: ${kind}`;
    return { kind, careArea: area, drug: name, property: name === '' ? 'care area' : 'drug', words };
  }
  return null;
}

function propertyChanges(first: LibraryRow, from: LibraryRow[], to: LibraryRow[]): LibraryChange[] {
  const { 'care area': careArea, drug, property } = first;
  const place = [careArea, drug].filter((name) => name !== '').join(', ');
  const said = (kind: LibraryChange['kind'], words: string): LibraryChange => ({
    kind,
    careArea,
    drug,
    property,
    words: place === '' ? words : `${place}: ${words}`,
  });
  if (from.length === 1 && to.length === 1 && from[0] && to[0]) {
    const words = rowDifference(from[0], to[0]);
    return words === null ? [] : [said('changed', `${property} ${words}`)];
  }
  const same = (a: LibraryRow, b: LibraryRow) => columns.every((column) => a[column] === b[column]);
  const removed = from.filter((row) => !to.some((other) => same(row, other)));
  const added = to.filter((row) => !from.some((other) => same(row, other)));
  return [
    ...removed.map((row) => said('removed', `${property} ${rowText(row)} removed`)),
    ...added.map((row) => said('added', `${property} ${rowText(row)} added`)),
  ];
}

const limitColumns = ['hard low', 'soft low', 'soft high', 'hard high'] as const;

function rowDifference(from: LibraryRow, to: LibraryRow): string | null {
  const parts: string[] = [];
  const sameUnit = from.unit === to.unit;
  for (const column of limitColumns) {
    if (from[column] === to[column] && (sameUnit || from[column] === '')) continue;
    parts.push(`${column} ${withUnit(from[column], from.unit, !sameUnit)} → ${withUnit(to[column], to.unit, true)}`);
  }
  if (from.value !== to.value) parts.push(`${from.value} → ${to.value}`);
  for (const column of ['reason', 'reference', 'review date'] as const) {
    if (from[column] !== to[column]) parts.push(`${column} ${quoted(from[column])} → ${quoted(to[column])}`);
  }
  return parts.length === 0 ? null : parts.join(', ');
}

function withUnit(limit: string, unit: string, spelled: boolean): string {
  if (limit === '') return 'none';
  return spelled && !limit.endsWith('order') ? `${limit} ${unit}` : limit;
}

function quoted(text: string): string {
  return text === '' ? 'none' : `“${text}”`;
}

function rowText(row: LibraryRow): string {
  if (row.value !== '') return row.value;
  return limitColumns
    .filter((column) => row[column] !== '')
    .map((column) => `${column} ${withUnit(row[column], row.unit, true)}`)
    .join(', ');
}
