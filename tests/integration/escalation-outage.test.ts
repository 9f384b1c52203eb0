// A server of its own that is really stopped: what falls due meanwhile is carried out when it is back, and once.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { alertDetail } from '#schemas/http/alert.ts';
import { startCluster } from '../../scripts/database/cluster.ts';
import { migrate } from '../../scripts/migrate.ts';
import { addPerson, apiForThisTest, Person, shape } from '../support/api.ts';
import { addAlert } from '../support/board.ts';
import { brokerForThisTest } from '../support/broker.ts';
import { addMethod, putOnCall, stepsOf, toldOf } from '../support/on-call.ts';
import { waitFor } from '../support/wait-for.ts';

test('steps that fall due while the database is away are carried out when it is back, each once; screens say so meanwhile', async () => {
  const server = await stoppableServer();
  const { db } = server;
  const broker = await brokerForThisTest(server.url);
  const apis = await Promise.all([1, 2].map(() => apiForThisTest(broker, server.url)));
  const [ann, bob] = await Promise.all(apis.map(async (api) => Person.signIn(api, await addPerson(db, 'clinician'))));
  if (!ann || !bob) throw new Error('nobody signed in');
  await putOnCall(db, 'clinical', ann.id);
  await putOnCall(db, 'clinical-backup', bob.id);
  for (const { id } of [ann, bob]) await addMethod(db, id, 'sms');
  const screen = await ann.live();
  screen.send({ type: 'resume', feedEpoch: null, last: 0 });
  await screen.next('snapshot');

  const high = await addAlert(db, { priority: 'high' });
  const doneOf = async (id: string) => (await stepsOf(db, id)).filter(({ state }) => state === 'done');
  await waitFor(async () => (await doneOf(high)).length === 1, { what: 'the first step' });
  // Both fall due while it is away: the second step of one, the end of the other's dwell.
  const dueAt = Date.now() + 1_500;
  const medium = await addAlert(db, { priority: 'medium', raisedAt: new Date(dueAt - 5 * 60_000).toISOString() });
  await waitFor(async () => (await stepsOf(db, medium)).length === 1, { what: 'the medium one to be looked at' });
  await db.query(`update escalation_step set due_at = $2, early = null where alert_id = $1 and state = 'due'`, [
    high,
    new Date(dueAt),
  ]);
  await server.stop();
  await screen.next('tick', ({ db: { up, downSince } }) => !up && downSince !== null);
  expect((await ann.post(`/alerts/${high}/accept`)).status).toBe(503);
  await waitFor(() => Date.now() > dueAt, { what: 'both to be due' });

  await server.start();
  await waitFor(async () => (await doneOf(high)).length === 2 && (await doneOf(medium)).length === 1, {
    what: 'what fell due',
  });
  await screen.next('alert', ({ alert }) => alert.id === high && alert.offer?.step === 2);
  await waitFor(() => screen.of('tick').at(-1)?.db.up, { what: 'the screen to say that it is back' });
  const alert = shape(alertDetail, await bob.post(`/alerts/${high}/accept`));
  expect(alert).toMatchObject({ responsibility: 'accepted', owner: { id: bob.id } });
  expect((await doneOf(high)).map(({ step, asked }) => [step, asked])).toEqual([
    [1, [ann.id]],
    [2, [bob.id]],
  ]);
  for (const id of [high, medium]) {
    const told = (await toldOf(db, id)).map(({ channel, user }) => `${channel} ${user}`);
    expect(told, id).toEqual(id === high ? [`sms ${ann.id}`, `sms ${bob.id}`] : [`sms ${ann.id}`]);
  }
});

test('that nobody can be asked is said: a locked table, and a database that is read-only', {
  timeout: 90_000,
}, async () => {
  const server = await stoppableServer();
  const broker = await brokerForThisTest(server.url);
  const api = await apiForThisTest(broker, server.url);
  const checks = async (): Promise<Record<string, boolean>> => {
    const response = await fetch(`${api.url}/readyz`);
    const { checks } = await response.json();
    return { ...checks, ready: response.ok };
  };
  await waitFor(async () => (await checks()).ready, { what: 'the api' });

  const other = await server.db.connect();
  await other.query('begin; lock table escalation_step in access exclusive mode');
  await waitFor(async () => (await checks()).escalation === false, { timeoutMs: 40_000, what: 'that it is held up' });
  expect(await checks()).toMatchObject({ ready: false, database: true, escalation: false });
  await other.query('rollback');
  await waitFor(async () => (await checks()).ready, { timeoutMs: 20_000, what: 'that it goes on' });

  await other.query('alter system set default_transaction_read_only = on');
  await other.query('select pg_reload_conf()');
  other.release();
  await waitFor(async () => (await checks()).database === false, { timeoutMs: 20_000, what: 'that it is read-only' });
  expect(await checks()).toMatchObject({ ready: false, database: false, escalation: true });
});

async function stoppableServer() {
  const dataDir = mkdtempSync(join(tmpdir(), 'dripwatch-outage-'));
  const options = { dataDir, engine: 'embedded', durable: false } as const;
  let cluster = await startCluster(options);
  const { url, port } = cluster;
  const db = new pg.Pool({ connectionString: url });
  db.on('error', () => {});
  onTestFinished(async () => {
    await db.end();
    await cluster.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  await migrate(url);
  return {
    url,
    db,
    stop: () => cluster.close(),
    start: async () => {
      cluster = await startCluster({ ...options, port });
    },
  };
}
