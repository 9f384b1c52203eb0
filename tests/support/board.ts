import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { shardOf } from '#schemas/topics.ts';

/** Puts numbered pumps into the database: BED-0001, BED-0002, … */
export async function addPumps(db: pg.Pool, prefix: string, count: number): Promise<void> {
  const ids = Array.from({ length: count }, (_, index) => `${prefix}-${String(index + 1).padStart(4, '0')}`);
  const shards = ids.map((id) => shardOf(createHash('sha256').update(id).digest()[0] ?? 0));
  await db.query(
    `insert into pump (pump_id, shard, model, serial)
     select id, shard, 'CADD', 'S-' || id from unnest($1::text[], $2::smallint[]) as p (id, shard)`,
    [ids, shards],
  );
}

export type AlertFacts = {
  pump?: string;
  priority?: 'high' | 'medium' | 'low';
  type?: string;
  message?: string;
  detail?: Record<string, unknown>;
  infusion?: string;
  /** Of a clinical one people are asked, which changes it again. */
  audience?: 'clinical' | 'technician' | 'technical-on-call';
  condition?: 'active' | 'ended';
  endedAgoS?: number;
  raisedAt?: string;
  seen?: boolean;
  responsibility?: 'unassigned' | 'offered' | 'accepted' | 'declined' | 'lapsed';
  owner?: string;
  offeredTo?: string;
  acceptedForS?: number;
};

/** Commits an alert as ingest does: the row, then its feed entry as the last statement. */
export async function addAlert(db: pg.Pool, facts: AlertFacts): Promise<string> {
  const id = randomUUID();
  const client = await db.connect();
  try {
    await client.query('begin');
    await client.query(
      `insert into alert (alert_id, pump_id, type, priority, message, condition, raised_at, late, ended_at, received_at,
                          committed_at, seen_at, detail, infusion_id, responsibility, owner, offered_to, accepted_at,
                          accepted_until, audience)
       values ($1, $2, $3, $4, $9, $5, coalesce($6::timestamptz, now()), false,
               now() - make_interval(secs => $7::double precision), now(), now(), case when $8 then now() end, $10, $11,
               $12, $13, $14, case when $15::double precision is not null then now() end,
               now() + make_interval(secs => $15::double precision), $16)`,
      [
        id,
        facts.pump ?? null,
        facts.type ?? 'MDC_EVT_FLUID_LINE_OCCL',
        facts.priority ?? 'medium',
        facts.condition ?? 'active',
        facts.raisedAt ?? null,
        facts.endedAgoS ?? null,
        facts.seen ?? false,
        facts.message ?? 'Downstream occlusion',
        facts.detail ?? {},
        facts.infusion ?? null,
        facts.responsibility ?? 'unassigned',
        facts.owner ?? null,
        facts.offeredTo ?? null,
        facts.acceptedForS ?? null,
        facts.audience ?? 'clinical',
      ],
    );
    await client.query('select append_to_feed(array[$1::uuid])', [id]);
    await client.query('commit');
  } finally {
    client.release();
  }
  return id;
}

/** So many alerts of a technician in one transaction: nobody is asked about them. @returns their ids, oldest first */
export async function addTechnicalAlerts(db: pg.Pool, count: number): Promise<string[]> {
  const client = await db.connect();
  try {
    await client.query('begin');
    const { rows } = await client.query<{ id: string }>(
      `insert into alert (alert_id, type, priority, message, condition, raised_at, late, received_at, committed_at, audience)
       select gen_random_uuid(), 'test', 'low', 'one of many', 'active', now() + n * interval '1 ms', false, now(), now(),
              'technician'
         from generate_series(1, $1) as n
       returning alert_id as id`,
      [count],
    );
    const ids = rows.map(({ id }) => id);
    await client.query('select append_to_feed($1::uuid[])', [ids]);
    await client.query('commit');
    return ids;
  } finally {
    client.release();
  }
}

/** Changes alerts as the platform does: the rows, then their feed entries. @param change SQL of `set` */
export async function changeAlerts(db: pg.Pool, change: string, where: string): Promise<void> {
  const client = await db.connect();
  try {
    await client.query('begin');
    const { rows } = await client.query<{ id: string }>(
      `update alert set ${change} where ${where} returning alert_id as id`,
    );
    if (rows.length > 0) await client.query('select append_to_feed($1::uuid[])', [rows.map(({ id }) => id)]);
    await client.query('commit');
  } finally {
    client.release();
  }
}

/** Ends everything two hours ago, seen by somebody: nothing of it is shown any more. */
export async function putAlertsAway(db: pg.Pool): Promise<void> {
  const over = "condition = 'ended', ended_at = now() - interval '2 hours', seen_at = coalesce(seen_at, now())";
  await changeAlerts(db, over, "condition = 'active' or seen_at is null");
}

/** Several changes of one alert whose message is this long; it is no longer active, so that no snapshot carries it. */
export async function appendToFeed(db: pg.Pool, changes: number, message: string): Promise<void> {
  const id = randomUUID();
  await db.query(
    `insert into alert (alert_id, type, priority, message, condition, raised_at, late, ended_at, received_at, committed_at)
     values ($1, 'test', 'low', $2, 'ended', now(), false, now() - interval '2 hours', now(), now())`,
    [id, message],
  );
  for (let n = 0; n < changes; n += 1) await db.query('select append_to_feed(array[$1::uuid])', [id]);
}
