import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { auditEntry } from '#schemas/http/administration.ts';
import { page } from '#schemas/http/shapes.ts';
import { sealOnce } from '../../api/audit/sealer.ts';
import { verifyChain } from '../../api/audit/verify.ts';
import { writeAudit } from '../../api/audit/write.ts';
import { createDatabase, type Database } from '../../api/database.ts';
import { addPerson, apiForThisTest, Person, shape } from '../support/api.ts';
import { brokerForThisTest } from '../support/broker.ts';
import { databaseForThisTest } from '../support/database.ts';
import { waitFor } from '../support/wait-for.ts';

const root = join(import.meta.dirname, '..', '..');
const somebody = { id: null, name: 'test' };

function open(url: string): Database {
  const options = { url, connections: 4, statementTimeoutMs: 5_000, connectTimeoutMs: 2_000, name: 'test' };
  return createDatabase(options, pino({ level: 'silent' }));
}

function run(script: string, args: string[], databaseUrl: string, input = '') {
  const child = spawn(process.execPath, ['scripts/run.mjs', script, ...args], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: databaseUrl },
  });
  child.stdin.end(input);
  return new Promise<{ code: number | null; out: string; error: string }>((resolve) => {
    let out = '';
    let error = '';
    child.stdout.on('data', (data) => {
      out += data;
    });
    child.stderr.on('data', (data) => {
      error += data;
    });
    child.on('close', (code) => resolve({ code, out, error }));
  });
}

test('what somebody did is in the log, sealed within seconds, and the chain holds', async () => {
  const database = await databaseForThisTest();
  const broker = await brokerForThisTest(database.url);
  const api = await apiForThisTest(broker, database.url);
  const technician = await Person.signIn(api, await addPerson(database.pool, 'technician'));
  const auditor = await Person.signIn(api, await addPerson(database.pool, 'auditor'));
  await technician.post('/pumps', { id: 'PUMP-A', model: 'x', serial: 'y' });
  const entries = await waitFor(async () => {
    const { items } = shape(page(auditEntry), await auditor.get('/audit?subject=PUMP-A'));
    return items.every(({ seal }) => seal !== null) && items.length > 0 ? items : null;
  });
  expect(entries).toMatchObject([{ action: 'pump.provision', subject: 'PUMP-A', actor: { id: technician.id } }]);
  const verified = await run('scripts/audit.ts', ['verify', '--json'], database.url);
  expect(JSON.parse(verified.out)).toMatchObject({ ok: true, unsealed: 0 });
  expect(verified.code).toBe(0);
});

test('of several sealers at once one seals, and no entry is sealed twice or left out', async () => {
  const database = await databaseForThisTest();
  const db = open(database.url);
  for (let n = 0; n < 50; n += 1) await db.transaction((query) => writeAudit(query, somebody, 'test', `${n}`));
  await Promise.all(Array.from({ length: 4 }, () => db.transaction((query) => sealOnce(query))));
  await db.transaction((query) => sealOnce(query));
  expect(await verifyChain(db.query)).toMatchObject({ ok: true, sealed: 50, unsealed: 0 });
  await db.close();
});

test('an entry that commits after a later number was sealed is sealed all the same', async () => {
  const database = await databaseForThisTest();
  const db = open(database.url);
  await db.transaction(async (slow) => {
    await writeAudit(slow, somebody, 'slow', 'a');
    await db.transaction((query) => writeAudit(query, somebody, 'fast', 'b'));
    expect(await db.transaction((query) => sealOnce(query))).toBe(1);
  });
  expect(await db.transaction((query) => sealOnce(query))).toBe(1);
  expect(await verifyChain(db.query)).toMatchObject({ ok: true, sealed: 2 });
  await db.close();
});

test('a changed, a removed and an inserted entry break the chain; the log itself refuses all three', async () => {
  const database = await databaseForThisTest();
  const db = open(database.url);
  for (let n = 0; n < 5; n += 1) await db.transaction((query) => writeAudit(query, somebody, 'test', `${n}`));
  await db.transaction((query) => sealOnce(query));
  await expect(database.pool.query("update audit set subject = 'x'")).rejects.toThrow('append-only');
  await expect(database.pool.query('delete from audit_seal')).rejects.toThrow('append-only');

  const { rows } = await database.pool.query('select audit_id from audit where subject = $1', ['2']);
  await database.pool.query('alter table audit disable trigger user; alter table audit_seal disable trigger user');
  await database.pool.query("update audit set subject = 'forged' where audit_id = $1", [rows[0].audit_id]);
  expect(await verifyChain(db.query)).toMatchObject({ ok: false, sealNo: 3, auditId: Number(rows[0].audit_id) });
  const failed = await run('scripts/audit.ts', ['verify'], database.url);
  expect(failed).toMatchObject({ code: 1, error: expect.stringContaining('broken at seal 3') });

  await database.pool.query('delete from audit_seal where audit_id = $1', [rows[0].audit_id]);
  await database.pool.query('delete from audit where audit_id = $1', [rows[0].audit_id]);
  expect(await verifyChain(db.query)).toMatchObject({ ok: false, sealNo: 3, reason: 'seal 3 is missing' });
  await db.close();
});

test('the first administrator is made on the command line, the password never on it', async () => {
  const database = await databaseForThisTest();
  const broker = await brokerForThisTest(database.url);
  const args = ['create', '--email', 'First@Clinic.example', '--role', 'admin'];
  const made = await run('scripts/user.ts', args, database.url, 'a long enough password\n');
  expect(made).toMatchObject({ code: 0, out: 'first@clinic.example can sign in as admin\n' });
  const api = await apiForThisTest(broker, database.url);
  await Person.signIn(api, 'first@clinic.example', 'a long enough password');
  const again = await run('scripts/user.ts', args, database.url, 'a long enough password\n');
  expect(again).toMatchObject({ code: 1, error: expect.stringContaining('is there already') });
  const short = await run('scripts/user.ts', args, database.url, 'short');
  expect(short).toMatchObject({ code: 1, error: expect.stringContaining('at least 12') });
  expect((await run('scripts/user.ts', ['destroy'], database.url)).code).toBe(2);
});
