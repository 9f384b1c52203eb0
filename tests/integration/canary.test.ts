import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { page, pump } from '#schemas/http/shapes.ts';
import { canaryPumpId } from '#schemas/topics.ts';
import { ensureCanary } from '../../scripts/supervisor/canary.ts';
import { addPerson, Person, shape, testApi } from '../support/api.ts';
import { brokerForThisTest } from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const secrets = z.object({ canary: z.object({ pump: z.string(), token: z.string() }) });

function secretsFile(): { file: string; token: () => string } {
  const dir = mkdtempSync(join(tmpdir(), 'dripwatch-canary-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, 'secrets.json');
  return { file, token: () => secrets.parse(JSON.parse(readFileSync(file, 'utf8'))).canary.token };
}

/** Which tokens the database takes: `hash` of those that are not revoked. */
async function credentials(): Promise<string[]> {
  const { rows } = await database.pool.query<{ hash: string }>(
    `select encode(token_hash, 'hex') as hash from credential where pump_id = $1 and revoked_at is null`,
    [canaryPumpId],
  );
  return rows.map(({ hash }) => hash);
}

test('the canary is made once, kept by the next start, and given another token where the file was lost', async () => {
  const first = secretsFile();
  await ensureCanary(database.url, first.file);
  expect(statSync(first.file).mode & 0o777).toBe(0o600);
  const [token, known] = [first.token(), await credentials()];
  expect(known).toHaveLength(1);
  await ensureCanary(database.url, first.file);
  expect(first.token()).toBe(token);
  expect(await credentials()).toEqual(known);
  const { rows } = await database.pool.query('select status from pump where pump_id = $1', [canaryPumpId]);
  expect(rows).toEqual([{ status: 'testing' }]);

  const second = secretsFile();
  await ensureCanary(database.url, second.file);
  expect(await credentials()).toHaveLength(1);
  expect(await credentials()).not.toEqual(known);
  const audit = await database.pool.query('select action from audit where subject = $1 order by audit_id', [
    canaryPumpId,
  ]);
  expect(audit.rows.map(({ action }) => action)).toEqual(['pump.provision', 'pump.credential']);
});

test('GET /pumps leaves the canary out, unless what is being tested is asked for', async () => {
  await ensureCanary(database.url, secretsFile().file);
  await database.pool.query(
    `insert into pump (pump_id, shard, model, serial, status) values ('BENCH', 0, 'm', 's', 'testing')`,
  );
  const api = await testApi(await brokerForThisTest(database.url), database.url);
  onTestFinished(api.close);
  const person = await Person.signIn(api, await addPerson(database.pool, 'technician'));
  const listed = async (query: string) =>
    shape(page(pump), await person.get(`/pumps${query}`)).items.map(({ id }) => id);
  expect(await listed('')).toEqual(['BENCH']);
  expect((await listed('?status=testing&sort=id')).sort()).toEqual(['BENCH', canaryPumpId]);
});

test('a pump of a patient that happens to have the name is left alone', async () => {
  await database.pool.query(`update pump set model = 'CADD', status = 'at-patient' where pump_id = $1`, [canaryPumpId]);
  const before = await credentials();
  await expect(ensureCanary(database.url, secretsFile().file)).rejects.toThrow(`is named ${canaryPumpId}`);
  const { rows } = await database.pool.query('select status from pump where pump_id = $1', [canaryPumpId]);
  expect(rows).toEqual([{ status: 'at-patient' }]);
  expect(await credentials()).toEqual(before);
});
