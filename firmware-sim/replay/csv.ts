import * as z from 'zod';
import { Failure } from '../failure.ts';

// The charted actions of real infusions (data/real-infusions/README.md). A file is read whole or refused whole: nothing
// of a file with a fault is ever sent.

export const chartedActions = ['start', 'change', 'pause', 'resume', 'stop'] as const;

/** One charted action. */
export type ChartedAction = {
  /** Line in the file, the header being 1. */
  line: number;
  patient: string;
  infusion: string;
  /** Since the stay's first action. */
  offsetS: number;
  action: (typeof chartedActions)[number];
  drug: string;
  dose: number | null;
  doseUnit: string | null;
  rateMlPerH: number | null;
  weightKg: number | null;
};

export const columns = [
  'patient',
  'infusion',
  'offset_s',
  'action',
  'drug',
  'dose',
  'dose_unit',
  'rate_ml_h',
  'weight_kg',
] as const;

const identifier = z.string().regex(/^[A-Za-z0-9_-]{1,24}$/, 'letters, digits, - and _, at most 24');
const optionalNumber = (expected: string, from: number, to: number) =>
  z
    .string()
    .regex(/^(\d+(\.\d+)?([eE][+-]?\d+)?)?$/, expected)
    .transform((text) => (text === '' ? null : Number(text)))
    .refine((value) => value === null || (value >= from && value <= to), expected);

const row = z.object({
  patient: identifier,
  infusion: identifier,
  offset_s: z
    .string()
    .regex(/^\d{1,8}$/, 'whole seconds, 0 or more')
    .transform(Number)
    .refine((seconds) => seconds <= 399 * 86_400, 'at most 399 days'),
  action: z.enum(chartedActions, { error: `one of ${chartedActions.join(', ')}` }),
  drug: z.string().min(1, 'a name').max(120, 'a name of at most 120 characters'),
  dose: optionalNumber('a number of 0 or more, or nothing', 0, 1e9),
  dose_unit: z.string().max(120, 'a unit of at most 120 characters'),
  rate_ml_h: optionalNumber('mL/h from 0 to 2000, or nothing', 0, 2_000),
  weight_kg: optionalNumber('kg above 0 and at most 700, or nothing', 0.001, 700),
});

/**
 * Reads a file of charted actions.
 * @throws Failure (exit code 2) naming line and column
 */
export function readActions(text: string, file: string): ChartedAction[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const header = lines[0];
  if (header === undefined) throw new Failure(`${file}: empty; expected the columns ${columns.join(',')}`, 2);
  const names = splitLine(header, 1, file);
  columns.forEach((name, index) => {
    if (names[index] !== name) {
      const got = names[index] === undefined ? 'nothing' : JSON.stringify(names[index].slice(0, 40));
      throw new Failure(`${file}: line 1, column ${index + 1}: got ${got}; expected ${name}`, 2);
    }
  });
  const actions = lines.slice(1).map((line, index) => readLine(line, index + 2, file));
  if (actions.length === 0) throw new Failure(`${file}: no actions below the header`, 2);
  checkOrder(actions, file);
  return actions;
}

function readLine(text: string, line: number, file: string): ChartedAction {
  const fields = splitLine(text, line, file);
  if (fields.length !== columns.length) {
    const column = Math.min(fields.length, columns.length) + 1;
    throw new Failure(
      `${file}: line ${line}, column ${column}: got ${fields.length} fields; expected ${columns.length}`,
      2,
    );
  }
  const given = Object.fromEntries(columns.map((name, index) => [name, fields[index]]));
  const read = row.safeParse(given);
  if (!read.success) {
    const issue = read.error.issues[0];
    const name = String(issue?.path[0]);
    throw fault(
      file,
      line,
      name,
      `got ${JSON.stringify(String(given[name]).slice(0, 60))}; expected ${issue?.message}`,
    );
  }
  const { patient, infusion, offset_s, action, drug, dose, dose_unit, rate_ml_h, weight_kg } = read.data;
  if (dose !== null && dose_unit === '')
    throw fault(file, line, 'dose_unit', 'got nothing; expected the unit of the dose');
  return {
    line,
    patient,
    infusion,
    offsetS: offset_s,
    action,
    drug,
    dose,
    doseUnit: dose_unit === '' ? null : dose_unit,
    rateMlPerH: rate_ml_h,
    weightKg: weight_kg,
  };
}

/** Fields of one line; a quoted field may hold commas and doubled quotes (RFC 4180), no line breaks. */
function splitLine(text: string, line: number, file: string): string[] {
  if (!text.includes('"')) return text.split(',');
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  while (field.lastIndex < text.length || fields.length === 0 || text.endsWith(',')) {
    const match = field.exec(text);
    if (!match) {
      throw new Failure(
        `${file}: line ${line}, column ${fields.length + 1}: a quote that is not closed or stands inside a field`,
        2,
      );
    }
    fields.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'));
    if (match[3] === '') break;
  }
  return fields;
}

function fault(file: string, line: number, name: string, words: string): Failure {
  const column = columns.map(String).indexOf(name) + 1;
  return new Failure(`${file}: line ${line}, column ${column} (${name}): ${words}`, 2);
}

/** Time never runs back within an infusion, and an infusion belongs to one patient. */
function checkOrder(actions: readonly ChartedAction[], file: string): void {
  const last = new Map<string, ChartedAction>();
  for (const action of actions) {
    const before = last.get(action.infusion);
    if (before && before.patient !== action.patient) {
      const words = `got ${action.patient}; expected ${before.patient}, whose infusion ${action.infusion} is (line ${before.line})`;
      throw fault(file, action.line, 'patient', words);
    }
    if (before && before.offsetS > action.offsetS) {
      const words = `got ${action.offsetS}; expected at least ${before.offsetS}, the time of line ${before.line} of the same infusion`;
      throw fault(file, action.line, 'offset_s', words);
    }
    last.set(action.infusion, action);
  }
}
