import { type LibraryProblem, readLibrary } from './check-library.ts';
import { parseCsv, printCsv } from './csv.ts';
import { type Draft, newDraft, type Refused, setProperty } from './csv-property.ts';
import type { LibraryContent } from './library.ts';
import { columns, type LibraryRow, rowsOf } from './rows.ts';

// The library as a file for spreadsheets: the rows of rows.ts under a heading.

/** Prints a library; `readLibraryCsv` reads it back exactly. */
export function printLibraryCsv(library: LibraryContent): string {
  return printCsv([[...columns], ...rowsOf(library).map((row) => columns.map((column) => row[column]))]);
}

type AreaDraft = { draft: Draft; drugs: Map<string, Draft> };

/** Reads a library from CSV; every line that can't be read is named. Drugs keep the order of their first lines. */
export function readLibraryCsv(text: string): ReturnType<typeof readLibrary> {
  const parsed = parseCsv(text);
  if (!parsed.ok) return failed([problem(parsed.line, '', { what: parsed.what, expected: 'CSV as in RFC 4180' })]);
  const [heading, ...lines] = parsed.rows;
  const names = heading?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  const missing = columns.filter((column) => !names.includes(column));
  if (missing.length > 0) {
    const what = `no column ${missing.map((column) => JSON.stringify(column)).join(', ')}`;
    return failed([problem(heading?.line ?? 1, '', { what, expected: `the columns ${columns.join(', ')}` })]);
  }
  const library = newDraft();
  const areas = new Map<string, AreaDraft>();
  const problems: LibraryProblem[] = [];
  const doseRates: { line: number; where: string; drug: Draft; unit: string }[] = [];
  for (const { line, cells } of lines) {
    const row = rowOf(names, cells);
    const { 'care area': areaName, drug: drugName } = row;
    const where = [areaName, drugName].filter((name) => name !== '').join(', ');
    const refuse = (refused: Refused | null) => refused && problems.push(problem(line, where, refused));
    if (areaName === '') {
      if (drugName === '') refuse(setProperty(library, row, 'library'));
      else refuse({ what: 'a drug without a care area', expected: 'a care area' });
      continue;
    }
    const area = areas.get(areaName) ?? { draft: newDraft(), drugs: new Map<string, Draft>() };
    areas.set(areaName, area);
    if (drugName === '') {
      refuse(setProperty(area.draft, row, 'area'));
      continue;
    }
    const drug = area.drugs.get(drugName) ?? newDraft();
    area.drugs.set(drugName, drug);
    refuse(setProperty(drug, row, 'drug'));
    if (row.property.trim().toLowerCase() === 'dose rate') doseRates.push({ line, where, drug, unit: row.unit.trim() });
  }
  for (const { line, where, drug, unit } of doseRates) {
    const doseUnit = String(drug.values.doseUnit ?? '').trim();
    if (unit !== '' && unit !== doseUnit) {
      problems.push(
        problem(line, where, { what: `dose rate in ${JSON.stringify(unit)}`, expected: `the dose unit ${doseUnit}` }),
      );
    }
  }
  if (problems.length > 0) return failed(problems);
  return readLibrary({
    ...library.values,
    careAreas: [...areas].map(([name, { draft, drugs }]) => ({
      name,
      ...draft.values,
      drugs: [...drugs].map(([drugName, drug]) => ({
        name: drugName,
        ...drug.values,
        ...drug.lists,
        limits: { ...drug.limits, cumulative: drug.cumulative },
      })),
    })),
  });
}

function rowOf(names: string[], cells: string[]): LibraryRow {
  const cell = (column: (typeof columns)[number]) => cells[names.indexOf(column)] ?? '';
  return {
    'care area': cell('care area'),
    drug: cell('drug'),
    property: cell('property'),
    value: cell('value'),
    unit: cell('unit'),
    'hard low': cell('hard low'),
    'soft low': cell('soft low'),
    'soft high': cell('soft high'),
    'hard high': cell('hard high'),
    reason: cell('reason'),
    reference: cell('reference'),
    'review date': cell('review date'),
  };
}

function failed(problems: LibraryProblem[]) {
  return { ok: false as const, problems };
}

function problem(line: number, where: string, refused: Refused): LibraryProblem {
  return { path: `line ${line}`, where, ...refused };
}
