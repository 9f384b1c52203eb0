import { checkLibrary } from '#schemas/library/check-library.ts';
import { newDraft, setProperty } from '#schemas/library/csv-property.ts';
import { type DrugEntry, drugEntry, type LimitField, limitFields } from '#schemas/library/drug-entry.ts';
import type { LibraryContent } from '#schemas/library/library.ts';
import { cumulativeHours } from '#schemas/library/limit.ts';
import { type LibraryRow, limitWords, rowsOf } from '#schemas/library/rows.ts';

// A drug entry while somebody writes in it: text as it stands in the fields, read and checked at every key.

export const singleTexts = ['class', 'dose unit', 'tolerates a stop of min', 'KVO mL/h', 'near end min'] as const;
/** One to a line. */
export const lineTexts = ['also known as', 'concentration', 'advisory'] as const;
export const limitLevels = ['hard low', 'soft low', 'soft high', 'hard high'] as const;
const remarks = ['reason', 'reference', 'review date'] as const;

export type LimitTexts = Record<(typeof limitLevels)[number] | 'unit' | (typeof remarks)[number], string>;
export type EntryDraft = {
  name: string;
  critical: boolean;
  texts: Record<(typeof singleTexts)[number] | (typeof lineTexts)[number], string>;
  modes: readonly string[];
  needs: readonly string[];
  /** By property: `dose rate`, `dose in 4 h`. */
  limits: Record<string, LimitTexts>;
};
/** `property`: as the form calls it; empty where it is of the whole entry. */
export type EntryProblem = { property: string; message: string };
/** Which entry: index of the care area, index of the drug; null for a new one. */
export type EntryPlace = { area: number; drug: number | null };

const fixedUnit = (field: LimitField) => limitWords[field].unit;
/** Every quantity that may have limits, with its unit where that is fixed. */
export const limitProperties: readonly { property: string; unit: string | null; ofDose: boolean }[] = [
  ...limitFields.map((field) => ({
    property: limitWords[field].label,
    unit: fixedUnit(field),
    ofDose: field === 'doseRate',
  })),
  ...cumulativeHours.map((hours) => ({ property: `dose in ${hours} h`, unit: null, ofDose: false })),
];

const noLimit: LimitTexts = {
  ...{ 'hard low': '', 'soft low': '', 'soft high': '', 'hard high': '' },
  ...{ unit: '', reason: '', reference: '', 'review date': '' },
};

/** The fields of an entry, or empty ones. */
export function draftOf(entry: DrugEntry | null): EntryDraft {
  const drugs = entry === null ? [] : [entry];
  const careAreas = [{ name: 'area', outsideLibrary: 'stopped' as const, drugs }];
  const rows = rowsOf({ name: 'library', notice: null, careAreas }).filter(({ drug }) => drug !== '');
  const values = (property: string) => rows.filter((row) => row.property === property).map(({ value }) => value);
  const text = (property: string) => values(property).join('\n');
  const limits: Record<string, LimitTexts> = {};
  for (const { property } of limitProperties) {
    limits[property] = { ...noLimit, ...rows.find((row) => row.property === property) };
  }
  return {
    name: entry?.name ?? '',
    critical: entry?.critical ?? false,
    texts: {
      ...{ class: text('class'), 'dose unit': text('dose unit'), 'near end min': text('near end min') },
      ...{ 'tolerates a stop of min': text('tolerates a stop of min'), 'KVO mL/h': text('KVO mL/h') },
      ...{ 'also known as': text('also known as'), concentration: text('concentration'), advisory: text('advisory') },
    },
    modes: values('mode'),
    needs: values('needs'),
    limits,
  };
}

