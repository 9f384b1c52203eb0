import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serviceTopics } from '#schemas/topics.ts';
import {
  brokerForThisTest,
  brokerMetric,
  connectAs,
  connectService,
  provisionPump,
  untilClosed,
} from '../support/broker.ts';
import { cuttableLink } from '../support/cuttable-link.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { waitFor } from '../support/wait-for.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database.close();
});

const provision = (id: string) => provisionPump(database.pool, id);
async function credential(id: string) {
  const { rows } = await database.pool.query<{ used: boolean; revoked: boolean }>(
    'select first_used_at is not null as used, revoked_at is not null as revoked from credential where credential_id = $1',
    [id],
  );
  return rows[0];
}
const mirrorText = (dataDir: string) => readFileSync(join(dataDir, 'credentials.json'), 'utf8');

test('a pump that was provisioned a moment ago connects at once', async () => {
  const broker = await brokerForThisTest(database.url);
  const client = await connectAs(broker, await provision('FRESH-1'));
  expect(client.connected).toBe(true);
});

test('a wrong token and an unknown pump are refused and counted', async () => {
  const broker = await brokerForThisTest(database.url);
  const pump = await provision('WRONG-1');
  await expect(connectAs(broker, { ...pump, token: `${pump.token}x` })).rejects.toMatchObject({ code: 4 });
  await expect(connectAs(broker, { ...pump, id: 'NOBODY-1' })).rejects.toMatchObject({ code: 4 });
  expect(await brokerMetric(broker, 'auth_failures_total', 'reason="wrong-token"')).toBe(1);
  expect(await brokerMetric(broker, 'auth_failures_total', 'reason="unknown"')).toBe(1);
});

test('one pump’s token does not open another’s link', async () => {
  const broker = await brokerForThisTest(database.url);
  const [mine, theirs] = [await provision('MINE-1'), await provision('THEIRS-1')];
  await expect(connectAs(broker, { id: theirs.id, token: mine.token })).rejects.toMatchObject({ code: 4 });
});

describe('rotation', () => {
  test('the old token works until the new one has connected, then it is revoked and refused', async () => {
    const broker = await brokerForThisTest(database.url);
    const old = await provision('ROTATE-1');
    const first = await connectAs(broker, old);
    await waitFor(async () => (await credential(old.credentialId))?.used);
    const next = await provision('ROTATE-1');
    expect((await connectAs(broker, old)).connected).toBe(true);
    expect(await credential(old.credentialId)).toEqual({ used: true, revoked: false });

    expect((await connectAs(broker, next)).connected).toBe(true);
    await waitFor(() => !first.connected);
    await waitFor(async () => (await credential(old.credentialId))?.revoked);
    expect(await credential(next.credentialId)).toEqual({ used: true, revoked: false });
    await expect(connectAs(broker, old)).rejects.toMatchObject({ code: 4 });
    expect((await connectAs(broker, next)).connected).toBe(true);
  });
});

describe('within 5 s the link is cut', () => {
  test.each([
    ['of a retired pump', `update pump set retired_at = now(), status = 'retired' where pump_id = $1`],
    ['of a revoked credential', 'update credential set revoked_at = now() where pump_id = $1'],
  ])('%s, without anybody saying so', async (_name, statement) => {
    const broker = await brokerForThisTest(database.url);
    const pump = await provision(`CUT-${_name.length}`);
    const bystander = await connectAs(broker, await provision('BYSTANDER-1'));
    const client = await connectAs(broker, pump);
    const closed = untilClosed(client);
    const since = Date.now();
    await database.pool.query(statement, [pump.id]);
    await closed;
    expect(Date.now() - since).toBeLessThan(5_000);
    expect(bystander.connected).toBe(true);
    await expect(connectAs(broker, pump)).rejects.toMatchObject({ code: 4 });
  });

  test('and at once when the api says that credentials changed', async () => {
    const broker = await brokerForThisTest(database.url);
    const api = await connectService(broker, 'svc-api');
    // Sooner than the broker looks by itself, and three times, so that it is no coincidence.
    for (const id of ['CUT-NOW-1', 'CUT-NOW-2', 'CUT-NOW-3']) {
      const closed = untilClosed(await connectAs(broker, await provision(id)));
      // The look that the first connection caused is over.
      await waitFor(
        () => mirrorText(broker.dataDir).includes(id) && mirrorText(broker.dataDir).includes('"firstUses":[]'),
      );
      await database.pool.query('update pump set retired_at = now() where pump_id = $1', [id]);
      const since = Date.now();
      await api.publishAsync(serviceTopics.credentials, '{}', { qos: 1 });
      await closed;
      expect(Date.now() - since).toBeLessThan(1_000);
    }
    expect(await brokerMetric(broker, 'retired_cut_total')).toBe(3);
  });
});

describe('while the database is away', () => {
  test('known pumps connect; an unknown one is told to come back later; services connect', async () => {
    const link = await cuttableLink(database.url);
    const known = await provision('KNOWN-1');
    const broker = await brokerForThisTest(link.url);
    link.cut();
    expect((await connectAs(broker, known)).connected).toBe(true);
    expect((await connectService(broker, 'svc-ingest')).connected).toBe(true);
    await expect(connectAs(broker, { id: 'STRANGER-1', token: 'x' })).rejects.toMatchObject({ code: 3 });
  });

  test('a broker that restarts knows the pumps from its mirror, which is for its owner only and holds no token', async () => {
    const link = await cuttableLink(database.url);
    const known = await provision('MIRRORED-1');
    const broker = await brokerForThisTest(link.url);
    await waitFor(() => mirrorText(broker.dataDir).includes('MIRRORED-1'));
    expect(mirrorText(broker.dataDir)).not.toContain(known.token);
    expect(statSync(join(broker.dataDir, 'credentials.json')).mode & 0o777).toBe(0o600);
    link.cut();
    await broker.restart();
    expect((await fetch(`http://127.0.0.1:${broker.httpPort}/readyz`)).status).toBe(200);
    expect((await connectAs(broker, known)).connected).toBe(true);
  });

  test('the first use of a token is told to the database when it is back, also after a restart', async () => {
    const link = await cuttableLink(database.url);
    const old = await provision('QUEUED-1');
    const next = await provision('QUEUED-1');
    const broker = await brokerForThisTest(link.url);
    link.cut();
    expect((await connectAs(broker, next)).connected).toBe(true);
    await waitFor(() => mirrorText(broker.dataDir).includes('"firstUses":[{'));
    await broker.restart();
    expect((await connectAs(broker, next)).connected).toBe(true);
    await expect(connectAs(broker, old)).rejects.toMatchObject({ code: 3 });
    expect(await credential(old.credentialId)).toEqual({ used: false, revoked: false });
    link.mend();
    await waitFor(async () => (await credential(old.credentialId))?.revoked);
    expect(await credential(next.credentialId)).toEqual({ used: true, revoked: false });
  });

  test('a broker that never saw the database says that it is not ready', async () => {
    const link = await cuttableLink(database.url);
    link.cut();
    const broker = await brokerForThisTest(link.url);
    const ready = () => fetch(`http://127.0.0.1:${broker.httpPort}/readyz`).then(({ status }) => status);
    expect(await ready()).toBe(503);
    link.mend();
    await waitFor(async () => (await ready()) === 200);
  });
});
