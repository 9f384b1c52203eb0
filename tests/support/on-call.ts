import type pg from 'pg';
import { waitFor } from './wait-for.ts';

/** Puts somebody on call for ever, by a schedule of one layer. */
export async function putOnCall(db: pg.Pool, schedule: string, userId: string): Promise<void> {
  const layer = {
    name: 'always',
    timeZone: 'UTC',
    startsOn: '2026-01-01',
    endsOn: null,
    handOverAt: '00:00',
    every: { count: 1, unit: 'week' },
    members: [userId],
    restrictions: [],
  };
  await db.query('update on_call_schedule set layers = $2::jsonb, version = version + 1 where schedule_id = $1', [
    schedule,
    JSON.stringify([layer]),
  ]);
}

/** A contact method that answered a test just now. */
export async function addMethod(db: pg.Pool, userId: string, channel: string): Promise<void> {
  await db.query(
    `insert into contact_method (user_id, channel, label, address, last_answered_at)
     values ($1, $2, $2, '{"number": "+46701234567", "address": "nobody@test"}', now())`,
    [userId, channel],
  );
}

export type StepRow = { cycle: number; step: number; kind: string; state: string; lateMs: number; asked: string[] };

/** What became of an alert's steps, in their order. */
export async function stepsOf(db: pg.Pool, alert: string): Promise<StepRow[]> {
  const { rows } = await db.query<StepRow>(
    `select cycle, step, kind, state, asked, extract(epoch from done_at - due_at)::double precision * 1000 as "lateMs"
       from escalation_step where alert_id = $1 order by escalation_step_id`,
    [alert],
  );
  return rows;
}

/** Makes what is due next due now, as if the time had passed. */
export async function makeDue(db: pg.Pool, alert: string): Promise<void> {
  await db.query(`update escalation_step set due_at = now(), early = null where alert_id = $1 and state = 'due'`, [
    alert,
  ]);
}

export type TellingRow = { key: string; channel: string; user: string | null; purpose: string; state: string };

export async function toldOf(db: pg.Pool, alert: string): Promise<TellingRow[]> {
  const { rows } = await db.query<TellingRow>(
    `select idempotency_key as key, channel, user_id as user, purpose, state from notification
      where alert_id = $1 order by created_at, idempotency_key`,
    [alert],
  );
  return rows;
}

/** Waits until every alert that is there was looked at: until then the feed goes on by itself. */
export async function escalationSettled(db: pg.Pool): Promise<void> {
  await waitFor(
    async () => {
      const { rows } = await db.query(
        `select from alert a left join escalation e on e.alert_id = a.alert_id
          where a.audience <> 'technician' and (a.condition = 'active' or (a.priority = 'high' and a.seen_at is null))
            and e.looked_at_as is distinct from alert_looks(a)`,
      );
      return rows.length === 0;
    },
    { what: 'escalation to settle' },
  );
}
