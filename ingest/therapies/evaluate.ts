import type { Pool, PoolClient } from 'pg';
import type { Logger } from 'pino';
import { audienceOf } from '#schemas/rules/audience.ts';
import { judgeTherapy } from '#schemas/rules/therapy/judge-therapy.ts';
import { type TherapyEffect, therapyState } from '#schemas/rules/therapy/therapy-state.ts';
import { run } from '../database.ts';
import { uuid5 } from '../ids.ts';
import type { QueryName } from '../sql.ts';
import { type KnownTherapy, loadTherapies } from './facts.ts';

// Rules that need no pump to speak, for every therapy each half minute. The lock on a therapy's row is the claim, so that
// any number of processes share the work and no two look at one therapy at once; state, alerts and their feed entries are
// one transaction (docs/decisions/0010-who-looks-at-therapies.md).

export type EvaluateDeps = { pool: Pool; log: Logger; now: () => number };

/** How often each therapy is looked at, s. */
export const lookEveryS = 30;
const perTransaction = 100;

/** Looks at every therapy that nobody has looked at for `everyS`. @returns how many, and how many alerts changed */
export async function evaluateTherapies(
  { pool, log, now }: EvaluateDeps,
  everyS = lookEveryS,
): Promise<{ looked: number; changed: number }> {
  await run(pool, 'enrolTherapies', []);
  let looked = 0;
  let changed = 0;
  for (;;) {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const batch = await lookAtSome(client, now(), everyS, log);
      await client.query('commit');
      client.release();
      looked += batch.looked;
      changed += batch.changed;
      if (batch.looked < perTransaction) return { looked, changed };
    } catch (error) {
      // The connection may be inside a transaction, or gone: never back to the pool.
      client.release(error instanceof Error ? error : true);
      throw error;
    }
  }
}

type Said = { therapy: KnownTherapy; effect: TherapyEffect };

async function lookAtSome(client: PoolClient, now: number, everyS: number, log: Logger) {
  const claimed = await run<{ therapy_id: string; state: unknown }>(client, 'claimTherapies', [everyS, perTransaction]);
  if (claimed.rows.length === 0) return { looked: 0, changed: 0 };
  const states = new Map(claimed.rows.map((row) => [row.therapy_id, row.state]));
  const { known, unreadable } = await loadTherapies(client, [...states.keys()], now);
  for (const { id, error } of unreadable) log.error({ err: error, therapy: id }, 'a therapy can not be judged');
  const kept: { therapy_id: string; state: unknown }[] = [];
  const said: Said[] = [];
  for (const therapy of known) {
    const state = therapyState.nullable().parse(states.get(therapy.id) ?? null);
    const idOf = (key: string) => uuid5(`therapy ${therapy.id} ${key}`);
    const { next, effects } = judgeTherapy(state, therapy.facts, now, therapy.settings, idOf);
    kept.push({ therapy_id: therapy.id, state: next });
    for (const effect of effects) said.push({ therapy, effect });
  }
  for (const { id } of unreadable) kept.push({ therapy_id: id, state: states.get(id) ?? null });
  await run(client, 'keepTherapies', [JSON.stringify(kept)]);
  return { looked: claimed.rows.length, changed: await commitSaid(client, said, now) };
}

const statements: [TherapyEffect['do'], QueryName][] = [
  ['raise', 'raiseAlerts'],
  ['worsen', 'worsenAlerts'],
  ['reopen', 'reopenAlerts'],
  ['end', 'endTherapyAlerts'],
];

/** One look changes an alert once, so that the order of the statements is the order of what happened. */
async function commitSaid(client: PoolClient, said: readonly Said[], now: number): Promise<number> {
  const changed = new Set<string>();
  for (const [kind, statement] of statements) {
    const rows = said.filter(({ effect }) => effect.do === kind).map((one) => rowOf(one, now));
    if (rows.length === 0) continue;
    const result = await run<{ alert_id: string }>(client, statement, [JSON.stringify(rows)]);
    for (const { alert_id } of result.rows) changed.add(alert_id);
  }
  if (changed.size > 0) await run(client, 'appendToFeed', [[...changed]]);
  return changed.size;
}

function rowOf({ therapy, effect }: Said, now: number): Record<string, unknown> {
  switch (effect.do) {
    case 'raise':
      return {
        alert_id: effect.id,
        pump_id: therapy.pump,
        therapy_id: therapy.id,
        infusion_id: effect.infusion,
        type: effect.type,
        audience: audienceOf(effect.type),
        priority: effect.priority,
        message: effect.message,
        detail: effect.detail,
        raised_at: effect.raisedAt,
        late: false,
        ended_at: effect.ended?.at ?? null,
        end_reason: effect.ended?.reason ?? null,
        received_at: now,
      };
    case 'worsen':
      return { alert_id: effect.id, priority: effect.priority, detail: effect.detail };
    case 'reopen':
      return { alert_id: effect.id };
    case 'end':
      return { alert_id: effect.id, at: effect.at, reason: effect.reason, detail: effect.detail };
  }
}
