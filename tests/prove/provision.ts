import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { shardOf, topicPrefix } from '#schemas/topics.ts';
import type { PumpAccount } from './journal-pump.ts';

/** Puts numbered pumps with a credential each into the database: PREFIX-00001, PREFIX-00002, … */
export async function provision(db: pg.Pool, prefix: string, count: number): Promise<PumpAccount[]> {
  const made = Array.from({ length: count }, (_, index) => {
    const id = `${prefix}-${String(index + 1).padStart(5, '0')}`;
    const shard = shardOf(createHash('sha256').update(id).digest()[0] ?? 0);
    const token = randomBytes(32).toString('base64url');
    return {
      shard,
      account: { id, token, prefix: topicPrefix(shard, id), epoch: randomBytes(8).toString('hex') },
      hash: createHash('sha256').update(token).digest(),
    };
  });
  const ids = made.map(({ account }) => account.id);
  await db.query(
    `insert into pump (pump_id, shard, model, serial)
     select id, shard, 'proof', id from unnest($1::text[], $2::smallint[]) as p (id, shard)`,
    [ids, made.map(({ shard }) => shard)],
  );
  await db.query('insert into credential (pump_id, token_hash) select * from unnest($1::text[], $2::bytea[])', [
    ids,
    made.map(({ hash }) => hash),
  ]);
  return made.map(({ account }) => account);
}
