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
  condition?: 'active' | 'ended';
  endedAgoS?: number;
  raisedAt?: string;
  seen?: boolean;
};

/** Commits an alert as ingest does: the row, then its feed entry as the last statement. */
export async function addAlert(db: pg.Pool, facts: AlertFacts): Promise<string> {
  const id = randomUUID();
  const client = await db.connect();
  try {
    await client.query('begin');
    await client.query(
      `insert into alert (alert_id, pump_id, type, priority, message, condition, raised_at, late, ended_at, received_at,
                          committed_at, seen_at)
       values ($1, $2, $3, $4, 'Downstream occlusion', $5, coalesce($6::timestamptz, now()), false,
               now() - make_interval(secs => $7::double precision), now(), now(), case when $8 then now() end)`,
      [
        id,
        facts.pump ?? null,
        facts.type ?? 'MDC_EVT_FLUID_LINE_OCCL',
        facts.priority ?? 'medium',
        facts.condition ?? 'active',
        facts.raisedAt ?? null,
        facts.endedAgoS ?? null,
        facts.seen ?? false,
      ],
    );
    await client.query('select append_to_feed(array[$1::uuid])', [id]);
    await client.query('commit');
  } finally {
    client.release();
  }
  return id;
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
