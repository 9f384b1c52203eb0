import type { CallChange } from '#schemas/http/calls.ts';
import { type Actor, writeAudit } from '../audit/write.ts';
import { columnsOf } from '../care/columns.ts';
import type { Query } from '../database.ts';
import { notFound, problem } from '../problem.ts';
import { checkDue, checkPatient, refuse } from './calls.ts';
import { answererOf } from './people.ts';

type Locked = {
  revision: number;
  followUp: string | null;
  done: boolean;
  direction: 'in' | 'out';
  dueAt: string | null;
  followUpOwner: string | null;
  columns: Record<string, unknown>;
};

/**
 * Adds to a call or puts it right; what stood there before is kept.
 * @throws 404; 409 where somebody else has changed it since `revision`, or a done follow-up would change; 422
 */
export async function changeCall(
  query: Query,
  id: string,
  { revision, followUp, ...change }: CallChange,
  by: Actor & { id: string },
  now: number,
): Promise<void> {
  const [before] = await query<Locked>('call_lock', [id]);
  if (!before) throw notFound(`call ${id}`);
  if (before.revision !== revision) throw problem(409, 'somebody else has changed this call meanwhile; read it again');
  if (change.patient) await checkPatient(query, change.patient);
  if (change.complaint === null && before.direction === 'in') throw refuse('complaint', 'what is it about?');
  const { patient, ...rest } = change;
  const values = {
    ...rest,
    ...(patient === undefined ? {} : { patientId: patient }),
    ...(followUp === undefined ? {} : await followUpValues(query, before, followUp, by, now)),
  };
  const columns: Record<string, unknown> = JSON.parse(columnsOf(values));
  const changed = Object.keys(columns).filter((name) => columns[name] !== before.columns[name]);
  if (changed.length === 0) return;
  await query('call_update', [id, JSON.stringify(columns)]);
  const old = Object.fromEntries(changed.map((name) => [name, before.columns[name]]));
  await query('call_change_insert', [id, revision, by.id, JSON.stringify(old)]);
  await writeAudit(query, by, 'call.change', id, { fields: changed });
}

async function followUpValues(
  query: Query,
  before: Locked,
  change: NonNullable<CallChange['followUp']>,
  by: Actor & { id: string },
  now: number,
): Promise<Record<string, unknown>> {
  if (before.done) throw problem(409, 'this follow-up is done; log another call for what comes next');
  const text = change.text ?? before.followUp;
  const dueAt = change.dueAt ?? before.dueAt;
  if (text === null) throw refuse('followUp.text', 'what is to be done?');
  if (dueAt === null) throw refuse('followUp.dueAt', 'by when?');
  if (change.dueAt !== undefined) checkDue(change.dueAt, now, 'followUp.dueAt');
  const owner =
    change.owner === undefined
      ? (before.followUpOwner ?? by.id)
      : (await answererOf(query, change.owner, 'followUp.owner')).id;
  const done = change.done === true ? { followUpDoneAt: new Date(now).toISOString(), followUpDoneBy: by.id } : {};
  return {
    followUp: text,
    ...(change.dueAt === undefined ? {} : { followUpDueAt: dueAt }),
    followUpOwner: owner,
    ...done,
  };
}
