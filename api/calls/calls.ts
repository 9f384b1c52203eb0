import type * as z from 'zod';
import type { Call, CallDetail, CallRequest, callsExportQuery } from '#schemas/http/calls.ts';
import type { AlertState } from '#schemas/rules/alert.ts';
import { recordAnswer } from '../alert-answers.ts';
import { type Actor, writeAudit } from '../audit/write.ts';
import type { Query } from '../database.ts';
import { notFound, problem } from '../problem.ts';
import { knownPump } from '../provisioning.ts';
import { answererOf } from './people.ts';

// A call with everything that is said in it, in one transaction: follow-up, announced work, who was reached.

/** Clocks of a telephone and of the server need not agree to the second. */
const clockSlackMs = 120_000;

export type CallFilter = z.infer<typeof callsExportQuery>;

/** The values of call_filter.sql. */
export const filterValues = ({ patient, alert, caller, followUp, owner, from, to }: Omit<CallFilter, 'format'>) => [
  ...[patient ?? null, alert ?? null, caller ?? null, followUp ?? null, owner ?? null, from ?? null, to ?? null],
];

/** With the number to call back and who changed what. @throws 404 */
export async function readCall(query: Query, id: string): Promise<CallDetail> {
  const [row] = await query<CallDetail>('call_one', [id]);
  if (!row) throw notFound(`call ${id}`);
  return row;
}

/**
 * @returns its id, and the alert that it was about: the caller's transaction appends that to the feed as its last statement
 * @throws 404 for an unknown patient, alert or pump; 422 for what does not fit
 */
export async function logCall(
  query: Query,
  request: CallRequest,
  by: Actor & { id: string },
  now: number,
): Promise<{ id: string; alert: string | null }> {
  if (request.at !== undefined && Date.parse(request.at) > now + clockSlackMs) throw refuse('at', 'not in the future');
  const patient = await patientOf(query, request);
  const followUp = request.followUp;
  if (followUp !== undefined) checkDue(followUp.dueAt, now, 'followUp.dueAt');
  const owner = followUp === undefined ? null : await answererOf(query, followUp.owner ?? by.id, 'followUp.owner');
  const announcement = request.announce === undefined ? null : await announce(query, request.announce, patient, by);
  const { caller, reached } = request;
  const [made] = await query<{ id: string }>('call_insert', [
    ...[request.at ?? null, request.direction, caller, request.callerName ?? null, request.callBackNumber ?? null],
    ...[patient, request.alert ?? null, reached, request.complaint ?? null, request.advice ?? null],
    ...[
      request.outcome ?? null,
      followUp?.text ?? null,
      followUp?.dueAt ?? null,
      owner?.id ?? null,
      announcement,
      by.id,
    ],
  ]);
  if (!made) throw new Error('the call was not inserted');
  // What was said belongs to the patient and not into the audit.
  const detail = { patient, caller, direction: request.direction, alert: request.alert ?? null, announcement };
  await writeAudit(query, by, 'call.log', made.id, { ...detail, followUpDueAt: followUp?.dueAt ?? null });
  if (request.alert !== undefined) {
    await recordAnswer(query, by, request.alert, {
      action: 'call',
      // A contact is work on it: who has it keeps it for another span.
      input: (state) => (reached && isOwner(state, by.id) ? { kind: 'extend', by: by.id } : null),
      note: `${reached ? 'Reached' : 'No answer from'} the ${caller === 'other' ? 'other contact' : caller}`,
      called: { whose: caller, reached, call: made.id },
    });
  }
  return { id: made.id, alert: request.alert ?? null };
}

const isOwner = ({ responsibility }: AlertState, user: string) =>
  responsibility.at === 'accepted' && responsibility.by === user;

async function patientOf(query: Query, { patient, alert }: CallRequest): Promise<string | null> {
  if (alert !== undefined) {
    const [known] = await query<{ patient: string | null }>('alert_patient', [alert]);
    if (!known) throw notFound(`alert ${alert}`);
    if (patient === undefined) return known.patient;
  }
  if (patient === undefined || patient === null) return null;
  await checkPatient(query, patient);
  return patient;
}

/** @throws 404 */
export async function checkPatient(query: Query, patient: string): Promise<void> {
  const [known] = await query('patient_one', [patient]);
  if (!known) throw notFound(`patient ${patient}`);
}

async function announce(
  query: Query,
  { pump, kind, note }: NonNullable<CallRequest['announce']>,
  patient: string | null,
  by: Actor & { id: string },
): Promise<string> {
  const { retired } = await knownPump(query, pump);
  if (retired) throw refuse('announce.pump', `${pump} is retired`);
  const [held] = await query<{ isTheirs: boolean }>('announcement_pump', [pump, patient]);
  if (patient !== null && !held?.isTheirs) throw refuse('announce.pump', `${pump} is not with this patient now`);
  const [made] = await query<{ id: string }>('announcement_insert', [pump, kind, note ?? null, by.id]);
  if (!made) throw new Error('the announcement was not inserted');
  await writeAudit(query, by, 'announcement.create', made.id, { pump, kind });
  return made.id;
}

/** @throws 422 for a time that is over */
export function checkDue(dueAt: string, now: number, path: string): void {
  if (Date.parse(dueAt) <= now) throw refuse(path, 'a time to come');
}

export const refuse = (path: string, message: string) =>
  problem(422, `${path}: ${message}`, { errors: [{ path, message }] });

/** The columns of an export; a number to call back is not among them. */
export const csvColumns = [
  ...['at', 'direction', 'caller', 'patient', 'initials', 'reached', 'complaint', 'advice', 'outcome'],
  ...['announced', 'follow-up', 'due', 'follow-up of', 'done', 'logged by', 'id'],
];

/** One line of an export. */
export function csvLine(call: Call): string[] {
  const { patient, followUp, announced } = call;
  return [
    ...[call.at, call.direction, call.caller, patient?.reference ?? '', patient?.initials ?? ''],
    ...[call.reached ? 'yes' : 'no', call.complaint ?? '', call.advice ?? '', call.outcome ?? ''],
    ...[announced === null ? '' : `${announced.kind} ${announced.pump}`, followUp?.text ?? '', followUp?.dueAt ?? ''],
    ...[followUp?.owner.name ?? '', followUp?.doneAt ?? '', call.createdBy.name, call.id],
  ];
}