/** What stands in the fields, as an entry, or what can't be read. */
function readDraft(draft: EntryDraft): { entry: DrugEntry | null; problems: EntryProblem[] } {
  const target = newDraft();
  const problems: EntryProblem[] = [];
  const put = (property: string, more: Partial<LibraryRow>) => {
    const row = { 'care area': '', drug: '', property, value: '', ...noLimit, ...more };
    const refused = setProperty(target, row, 'drug');
    if (refused) problems.push({ property, message: `${refused.what}; expected: ${refused.expected}` });
  };
  for (const property of [...singleTexts, ...lineTexts]) {
    for (const line of draft.texts[property].split('\n')) if (line.trim() !== '') put(property, { value: line.trim() });
  }
  const required: [string, string][] = [
    ['name', draft.name],
    ['class', draft.texts.class],
    ['dose unit', draft.texts['dose unit']],
    ['mode', draft.modes.join()],
  ];
  for (const [property, given] of required) {
    if (given.trim() === '') problems.push({ property, message: 'has to be said' });
  }
  if (draft.critical) put('critical', { value: 'yes' });
  for (const value of draft.modes) put('mode', { value });
  for (const value of draft.needs) put('needs', { value });
  for (const { property, unit, ofDose } of limitProperties) {
    const texts = draft.limits[property] ?? noLimit;
    const { unit: given, ...rest } = texts;
    if (Object.values(rest).every((text) => text.trim() === '')) continue;
    put(property, { ...texts, unit: ofDose ? '' : (unit ?? given.trim()) });
  }
  if (problems.length > 0) return { entry: null, problems };
  const limits = { ...target.limits, cumulative: target.cumulative };
  const read = drugEntry.safeParse({ name: draft.name.trim(), ...target.values, ...target.lists, limits });
  if (read.success) return { entry: read.data, problems: [] };
  const unread = read.error.issues.map(({ path, message }) => ({
    property: propertyOf(path.map(String).join('.'), null),
    message,
  }));
  return { entry: null, problems: unread };
}

/** The whole library with this entry in its place, where it can be read, and what the check says of the entry. */
export function judgeDraft(
  content: LibraryContent,
  { area, drug }: EntryPlace,
  draft: EntryDraft,
): { content: LibraryContent | null; problems: EntryProblem[] } {
  const { entry, problems } = readDraft(draft);
  if (entry === null) return { content: null, problems };
  const index = drug ?? content.careAreas[area]?.drugs.length ?? 0;
  const careAreas = content.careAreas.map((given, at) => {
    if (at !== area) return given;
    const drugs = drug === null ? [...given.drugs, entry] : given.drugs.map((own, i) => (i === drug ? entry : own));
    return { ...given, drugs };
  });
  const place = `careAreas[${area}].drugs[${index}].`;
  const next = { ...content, careAreas };
  const found = checkLibrary(next).flatMap(({ path, what, expected }) => {
    if (!path.startsWith(place)) return [];
    return [{ property: propertyOf(path.slice(place.length), entry), message: `${what}; expected: ${expected}` }];
  });
  return { content: next, problems: found };
}

const properties: Record<string, string> = {
  ...{ name: 'name', drugClass: 'class', doseUnit: 'dose unit', alsoKnownAs: 'also known as', needs: 'needs' },
  ...{ concentrations: 'concentration', modes: 'mode', advisories: 'advisory', kvoMlPerH: 'KVO mL/h' },
  ...{ nearEndMin: 'near end min', toleratesStopMin: 'tolerates a stop of min' },
};

/** What the form calls the place of a problem: `limits.doseRate.softHigh` is of `dose rate`. */
function propertyOf(path: string, entry: DrugEntry | null): string {
  const cumulative = /^limits\.cumulative[[.](\d+)/.exec(path)?.[1];
  if (cumulative !== undefined) {
    const hours = entry?.limits.cumulative[Number(cumulative)]?.hours;
    return hours === undefined ? '' : `dose in ${hours} h`;
  }
  const limit = /^limits\.(\w+)/.exec(path)?.[1];
  const field = limitFields.find((name) => name === limit);
  if (field) return limitWords[field].label;
  return properties[/^\w+/.exec(path)?.[0] ?? ''] ?? '';
}
