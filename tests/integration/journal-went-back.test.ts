import type pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { brokerForThisTest, provisionPump } from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { HandPump, ingestForThisTest } from '../support/ingest.ts';
import { waitFor } from '../support/wait-for.ts';

// A pump that lost the newest lines of its journal without knowing numbers new records with numbers that are used.

let database: TestDatabase;
let db: pg.Pool;

beforeAll(async () => {
  database = await testDatabase();
  db = database.pool;
  return database.close;
});

async function handPump(id: string): Promise<HandPump> {
  const broker = await brokerForThisTest(database.url);
  await ingestForThisTest(broker, database.url);
  return HandPump.connect(broker, await provisionPump(db, id));
}

const occlusion = { kind: 'alarm', code: 'MDC_EVT_FLUID_LINE_OCCL', phase: 'start', priority: 'high', infusion: 1 };

const rejected = (pump: string) =>
  db
    .query(
      `select seq, lane, kind, reason, convert_from(raw, 'utf8')::json as raw, times::int as times
         from rejected_record where pump_id = $1 order by kind, first_at`,
      [pump],
    )
    .then(({ rows }) => rows);

test('an alarm under a number that was used before its boot is kept and told, and so is whatever came with it', async () => {
  const pump = await handPump('BACK-1');
  const before = Array.from({ length: 10 }, (_, n) => pump.sample({ infusedMl: n }));
  await pump.send('telemetry', before);
  await pump.acknowledged(10);

  // The power goes, and with it the lines of 8, 9 and 10.
  pump.seq = 7;
  const reused = [pump.sample({ infusedMl: 99 }), pump.record({ ...occlusion, alarm: 1 })];
  await pump.send('alarm', reused, { boot: 2 });
  await pump.send('event', [pump.record({ kind: 'spell' })], { boot: 2 });
  await pump.send('alarm', [pump.sample({ infusedMl: 100 })], { boot: 2 });
  await pump.acknowledged(11);

  expect(await rejected('BACK-1')).toMatchObject([
    { seq: null, lane: 'alarm', kind: 'alarm', reason: expect.stringContaining('went back'), raw: reused[1], times: 1 },
    {
      seq: null,
      lane: 'alarm',
      kind: 'sample',
      reason: expect.stringContaining('went back'),
      raw: reused[0],
      times: 1,
    },
    { seq: null, lane: 'event', kind: 'spell', raw: { seq: 10, kind: 'spell' } },
  ]);
  const { rows: alerts } = await db.query(`select type, priority, condition from alert where pump_id = 'BACK-1'`);
  expect(alerts).toContainEqual({ type: 'unreadable-alarm', priority: 'high', condition: 'active' });
  const { rows: stored } = await db.query(
    `select seq::int, infused_ml from telemetry where pump_id = 'BACK-1' order by seq`,
  );
  expect(stored).toEqual([
    ...before.map(({ seq, infusedMl }) => ({ seq, infused_ml: infusedMl })),
    { seq: 11, infused_ml: 100 },
  ]);
});

test('a pump that leaves out the boot of what it sends again is not doubted, a record that it could not say before is', async () => {
  const pump = await handPump('BACK-3');
  const before = [pump.sample(), pump.record({ ...occlusion, alarm: 1 }), pump.record({ kind: 'spell' })];
  await pump.send('alarm', before);
  await pump.acknowledged(3);
  // Its acknowledgement never came.
  await pump.send('alarm', before, { boot: 2 });
  await pump.send('alarm', [...before, pump.sample()], { boot: 2 });
  await pump.acknowledged(4);
  expect(await rejected('BACK-3')).toMatchObject([{ seq: '3', kind: 'spell', times: 1 }]);

  pump.seq = 1;
  await pump.send('alarm', [pump.record({ ...occlusion, alarm: 2 })], { boot: 2 });
  await waitFor(async () => (await rejected('BACK-3')).length === 2, { what: 'the record under a used number' });
});

test('what is sent again after a reboot is the same record, whichever worker hears it', async () => {
  const broker = await brokerForThisTest(database.url);
  const first = await ingestForThisTest(broker, database.url);
  const pump = await HandPump.connect(broker, await provisionPump(db, 'BACK-2'));
  const before = [pump.sample(), pump.record({ ...occlusion, alarm: 1 })];
  await pump.send('alarm', before);
  await pump.acknowledged(2);
  const again = before.map((record) => ({ ...record, boot: 1 }));
  // An alarm ahead of what the journal still holds of the boot before.
  const [third, fourth] = [pump.sample({ boot: 1 }), pump.record({ kind: 'device', event: 'boot' })];
  await pump.send('alarm', [fourth], { boot: 2 });
  await first.close();
  await ingestForThisTest(broker, database.url);
  await pump.send('alarm', [...again, third, fourth], { boot: 2 });
  await pump.acknowledged(4);
  expect(await rejected('BACK-2')).toEqual([]);

  // Another worker than the one that heard the boot knows what was used before it.
  pump.seq = 1;
  await pump.send('alarm', [pump.record({ ...occlusion, alarm: 2 })], { boot: 2 });
  await waitFor(async () => (await rejected('BACK-2')).length === 1, { what: 'the record under a used number' });
});
