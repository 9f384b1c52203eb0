import type * as z from 'zod';
import { type ImportedOrder, importedOrder } from '../http/orders.ts';
import { parseCsv } from '../library/csv.ts';
import type { Refusal } from './order-refusals.ts';

// Orders as a table: a heading, then one order a line. A cell that can't be read is refused with its line and column.

export type ReadOrders = { ok: true; orders: ImportedOrder[] } | { ok: false; errors: Refusal[] };

/** Headings and the fields that they fill. */
const columns: Record<string, { field: string; number: boolean }> = {
  patient: { field: 'patient', number: false },
  therapy: { field: 'therapy', number: false },
  'care area': { field: 'careArea', number: false },
  drug: { field: 'drug', number: false },
  mode: { field: 'mode', number: false },
  concentration: { field: 'concentration.amount', number: true },
  'concentration unit': { field: 'concentration.unit', number: false },
  'per mL': { field: 'concentration.perMl', number: true },
  'dose rate': { field: 'doseRate', number: true },
  'dose unit': { field: 'doseUnit', number: false },
  'rate mL/h': { field: 'rateMlPerH', number: true },
  'volume mL': { field: 'volumeMl', number: true },
  'overfill mL': { field: 'overfillMl', number: true },
  total: { field: 'totalDose.amount', number: true },
  'total unit': { field: 'totalDose.unit', number: false },
  'duration min': { field: 'durationMin', number: true },
  'PCA demand mL': { field: 'pca.demandMl', number: true },
  'PCA lockout min': { field: 'pca.lockoutMin', number: true },
  'PCA max mL in 4 h': { field: 'pca.maxMlPer4H', number: true },
  notes: { field: 'notes', number: false },
};
const needed = ['patient', 'drug', 'volume mL', 'duration min'];
export const mostOrders = 500;

/** The headings, for a file to begin with. */
export const csvHeading = Object.keys(columns);

/** Reads a file of orders; all of it, or every reason why not. */
export function readOrdersCsv(text: string): ReadOrders {
  const table = parseCsv(text);
  if (!table.ok) return refuse({ path: `line ${table.line}`, message: table.what });
  const [heading, ...lines] = table.rows;
  if (!heading) return refuse({ path: 'line 1', message: 'an empty file; expected a heading' });
  const names = heading.cells.map((cell) => cell.trim());
  const wrong = headingErrors(names);
  if (wrong.length > 0) return { ok: false, errors: wrong };
  if (lines.length === 0) return refuse({ path: 'line 2', message: 'no order below the heading' });
  if (lines.length > mostOrders)
    return refuse({ path: `line ${mostOrders + 2}`, message: `at most ${mostOrders} orders` });
  const errors: Refusal[] = [];
  const orders: ImportedOrder[] = [];
  for (const { line, cells } of lines) {
    const { value, problems } = readLine(names, cells);
    const read = problems.length > 0 ? null : importedOrder.safeParse(value);
    if (read?.success) orders.push(read.data);
    errors.push(...problems.map(({ path, message }) => ({ path: `line ${line}, ${path}`, message })));
    if (read?.error)
      errors.push(
        ...read.error.issues.map((issue) => ({ path: `line ${line}, ${columnOf(issue)}`, message: issue.message })),
      );
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, orders };
}

const refuse = (error: Refusal): ReadOrders => ({ ok: false, errors: [error] });

function headingErrors(names: readonly string[]): Refusal[] {
  const unknown = names.filter((name) => !Object.hasOwn(columns, name));
  const missing = needed.filter((name) => !names.includes(name));
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  const error = (name: string, message: string) => ({ path: `line 1, ${name}`, message });
  return [
    ...unknown.map((name) => error(name || '(empty)', `not a heading; expected one of: ${csvHeading.join(', ')}`)),
    ...missing.map((name) => error(name, 'this column is missing')),
    ...twice.map((name) => error(name, 'this column is there twice')),
  ];
}

/** A line as an object; empty cells are left out. */
function readLine(names: readonly string[], cells: readonly string[]) {
  const value: Record<string, unknown> = {};
  const problems: Refusal[] = [];
  if (cells.length !== names.length) {
    return { value, problems: [{ path: 'all', message: `${cells.length} cells under ${names.length} headings` }] };
  }
  for (const [index, name] of names.entries()) {
    const cell = (cells[index] ?? '').trim();
    const column = columns[name];
    if (cell === '' || !column) continue;
    // A decimal comma or a thousands separator would be read as another number.
    if (column.number && !/^\d+(\.\d+)?$/.test(cell)) {
      problems.push({ path: name, message: `${JSON.stringify(cell)}; expected a number such as 28.8` });
      continue;
    }
    put(value, column.field, column.number ? Number(cell) : cell);
  }
  return { value, problems };
}

function put(value: Record<string, unknown>, field: string, given: unknown): void {
  const [outer = '', inner] = field.split('.');
  if (inner === undefined) {
    value[outer] = given;
    return;
  }
  const nested = value[outer];
  value[outer] = typeof nested === 'object' && nested !== null ? { ...nested, [inner]: given } : { [inner]: given };
}

function columnOf({ path }: z.core.$ZodIssue): string {
  const field = path.join('.');
  return Object.entries(columns).find(([, column]) => column.field === field)?.[0] ?? (field === '' ? 'all' : field);
}
