import type pg from 'pg';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { brokerForThisTest, provisionPump, type TestBroker } from '../support/broker.ts';
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

async function start(): Promise<TestBroker> {
  const broker = await brokerForThisTest(database.url);
  await ingestForThisTest(broker, database.url);
  return broker;
}

async function handPump(broker: TestBroker, id: string): Promise<HandPump> {
  return HandPump.connect(broker, await provisionPump(db, id));
}

async function count(query: string, ...values: unknown[]): Promise<number> {
  const { rows } = await db.query<{ n: string }>(query, values);
  return Number(rows[0]?.n);
}

test('a batch is stored once, however often it is sent, and acknowledged', async () => {
  const broker = await start();
  const pump = await handPump(broker, 'ONCE-1');
  const samples = [pump.sample(), pump.sample({ infusedMl: 1.2 }), pump.sample({ infusedMl: 1.4 })];
  await pump.send('telemetry', samples);
  const ack = await pump.acknowledged();
  expect(ack).toMatchObject({ upTo: 3, missing: [] });
  await pump.send('telemetry', samples.toReversed());
  await pump.send('telemetry', [...samples, pump.sample()]);
  await waitFor(async () => (await count(`select up_to as n from journal where pump_id = 'ONCE-1'`)) === 4, {
    what: 'the fourth',
  });
  expect(await count(`select count(*) as n from telemetry where pump_id = 'ONCE-1'`)).toBe(4);
});

test('a hole is named in the acknowledgement and closes when it is filled', async () => {
  const broker = await start();
  const pump = await handPump(broker, 'HOLE-1');
  const records = [pump.sample(), pump.sample(), pump.sample(), pump.sample()];
  await pump.send('telemetry', [records[0], records[3]]);
  expect(await pump.acknowledged(1)).toMatchObject({ upTo: 1, missing: [[2, 3]] });
  await pump.send('alarm', [records[2], records[1]]);
  expect(await pump.acknowledged(4)).toMatchObject({ upTo: 4, missing: [] });
});

test('each kind of record is found in its table', async () => {
  const broker = await start();
  const pump = await handPump(broker, 'KINDS-1');
  await pump.send('event', [
    pump.record({ kind: 'device', event: 'boot', cause: 'power' }),
    pump.record({
      kind: 'programme',
      infusion: 1,
      drug: 'vancomycin',
      mode: 'intermittent',
      doseRate: 8,
      doseUnit: 'mg/min',
      rateMlPerH: 96,
      concentration: { amount: 5, unit: 'mg', perMl: 1 },
      steps: [{ rateMlPerH: 96, durationMin: 60 }],
    }),
    pump.record({
      kind: 'limit',
      infusion: 1,
      field: 'doseRate',
      attempted: 12,
      limit: 10,
      limitType: 'soft-high',
      response: 'override',
      reason: 'ordered',
      responseMs: 4000,
    }),
    pump.record({ kind: 'delivery', infusion: 1, segment: 1, phase: 'start', rateMlPerH: 96 }),
    pump.record({ kind: 'bolus', infusion: 1, origin: 'clinician', result: 'given', ml: 0.5 }),
    pump.record({ kind: 'gone', from: 1, to: 2, reason: 'overflow' }),
    pump.record({ kind: 'delivery', infusion: 1, segment: 1, phase: 'complete', segmentMl: 96, totalMl: 96 }),
  ]);
  await pump.acknowledged();
  const { rows } = await db.query(`
    select (select count(*) from device_event where pump_id = 'KINDS-1')::int as device,
           (select detail->>'cause' from device_event where pump_id = 'KINDS-1') as cause,
           (select rate_ml_per_h from programme where pump_id = 'KINDS-1') as rate,
           (select concentration->>'amount' from programme where pump_id = 'KINDS-1') as amount,
           (select count(*) from limit_alert where pump_id = 'KINDS-1')::int as limits,
           (select count(*) from bolus where pump_id = 'KINDS-1')::int as boluses,
           (select count(*) from gone where pump_id = 'KINDS-1')::int as gone,
           (select row_to_json(s) from segment s where pump_id = 'KINDS-1') as segment,
           (select row_to_json(i) from infusion i where pump_id = 'KINDS-1') as infusion`);
  expect(rows[0]).toMatchObject({ device: 1, cause: 'power', rate: 96, amount: '5', limits: 1, boluses: 1, gone: 1 });
  expect(rows[0].segment).toMatchObject({ segment: 1, rate_ml_per_h: 96, segment_ml: 96, ended_by: 'complete' });
  expect(rows[0].infusion).toMatchObject({ pump_infusion: 1, drug: 'vancomycin', state: 'complete', total_ml: 96 });
  expect(rows[0].infusion.ended_at).not.toBeNull();
});

