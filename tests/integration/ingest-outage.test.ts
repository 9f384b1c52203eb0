import type pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { liveProvisional } from '#schemas/messages/live.ts';
import { serviceTopics } from '#schemas/topics.ts';
import { brokerForThisTest, collect, connectService, provisionPump } from '../support/broker.ts';
import { cuttableLink } from '../support/cuttable-link.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { HandPump, ingestForThisTest } from '../support/ingest.ts';
import { waitFor } from '../support/wait-for.ts';

let database: TestDatabase;
let db: pg.Pool;

beforeAll(async () => {
  database = await testDatabase();
  db = database.pool;
  return database.close;
});

const one = async (query: string): Promise<number> => Number((await db.query<{ n: string }>(query)).rows[0]?.n);

test('while the database is away nothing is acknowledged, alarms show provisionally, and afterwards both merge', async () => {
  const broker = await brokerForThisTest(database.url);
  const link = await cuttableLink(database.url);
  await ingestForThisTest(broker, link.url);
  const pump = await HandPump.connect(broker, await provisionPump(db, 'AWAY-1'));
  await pump.send('telemetry', [pump.sample()]);
  await pump.acknowledged();
  const api = await connectService(broker, 'svc-api');
  const heard = collect(api);
  await api.subscribeAsync(serviceTopics.allLive);
  const provisional = () =>
    heard
      .filter(({ topic }) => topic.endsWith('/provisional'))
      .map(({ payload }) => liveProvisional.parse(JSON.parse(payload.toString())));

  link.cut();
  await pump.send('telemetry', [pump.sample(), pump.sample()]);
  await pump.send('alarm', [pump.record({ kind: 'alarm', alarm: 1, code: 'MDC_EVT_PUMP_FLOW_FREE', phase: 'start' })]);
  const shown = await waitFor(() => provisional().find(({ alerts }) => alerts.length > 0), {
    timeoutMs: 15_000,
    what: 'a provisional alert',
  });
  expect(shown).toMatchObject({
    since: expect.any(Number),
    alerts: [{ pump: 'AWAY-1', type: 'MDC_EVT_PUMP_FLOW_FREE', priority: 'high' }],
  });
  // Once begun, more alarms join the full set.
  await pump.send('alarm', [pump.record({ kind: 'alarm', alarm: 2, code: 'MDC_EVT_FLUID_LINE_AIR', phase: 'start' })]);
  await waitFor(() => provisional().some(({ alerts }) => alerts.length === 2), {
    timeoutMs: 15_000,
    what: 'both provisional alerts',
  });
  expect(pump.acks.at(-1)?.upTo).toBe(1);
  expect(await one(`select count(*) as n from telemetry where pump_id = 'AWAY-1'`)).toBe(1);

  link.mend();
  await pump.acknowledged(5);
  expect(await one(`select count(*) as n from telemetry where pump_id = 'AWAY-1'`)).toBe(3);
  const { rows } = await db.query<{ alert_id: string }>(`select alert_id from alert where pump_id = 'AWAY-1'`);
  expect(rows).toHaveLength(2);
  expect(rows.map((row) => row.alert_id)).toContain(shown.alerts[0]?.id);
  await waitFor(() => provisional().at(-1)?.alerts.length === 0, { what: 'the provisional set is empty again' });
  expect(provisional().at(-1)?.since).toBeNull();
});

