import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import pg from 'pg';
import * as z from 'zod';
import { canaryPumpId, shardOf } from '#schemas/topics.ts';
import { writeWhole } from './secrets.ts';

const model = 'Dripwatch canary';
const secretsFile = z.looseObject({
  canary: z.object({ pump: z.string(), token: z.string().min(32) }).optional(),
});

/**
 * Makes sure that the watchdog's pump exists with status `testing`, and that `canary` in a secrets file is a token that the
 * database knows; both stay as they are where they are good.
 * @param file a JSON file; made or added to, readable by its owner only
 * @throws Error when another pump has the canary's name, or the database or the file fails
 */
export async function ensureCanary(databaseUrl: string, file: string): Promise<void> {
  const content = existsSync(file) ? secretsFile.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
  const token = content.canary?.token ?? randomBytes(32).toString('base64url');
  // The file first: a token that nobody knows is harmless, one in the database that nobody has is not.
  if (content.canary === undefined) {
    writeWhole(file, `${JSON.stringify({ ...content, canary: { pump: canaryPumpId, token } }, null, 2)}\n`);
  }
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query('begin');
    await provision(client, createHash('sha256').update(token).digest());
    await client.query('commit');
  } finally {
    await client.end();
  }
}

async function provision(client: pg.Client, tokenHash: Buffer): Promise<void> {
  const shard = shardOf(createHash('sha256').update(canaryPumpId).digest()[0] ?? 0);
  const made = await client.query(
    `insert into pump (pump_id, shard, model, serial, status, status_at) values ($1, $2, $3, $1, 'testing', now())
         on conflict (pump_id) do nothing`,
    [canaryPumpId, shard, model],
  );
  const { rows } = await client.query<{ model: string }>('select model from pump where pump_id = $1 for update', [
    canaryPumpId,
  ]);
  if (rows[0]?.model !== model) throw new Error(`a pump of another model is named ${canaryPumpId}; rename it first`);
  await client.query(
    `update pump set status = 'testing', status_at = now(), status_by = null, retired_at = null
      where pump_id = $1 and (status is distinct from 'testing' or retired_at is not null)`,
    [canaryPumpId],
  );
  const known = await client.query(
    'select from credential where pump_id = $1 and token_hash = $2 and revoked_at is null',
    [canaryPumpId, tokenHash],
  );
  if (known.rowCount === 1) return;
  await client.query('update credential set revoked_at = now() where pump_id = $1 and revoked_at is null', [
    canaryPumpId,
  ]);
  await client.query(
    `insert into credential (pump_id, token_hash) values ($1, $2)
         on conflict (token_hash) do update set revoked_at = null where credential.pump_id = excluded.pump_id`,
    [canaryPumpId, tokenHash],
  );
  const action = made.rowCount === 1 ? 'pump.provision' : 'pump.credential';
  await client.query(
    `insert into audit (actor, actor_name, action, subject, detail) values (null, 'command line', $1, $2, $3)`,
    [action, canaryPumpId, { model, status: 'testing' }],
  );
}