test('an alarm becomes an alert with its hops, and its end ends it', async () => {
  const broker = await start();
  const pump = await handPump(broker, 'ALARM-1');
  await pump.send('telemetry', [pump.sample()]);
  await pump.send('alarm', [
    pump.record({
      kind: 'alarm',
      alarm: 1,
      code: 'MDC_EVT_FLUID_LINE_OCCL',
      phase: 'start',
      priority: 'high',
      infusion: 1,
    }),
  ]);
  await pump.acknowledged();
  const alert = () =>
    db
      .query(`select d.document from alert a join alert_document d using (alert_id) where pump_id = 'ALARM-1'`)
      .then(({ rows }) => rows.map((r) => r.document));
  const [raised] = await alert();
  expect(raised).toMatchObject({
    type: 'MDC_EVT_FLUID_LINE_OCCL',
    priority: 'medium',
    pumpPriority: 'high',
    condition: 'active',
    responsibility: 'unassigned',
    late: false,
  });
  for (const hop of ['pumpAt', 'brokerAt', 'receivedAt', 'committedAt'])
    expect(raised.hops[hop]).toMatch(/^\d{4}-.*Z$/);
  await pump.send('alarm', [pump.record({ kind: 'alarm', alarm: 1, code: 'MDC_EVT_FLUID_LINE_OCCL', phase: 'end' })]);
  await pump.acknowledged();
  expect(await alert()).toMatchObject([{ condition: 'ended', endReason: 'ended by the pump' }]);
  const { rows: feed } = await db.query(
    `select document->>'condition' as condition from feed_entry join alert using (alert_id) where pump_id = 'ALARM-1' order by feed_entry.seq`,
  );
  expect(feed.map((entry) => entry.condition)).toEqual(['active', 'ended']);
});

test('what cannot be read is kept with its reason and holds up nothing', async () => {
  const broker = await start();
  const pump = await handPump(broker, 'BAD-1');
  await pump.raw('telemetry', '{ not json');
  await pump.raw('telemetry', '{ not json');
  await pump.send('telemetry', [pump.sample()], { epoch: 'nope' });
  await pump.send('telemetry', [
    pump.sample({ seq: 1 }),
    { ...pump.sample(), seq: 2, kind: 'spell' },
    { ...pump.sample(), seq: 3, state: 'flying' },
    { ...pump.sample(), seq: 4, temperatureC: 'hot' },
    { ...pump.sample(), seq: 5, infusion: 1, state: 'delivering', at: '\u0000' },
  ]);
  await pump.acknowledged(5);
  const { rows } = await db.query(
    `select seq, reason, times, convert_from(raw, 'utf8') as raw from rejected_record where pump_id = 'BAD-1' order by seq nulls first, times desc`,
  );
  expect(rows.map((row) => [row.seq, Number(row.times)])).toEqual([
    [null, 2],
    [null, 1],
    ['2', 1],
    ['3', 1],
    ['5', 1],
  ]);
  expect(rows[0]).toMatchObject({ reason: 'message: not JSON', raw: '{ not json' });
  expect(rows[3].reason).toMatch(/state/);
  const { rows: stored } = await db.query(
    `select seq, field_errors from telemetry where pump_id = 'BAD-1' order by seq`,
  );
  expect(stored).toMatchObject([
    { seq: '1', field_errors: null },
    { seq: '4', field_errors: expect.stringContaining('temperatureC') },
  ]);
});

test('what could not be read is kept although the shard went to another worker, who is not held up by it', async () => {
  const broker = await start();
  const pump = await handPump(broker, 'MOVED-1');
  await pump.send('telemetry', [pump.sample()]);
  await pump.acknowledged(1);
  await db.query(`update shard set owner = 'elsewhere', fence = fence + 1, until = now() + interval '1 minute'`);
  await pump.raw('telemetry', '{ not json, and moved');
  await waitFor(
    async () => (await count(`select count(*) as n from rejected_record where pump_id = 'MOVED-1'`)) === 1,
    {
      what: 'it to be kept',
    },
  );
  expect(await count(`select count(*) as n from telemetry where pump_id = 'MOVED-1'`)).toBe(1);
  await db.query(`update shard set until = now() - interval '1 second'`);
  const second = pump.sample();
  await waitFor(
    async () => {
      await pump.send('telemetry', [second]);
      return (await count(`select up_to as n from journal where pump_id = 'MOVED-1'`)) === 2;
    },
    { what: 'the shards to be taken back' },
  );
});