test('an alarm whose transaction is held up is on the screens within 5 s, and is one alert when it goes on', async () => {
  const broker = await brokerForThisTest(database.url);
  await ingestForThisTest(broker, database.url);
  const pump = await HandPump.connect(broker, await provisionPump(db, 'HELD-1'));
  await pump.send('telemetry', [pump.sample()]);
  await pump.acknowledged();
  const api = await connectService(broker, 'svc-api');
  const heard = collect(api);
  await api.subscribeAsync(serviceTopics.allLive);
  const provisional = () =>
    heard
      .filter(({ topic }) => topic.endsWith('/provisional'))
      .map(({ payload }) => liveProvisional.parse(JSON.parse(payload.toString())));

  const other = await db.connect();
  await other.query('begin; lock table alert in access exclusive mode');
  const alarm = { kind: 'alarm', phase: 'start' };
  await pump.send('alarm', [pump.record({ ...alarm, alarm: 1, code: 'MDC_EVT_PUMP_FLOW_FREE' })]);
  await waitFor(() => provisional().some(({ alerts }) => alerts.length === 1), { timeoutMs: 5_000, what: 'the alarm' });
  await pump.send('alarm', [pump.record({ ...alarm, alarm: 2, code: 'MDC_EVT_FLUID_LINE_AIR' })]);
  await waitFor(() => provisional().some(({ alerts }) => alerts.length === 2), { timeoutMs: 5_000, what: 'the next' });
  expect(pump.acks.at(-1)?.upTo).toBe(1);

  await other.query('rollback');
  other.release();
  await pump.acknowledged(3);
  expect(await one(`select count(*) as n from alert where pump_id = 'HELD-1'`)).toBe(2);
  await waitFor(() => provisional().at(-1)?.since === null, { what: 'the outage is over' });
  expect(provisional().at(-1)?.alerts).toEqual([]);
});

