import type pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { type Ack, type Command, command } from '#schemas/messages/control.ts';
import { topicPrefix } from '#schemas/topics.ts';
import { runFleet } from '../../firmware-sim/run-fleet.ts';
import { shardOfPump } from '../../ingest/ids.ts';
import { brokerForThisTest, provisionPump, type TestBroker } from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { HandPump, ingestForThisTest } from '../support/ingest.ts';
import { acknowledgeAll, provisionFor, simContext, simFolder } from '../support/sim.ts';
import { waitFor } from '../support/wait-for.ts';

let database: TestDatabase;
let db: pg.Pool;

beforeAll(async () => {
  database = await testDatabase();
  db = database.pool;
  return database.close;
});

type Gap = { below: number; since: number; missing: number; asks: number } | null;
async function gapOf(pump: string): Promise<Gap> {
  const { rows } = await db.query<{ gap: Gap }>(`select rules->'gap' as gap from pump_state where pump_id = $1`, [
    pump,
  ]);
  return rows[0]?.gap ?? null;
}

async function alertsOf(pump: string) {
  const { rows } = await db.query(
    `select type, audience, priority, condition, end_reason as reason, detail from alert where pump_id = $1`,
    [pump],
  );
  return rows;
}

/** A pump whose records 5 to 9 did not arrive, and whose ingest worker stopped after it had written that down. */
async function pumpWithHole(broker: TestBroker, id: string) {
  const first = await ingestForThisTest(broker, database.url);
  const pump = await HandPump.connect(broker, await provisionPump(db, id));
  const heard = pump.collect();
  const records = Array.from({ length: 12 }, () => pump.sample());
  await pump.send('alarm', [...records.slice(0, 4), ...records.slice(9)]);
  expect(await pump.acknowledged(4)).toMatchObject({ upTo: 4, missing: [[5, 9]] });
  await waitFor(async () => (await gapOf(id))?.missing === 5, { what: 'the hole is written down' });
  await first.close();
  const backfills = () =>
    heard.flatMap(({ topic, payload }) => {
      const read = topic.endsWith('/down/cmd') ? command.parse(JSON.parse(payload.toString())) : null;
      return read?.cmd === 'backfill' ? [read] : [];
    });
  return { pump, lacking: records.slice(4, 9), backfills };
}

/** Instead of waiting: what is remembered of a hole began so much earlier. */
async function age(pump: string, ms: number): Promise<void> {
  await db.query(
    `update pump_state set rules = jsonb_set(rules, '{gap}', rules->'gap' || jsonb_build_object(
       'since', (rules->'gap'->>'since')::double precision - $2,
       'progressAt', (rules->'gap'->>'progressAt')::double precision - $2)) where pump_id = $1`,
    [pump, ms],
  );
}

test('a hole that does not close is asked for by the next worker, and closes', async () => {
  const broker = await brokerForThisTest(database.url);
  const { pump, lacking, backfills } = await pumpWithHole(broker, 'FILL-1');
  await age('FILL-1', 31_000);
  await ingestForThisTest(broker, database.url);
  await pump.send('telemetry', [pump.sample()]);
  await waitFor(() => backfills().length > 0, { what: 'a backfill command' });
  expect(backfills()[0]).toMatchObject({ args: { epoch: pump.epoch, ranges: [[5, 9]] } });

  await pump.send('alarm', lacking);
  expect(await pump.acknowledged()).toMatchObject({ upTo: 13, missing: [] });
  await waitFor(async () => (await gapOf('FILL-1')) === null, { what: 'the watch to end' });
  expect(backfills()).toHaveLength(1);
  // Complete through the newest sample, though it came before the hole was filled.
  const { rows } = await db.query(
    `select j.up_to_at = s.last_sample_at as through from journal j join pump_state s using (pump_id) where pump_id = 'FILL-1'`,
  );
  expect(rows).toEqual([{ through: true }]);
  expect(await alertsOf('FILL-1')).toEqual([]);
});

test('a hole of 10 min is a technician’s alert, which the pump’s `gone` ends', async () => {
  const broker = await brokerForThisTest(database.url);
  const { pump, backfills } = await pumpWithHole(broker, 'GONE-1');
  await age('GONE-1', 11 * 60_000);
  await db.query(
    `update pump_state set rules = jsonb_set(rules, '{gap}', rules->'gap' || jsonb_build_object(
       'asks', 3, 'askedAt', (rules->'gap'->>'progressAt')::double precision + 60000)) where pump_id = 'GONE-1'`,
  );
  await ingestForThisTest(broker, database.url);
  await pump.send('telemetry', [pump.sample()]);
  const [raised] = await waitFor(async () => {
    const alerts = await alertsOf('GONE-1');
    return alerts.length > 0 && backfills().length > 0 ? alerts : null;
  });
  expect(raised).toMatchObject({
    type: 'gap-open',
    audience: 'technician',
    priority: 'low',
    condition: 'active',
    detail: { missing: 5, ranges: [[5, 9]] },
  });
  await pump.send('alarm', [pump.record({ kind: 'gone', from: 5, to: 9, reason: 'corrupt' })]);
  expect(await pump.acknowledged()).toMatchObject({ missing: [] });
  await waitFor(async () => (await alertsOf('GONE-1'))[0]?.condition === 'ended', { what: 'the alert to end' });
  expect(await alertsOf('GONE-1')).toMatchObject([{ reason: 'the gap is closed' }]);
  const { rows } = await db.query(`select lost from journal where pump_id = 'GONE-1'`);
  expect(rows).toEqual([{ lost: [[5, 9]] }]);
});

test('the simulator sends again what it is asked for, and says what it has no longer', async () => {
  const broker = await brokerForThisTest(database.url);
  const folder = simFolder();
  await provisionFor(folder, database, ['ASKED-0001']);
  const platform = await acknowledgeAll(broker);
  platform.acknowledging = false;
  const args = ['fleet', '--pumps', '1', '--prefix', 'ASKED-', '--history', '1'];
  const { context, errors, stop } = simContext(args, folder, broker.url);
  const running = runFleet(context);
  const { client } = platform;
  await waitFor(() => platform.cursor('ASKED-0001').upTo >= 30, { what: 'its history' });
  const { epoch } = z.object({ epoch: z.string() }).parse(platform.hellos[0]?.body);
  const down = (lane: 'ack' | 'cmd', body: Ack | Command) =>
    client.publishAsync(`${topicPrefix(shardOfPump('ASKED-0001'), 'ASKED-0001')}/down/${lane}`, JSON.stringify(body));
  const backfill: Command = { id: 'ask', cmd: 'backfill', args: { epoch, ranges: [[5, 9]] } };

  // In its journal: the very records come again, though the usual time to repeat is not over.
  await down('cmd', backfill);
  const seqs = ({ batch }: (typeof platform.heard)[number]) =>
    batch.ok ? batch.records.map(({ record }) => record.seq).join() : '';
  await waitFor(() => platform.heard.some((heard) => seqs(heard) === '5,6,7,8,9'), { what: 'the records again' });

  // Committed and deleted: it can only say so.
  await down('ack', { epoch, upTo: 30, missing: [], window: 1_000, at: new Date().toISOString() });
  await down('cmd', backfill);
  await waitFor(
    () =>
      platform
        .records('ASKED-0001')
        .some((record) => record.kind === 'gone' && `${record.from} ${record.to}` === '5 9'),
    { what: 'the declaration' },
  );
  stop();
  expect(await running).toBe(0);
  expect(errors).toEqual([]);
});