test('a value that only the database refuses is found alone and kept as rejected', async () => {
  const broker = await start();
  const pump = await handPump(broker, 'REFUSED-1');
  await db.query(`alter table programme add constraint only_here check (drug <> 'refused')`);
  onTestFinished(() => db.query('alter table programme drop constraint only_here').then(() => undefined));
  const records = [];
  for (let i = 0; i < 20; i += 1)
    records.push(pump.record({ kind: 'programme', infusion: 1, drug: i === 7 ? 'refused' : 'vancomycin' }));
  // This lane is acknowledged at once.
  await pump.send('alarm', records);
  await pump.acknowledged();
  expect(await count(`select count(*) as n from programme where pump_id = 'REFUSED-1'`)).toBe(19);
  const { rows } = await db.query(`select seq, reason from rejected_record where pump_id = 'REFUSED-1'`);
  expect(rows).toMatchObject([{ seq: '8', reason: expect.stringContaining('database') }]);
});

test('text that the database can not keep costs its field or its record, and no other transaction', async () => {
  const broker = await start();
  const pump = await handPump(broker, 'NUL-1');
  const deep = `${'['.repeat(9_500)}${']'.repeat(9_500)}`;
  const programme = pump.record({ kind: 'programme', infusion: 1, drug: 'van\0comycin', careArea: '\ud83d' });
  const limit = pump.record({ kind: 'limit', field: 'ra\0te', attempted: 1, limit: 1, limitType: 'soft-high' });
  const device = pump.record({
    kind: 'device',
    event: 'boot',
    note: 'a\0b',
    serial: 'kept',
    deep: 'DEEP',
    'na\0me': 1,
  });
  const spell = pump.record({ kind: 'spell\0', deep: 'DEEP' });
  const nested = pump.record({ kind: 'DEEP' });
  const records = [programme, { ...limit, response: 'override' }, device, spell, nested, pump.sample()];
  const batch = JSON.stringify({ v: 1, epoch: pump.epoch, boot: 1, sentAt: new Date().toISOString(), records });
  await pump.raw('event', batch.replaceAll('"DEEP"', deep));
  await pump.acknowledged(6);
  const { rows: programmes } = await db.query(
    `select drug, care_area, field_errors from programme where pump_id = 'NUL-1'`,
  );
  expect(programmes).toMatchObject([
    { drug: null, care_area: null, field_errors: expect.stringMatching(/careArea.*drug|drug.*careArea/) },
  ]);
  const { rows: devices } = await db.query(
    `select detail, field_errors from device_event where pump_id = 'NUL-1' and seq = 3`,
  );
  expect(devices).toMatchObject([{ detail: { serial: 'kept' }, field_errors: expect.stringContaining('deep') }]);
  const { rows } = await db.query(
    `select seq, reason, octet_length(raw) as bytes from rejected_record where pump_id = 'NUL-1' order by seq`,
  );
  expect(rows).toMatchObject([
    { seq: '2', reason: expect.stringContaining('field: has NUL') },
    { seq: '4', reason: expect.stringContaining('kind: ') },
    { seq: '5', reason: expect.stringContaining('kind: ') },
  ]);
  for (const { bytes } of rows.slice(1)) expect(bytes).toBeGreaterThan(19_000);
});

test('a pump that sends its backlog batch by batch, without a hello, is not alerted for what ended within it', async () => {
  const broker = await start();
  const pump = await handPump(broker, 'SLOW-1');
  const anHourAgo = (minutes: number) => ({ at: new Date(Date.now() - 3_600_000 + minutes * 60_000).toISOString() });
  const alarm = { kind: 'alarm', alarm: 1, code: 'MDC_EVT_PUMP_FLOW_FREE', priority: 'high' };
  // Each batch waits for the acknowledgement of the one before, which may take 5 s: nothing is quiet meanwhile.
  for (const record of [
    pump.sample(anHourAgo(0)),
    pump.record({ ...alarm, phase: 'start', ...anHourAgo(1) }),
    pump.record({ ...alarm, phase: 'end', ...anHourAgo(2) }),
  ]) {
    await pump.send('telemetry', [record]);
    await pump.acknowledged(Number(record.seq));
  }
  const { rows } = await db.query(
    `select document->>'condition' as condition, document->>'late' as late
       from feed_entry join alert using (alert_id) where pump_id = 'SLOW-1' order by feed_entry.seq`,
  );
  expect(rows).toEqual([{ condition: 'ended', late: 'true' }]);
});