test('what a pump sends again while the database is away waits once, and something new beside it still comes in', async () => {
  const broker = await brokerForThisTest(database.url);
  const link = await cuttableLink(database.url);
  const { httpPort } = await ingestForThisTest(broker, link.url);
  const metric = async (name: string) => {
    const text = await (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text();
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${name} `))
        ?.slice(name.length) ?? 0,
    );
  };
  const pump = await HandPump.connect(broker, await provisionPump(db, 'AWAY-2'));
  await pump.send('telemetry', [pump.sample()]);
  await pump.acknowledged();

  link.cut();
  await waitFor(async () => (await metric('dripwatch_ingest_database_up')) === 0, {
    timeoutMs: 15_000,
    what: 'the outage is known',
  });
  const held = [pump.sample(), pump.sample()];
  const alarm = [pump.record({ kind: 'alarm', alarm: 1, code: 'MDC_EVT_PUMP_FLOW_FREE', phase: 'start' })];
  for (let round = 0; round < 3; round += 1) {
    await pump.send('telemetry', held);
    await pump.send('alarm', alarm);
  }
  await waitFor(async () => (await metric('dripwatch_ingest_ignored_total{why="sent again"}')) === 4, {
    what: 'what was sent again is dropped',
  });
  await pump.send('telemetry', [...held, pump.sample()]);
  await waitFor(async () => (await metric('dripwatch_ingest_queued_messages')) === 3, { what: 'three messages wait' });
  expect(pump.acks.at(-1)?.upTo).toBe(1);

  link.mend();
  await pump.acknowledged(5);
  expect(await one(`select count(*) as n from telemetry where pump_id = 'AWAY-2'`)).toBe(4);
  expect(await one(`select count(*) as n from alert where pump_id = 'AWAY-2'`)).toBe(1);
});

test('two workers share the shards, and when one dies the other goes on without a record lost or doubled', async () => {
  const broker = await brokerForThisTest(database.url);
  const link = await cuttableLink(broker.url);
  const first = await ingestForThisTest(broker, database.url);
  const second = await ingestForThisTest({ ...broker, url: link.url }, database.url);
  await waitFor(
    async () =>
      (await one(`select count(*) filter (where until > now()) * count(distinct owner) as n from shard`)) === 32,
    {
      timeoutMs: 20_000,
      what: 'both own shards',
    },
  );
  const pumps = [];
  for (let i = 1; i <= 16; i += 1) pumps.push(await HandPump.connect(broker, await provisionPump(db, `SHARE-${i}`)));
  for (const pump of pumps) await pump.send('telemetry', [pump.sample(), pump.sample()]);
  for (const pump of pumps) await pump.acknowledged();
  expect(first.worker).not.toBe(second.worker);

  // The second worker loses the broker and then goes: its shards expire or are given back.
  link.cut();
  await second.close();
  await waitFor(
    async () => (await one(`select count(*) as n from shard where owner = '${first.worker}' and until > now()`)) === 16,
    { timeoutMs: 20_000, what: 'the first owns all' },
  );
  for (const pump of pumps) {
    const again = [pump.sample({ seq: 1 }), pump.sample({ seq: 2 })];
    pump.seq = 2;
    await pump.send('telemetry', [...again, pump.sample()]);
  }
  for (const pump of pumps) await pump.acknowledged(3);
  expect(await one(`select count(*) as n from telemetry where pump_id like 'SHARE-%'`)).toBe(48);
  expect(
    await one(`select count(distinct (pump_id, epoch_no, seq)) as n from telemetry where pump_id like 'SHARE-%'`),
  ).toBe(48);
});

test('a restarted worker remembers what is open: the end of an alarm of before ends its alert', async () => {
  const broker = await brokerForThisTest(database.url);
  const before = await ingestForThisTest(broker, database.url);
  const pump = await HandPump.connect(broker, await provisionPump(db, 'AGAIN-1'));
  await pump.send('telemetry', [pump.sample()]);
  await pump.send('alarm', [pump.record({ kind: 'alarm', alarm: 3, code: 'MDC_EVT_FLUID_LINE_OCCL', phase: 'start' })]);
  await pump.acknowledged();
  await before.close();
  await ingestForThisTest(broker, database.url);
  await pump.send('alarm', [
    pump.record({ kind: 'alarm', alarm: 3, phase: 'end' }),
    pump.record({ kind: 'sample', state: 'delivering', infusion: 1 }),
  ]);
  await pump.acknowledged();
  const { rows } = await db.query(`select condition, end_reason from alert where pump_id = 'AGAIN-1'`);
  expect(rows).toEqual([{ condition: 'ended', end_reason: 'ended by the pump' }]);
});

test('a second epoch closes the first, names what was lost, and numbers it by the hello', async () => {
  const broker = await brokerForThisTest(database.url);
  await ingestForThisTest(broker, database.url);
  const provisioned = await provisionPump(db, 'EPOCH-1');
  const old = await HandPump.connect(broker, provisioned, 'aaaaaaaaaaaaaaaa');
  const records = [old.sample(), old.sample(), old.sample(), old.sample()];
  await old.send('alarm', [records[0], records[3]]);
  await old.acknowledged(1);
  const fresh = await HandPump.connect(broker, provisioned, 'bbbbbbbbbbbbbbbb');
  await fresh.raw(
    'hello',
    JSON.stringify({ v: 1, epoch: fresh.epoch, previousEpoch: old.epoch, boot: 2, first: 1, last: 1, firmware: '9.9' }),
  );
  await fresh.send('alarm', [fresh.sample()], { boot: 2 });
  await fresh.acknowledged(1);
  const { rows } = await db.query(
    `select epoch, epoch_no, up_to, lost, closed_at is not null as closed from journal where pump_id = 'EPOCH-1' order by epoch_no`,
  );
  expect(rows).toEqual([
    { epoch: old.epoch, epoch_no: 1, up_to: '4', lost: [[2, 3]], closed: true },
    { epoch: fresh.epoch, epoch_no: 2, up_to: '1', lost: [], closed: false },
  ]);
  const { rows: gone } = await db.query(
    `select from_seq, to_seq, reason, declared_by from gone where pump_id = 'EPOCH-1'`,
  );
  expect(gone).toEqual([{ from_seq: '2', to_seq: '3', reason: 'journal-lost', declared_by: 'platform' }]);
  // A record that arrives after all replaces the declaration.
  await fresh.send('alarm', [records[1]], { epoch: old.epoch });
  await waitFor(async () => (await one(`select count(*) as n from telemetry where pump_id = 'EPOCH-1'`)) === 4, {
    what: 'the recovered record',
  });
  // One that was still on its way may leave a hole in the closed journal: that is explained too.
  await fresh.send('alarm', [{ ...records[3], seq: 7 }], { epoch: old.epoch });
  await waitFor(async () => (await one(`select up_to as n from journal where epoch = '${old.epoch}'`)) === 7, {
    what: 'the closed journal to be complete',
  });
  const { rows: later } = await db.query(
    `select from_seq, to_seq, reason from gone where pump_id = 'EPOCH-1' order by from_seq desc limit 1`,
  );
  expect(later).toEqual([{ from_seq: '5', to_seq: '6', reason: 'journal-lost' }]);
  expect((await db.query(`select firmware from pump where pump_id = 'EPOCH-1'`)).rows).toEqual([{ firmware: '9.9' }]);
});
