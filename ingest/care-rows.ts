import type { Pool } from 'pg';
import type { Logger } from 'pino';
import * as z from 'zod';
import { orderStates } from '#schemas/orders/order-content.ts';
import type { DoseSpan } from '#schemas/rules/dose-log.ts';
import { orderNumbers } from '#schemas/rules/order.ts';
import { therapyStatuses } from '#schemas/rules/order-match.ts';
import type { RuleException } from '#schemas/rules/rule-set.ts';
import { type RuleSet, ruleException, ruleSet } from '#schemas/rules/rule-set.ts';
import type { CareAssignment, CareMistake, CarePatient, CareTherapy } from '#schemas/rules/second-check/care.ts';
import { run } from './database.ts';
import { readable } from './read-rows.ts';

// What is on record, read strictly.

const ms = z.coerce.number().nullable();

const changesRow = z.object({
  xmin: z.string(),
  changes: z.array(
    z.object({
      id: z.number(),
      pump: z.string().nullable(),
      patient: z.string().nullable(),
      reference: z.string().nullable(),
    }),
  ),
});
export type CareChanges = z.infer<typeof changesRow>;

/** @param since xmin of the look before; null: only where the next one begins */
export async function loadChanges(pool: Pool, since: string | null): Promise<CareChanges> {
  const { rows } = await run(pool, 'loadCareChanges', [since]);
  return changesRow.parse(rows[0]);
}

const setRow = z.object({ content: ruleSet.nullable(), orders_kept: z.boolean() });

export type SharedCare = { ruleSet: RuleSet | null; ordersKept: boolean };

export async function loadSharedCare(pool: Pool, log: Logger): Promise<SharedCare> {
  const [set] = (await run(pool, 'loadRuleSet', [])).rows;
  const read = setRow.safeParse(set);
  if (!read.success) log.error({ err: read.error }, 'the rule set in force can not be read: the defaults hold');
  return {
    ruleSet: read.success ? read.data.content : null,
    ordersKept: set?.orders_kept === true,
  };
}

const assignment = z.object({
  patient: z.string(),
  therapy: z.string().nullable(),
  from: z.coerce.number(),
  to: ms,
}) satisfies z.ZodType<CareAssignment>;
const span = z.object({ from: z.coerce.number(), to: ms });
const mistake = span.extend({
  patient: z.string(),
  rightly: z.string(),
  named: z.array(span),
}) satisfies z.ZodType<CareMistake>;
const pumpRow = z.object({
  pump_id: z.string(),
  model: z.string(),
  assignments: z.array(assignment),
  mistakes: z.array(mistake),
});
export type AssignedPump = z.infer<typeof pumpRow>;

export async function loadAssignments(pool: Pool, pumps: readonly string[]): Promise<AssignedPump[]> {
  const { rows } = await run(pool, 'loadAssignments', [pumps]);
  return rows.map((row) => pumpRow.parse(row));
}

const therapyRow = z.object({
  id: z.string(),
  reference: z.string(),
  patient: z.string(),
  drug: z.string(),
  status: z.enum(therapyStatuses),
  holdUntil: ms,
  careArea: z.string(),
  orders: z.array(z.unknown()),
});
const orderRow = z.object({
  id: z.string(),
  version: z.number(),
  state: z.enum(orderStates),
  verifiedAt: ms,
  endedAt: ms,
  numbers: orderNumbers,
});

export async function loadTherapies(
  pool: Pool,
  log: Logger,
  patients: readonly string[],
  references: readonly string[],
): Promise<CareTherapy[]> {
  const { rows } = await run(pool, 'loadTherapies', [patients, references]);
  return readable(therapyRow, rows, log, 'a therapy').map((therapy) => ({
    ...therapy,
    orders: readable(orderRow, therapy.orders, log, `an order of ${therapy.reference}`),
  }));
}

const patientRow = z.object({
  id: z.string(),
  weightKg: z.number().nullable(),
  bsaM2: z.number().nullable(),
  infant: z.boolean(),
  exceptions: z.array(z.unknown()),
});
export type LoadedPatient = CarePatient & { exceptions: RuleException[] };

export async function loadPatients(pool: Pool, log: Logger, patients: readonly string[]): Promise<LoadedPatient[]> {
  const { rows } = await run(pool, 'loadPatients', [patients]);
  return readable(patientRow, rows, log, 'a patient').map((patient) => ({
    ...patient,
    exceptions: readable(ruleException, patient.exceptions, log, `an exception of patient ${patient.id}`),
  }));
}

const spanRow = z.object({
  pump_id: z.string(),
  dose_key: z.string(),
  from_at: z.coerce.number(),
  to_at: z.coerce.number(),
  amount: z.number(),
});
const sharedRow = spanRow.extend({ patient_id: z.string() });

export type SharedDose = DoseSpan & { pump: string; patient: string; key: string };

export async function loadSharedDoses(pool: Pool, patients: readonly string[]): Promise<SharedDose[]> {
  const { rows } = await run(pool, 'loadSharedDoses', [patients]);
  return rows.map((raw) => {
    const row = sharedRow.parse(raw);
    const { pump_id: pump, patient_id: patient, dose_key: key, from_at: from, to_at: to, amount } = row;
    return { pump, patient, key, from, to, amount };
  });
}

/** What pumps gave within a day, by pump and dose key, in order of time. */
export async function loadDoseSpans(
  client: Pick<Pool, 'query'>,
  shards: readonly number[],
  pumps: readonly string[],
): Promise<Map<string, Map<string, DoseSpan[]>>> {
  const { rows } = await run(client, 'loadDoseSpans', [shards, pumps]);
  const byPump = new Map<string, Map<string, DoseSpan[]>>();
  for (const raw of rows) {
    const { pump_id, dose_key, from_at: from, to_at: to, amount } = spanRow.parse(raw);
    const byKey = byPump.get(pump_id) ?? new Map<string, DoseSpan[]>();
    byPump.set(pump_id, byKey);
    const spans = byKey.get(dose_key) ?? [];
    byKey.set(dose_key, spans);
    spans.push({ from, to, amount });
  }
  return byPump;
}
