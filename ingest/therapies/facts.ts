import type { PoolClient } from 'pg';
import * as z from 'zod';
import { schedule } from '#schemas/http/therapies.ts';
import { pumpStates } from '#schemas/messages/record.ts';
import { isCriticalDrug } from '#schemas/rules/alarm-catalogue.ts';
import { therapyStatuses } from '#schemas/rules/order-match.ts';
import { predictEnd } from '#schemas/rules/predicted-end.ts';
import { isRunning } from '#schemas/rules/pump-rule-state.ts';
import { type RuleSet, type RuleSettings, ruleException, ruleSet } from '#schemas/rules/rule-set.ts';
import { settingsFor } from '#schemas/rules/rule-settings.ts';
import { deliveriesOf } from '#schemas/rules/therapy/dose-deliveries.ts';
import { lookBackMs } from '#schemas/rules/therapy/doses.ts';
import type { TherapyFacts } from '#schemas/rules/therapy/judge-therapy.ts';
import { run } from '../database.ts';

// From the database to what the rules of a therapy are told.

const number = z.coerce.number();
const therapyRow = z.object({
  therapy_id: z.string(),
  reference: z.string(),
  drug: z.string(),
  care_area: z.string(),
  status: z.enum(therapyStatuses),
  status_since: number,
  schedule,
  time_zone: z.string().nullable(),
  visit_at: number.nullable(),
  volume_ml: z.number().nullable(),
  overfill_ml: z.number().nullable(),
  exceptions: z.array(ruleException),
  given: z.object({ pump: z.string(), silentSince: z.string().nullable() }).nullable(),
});
type TherapyRow = z.infer<typeof therapyRow>;

const nullable = z.number().nullable();
const infusionRow = z.object({
  therapy_id: z.string(),
  infusion_id: z.string(),
  pump_id: z.string(),
  started_at: number,
  ended_at: number.nullable(),
  total_ml: nullable,
  segments: z.array(
    z.object({
      ...{ startedAt: nullable, endedAt: nullable, rateMlPerH: nullable, ml: nullable },
      ...{ endedBy: z.string().nullable(), reason: z.string().nullable(), late: z.boolean() },
    }),
  ),
  sample: z
    .object({
      ...{ epochNo: z.number(), seq: z.number(), at: z.number(), infusion: nullable, state: z.enum(pumpStates) },
      ...{ rateMlPerH: nullable, infusedMl: nullable, reservoirMl: nullable, vtbiRemainingMl: nullable },
      ...{ pressureKpa: nullable, batteryPct: nullable, mains: z.boolean().nullable() },
    })
    .nullable(),
});
type InfusionRow = z.infer<typeof infusionRow>;

/** One therapy as its rules see it; `pump` and `settings` go with what they say. */
export type KnownTherapy = {
  id: string;
  pump: string | null;
  facts: TherapyFacts;
  settings: RuleSettings;
};

/** @throws ZodError for a therapy that is not what the api takes, in `unreadable` */
export async function loadTherapies(
  client: PoolClient,
  ids: readonly string[],
  now: number,
): Promise<{ known: KnownTherapy[]; unreadable: { id: string; error: Error }[] }> {
  const raw = await run<{ therapy_id: string }>(client, 'loadWatchedTherapies', [ids]);
  const rows: TherapyRow[] = [];
  const unreadable: { id: string; error: Error }[] = [];
  for (const row of raw.rows) {
    const read = therapyRow.safeParse(row);
    if (read.success) rows.push(read.data);
    else unreadable.push({ id: row.therapy_id, error: read.error });
  }
  const since = rows.map((row) => now - lookBackMs(row.schedule));
  const infusions = await run(client, 'loadTherapyInfusions', [rows.map((row) => row.therapy_id), since]);
  const byTherapy = new Map<string, InfusionRow[]>();
  for (const row of infusions.rows) {
    const infusion = infusionRow.parse(row);
    byTherapy.set(infusion.therapy_id, [...(byTherapy.get(infusion.therapy_id) ?? []), infusion]);
  }
  const rules = await run<{ set: unknown; critical: string[] }>(client, 'loadRulesInForce', []);
  const set = ruleSet.nullable().parse(rules.rows[0]?.set ?? null);
  const critical = new Set(rules.rows[0]?.critical ?? []);
  const known = rows.map((row) => knownTherapy(row, byTherapy.get(row.therapy_id) ?? [], { set, critical }, now));
  return { known, unreadable };
}

function knownTherapy(
  row: TherapyRow,
  infusions: readonly InfusionRow[],
  rules: { set: RuleSet | null; critical: ReadonlySet<string> },
  now: number,
): KnownTherapy {
  const running =
    infusions.find(({ ended_at, sample }) => ended_at === null && sample && isRunning(sample.state)) ?? null;
  const bagMl = row.volume_ml === null ? null : row.volume_ml + (row.overfill_ml ?? 0);
  const end = running && predictEnd(running.sample, { programme: null, bagMl, demandMlPerH: 0 });
  const timeZone = row.time_zone !== null && isTimeZone(row.time_zone) ? row.time_zone : null;
  return {
    id: row.therapy_id,
    pump: running?.pump_id ?? row.given?.pump ?? null,
    settings: settingsFor(rules.set, row.care_area, row.exceptions, now),
    facts: {
      status: row.status,
      statusSince: row.status_since,
      schedule: row.schedule,
      timeZone: timeZone ?? 'UTC',
      orderedMl: row.volume_ml,
      deliveries: deliveriesOf(infusions.map(givenInfusion)),
      visitAt: row.visit_at,
      running: running && { infusion: running.infusion_id, endAt: end?.at ?? null },
      detail: {
        therapy: row.reference,
        critical: rules.critical.has(row.drug.toLowerCase()) || isCriticalDrug(row.drug),
        notChecked: notChecked(row, timeZone),
      },
    },
  };
}

function givenInfusion(row: InfusionRow) {
  const infusion = row.infusion_id;
  const segments = row.segments.map((segment) => ({ infusion, ...segment }));
  const late = row.segments.some((segment) => segment.late);
  return { infusion, startedAt: row.started_at, endedAt: row.ended_at, ml: row.total_ml, late, segments };
}

/** What was looked for and could not be known: never "nothing was given". */
function notChecked(row: TherapyRow, timeZone: string | null): string[] {
  const found: string[] = [];
  const { given, schedule: planned } = row;
  if (given === null) found.push('no pump is with this patient: what was given otherwise is not known here');
  else if (given.silentSince !== null) found.push(`${given.pump} is silent: what it gave since is not known`);
  if (planned.kind !== 'continuous' && row.volume_ml === null) found.push('the volume: no order is verified');
  if (planned.kind === 'daily' && timeZone === null) found.push('the time zone of the patient: times are taken as UTC');
  return found;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
