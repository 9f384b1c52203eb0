import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { shardOf, topicPrefix } from '#schemas/topics.ts';
import { openCredentials } from '../../../firmware-sim/provision/credentials.ts';

/** Puts pumps into the database and their credentials where the simulator keeps them: thousands, past the api's limits. */
export async function provisionMany(
  db: pg.Pool,
  dataDir: string,
  apiUrl: string,
  ids: readonly string[],
): Promise<void> {
  const kept = openCredentials(dataDir, apiUrl);
  const pumps = ids.map((id) => {
    const shard = shardOf(createHash('sha256').update(id).digest()[0] ?? 0);
    const token = randomBytes(32).toString('hex');
    kept.keep(id, { topicPrefix: topicPrefix(shard, id), username: id, token });
    return { id, shard, hash: createHash('sha256').update(token).digest() };
  });
  await db.query(
    `insert into pump (pump_id, shard, model, serial)
     select id, shard, 'Meridian H2', id from unnest($1::text[], $2::smallint[]) as p (id, shard)`,
    [ids, pumps.map(({ shard }) => shard)],
  );
  await db.query('insert into credential (pump_id, token_hash) select * from unnest($1::text[], $2::bytea[])', [
    ids,
    pumps.map(({ hash }) => hash),
  ]);
}
