import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import { order as orderAnswer } from '#schemas/http/orders.ts';
import { infusionDetail } from '#schemas/http/shapes.ts';
import type { therapyDetail } from '#schemas/http/therapies.ts';
import { demoLibrary } from '#schemas/library/demo-library.ts';
import type { Api } from '../../api/api.ts';
import { shardOfPump } from '../../ingest/ids.ts';
import { addPerson, Person, shape, testApi } from '../support/api.ts';
import { provisionPump, type TestBroker, testBroker } from '../support/broker.ts';
import { addPatient, addTherapy, assign, type MadePatient } from '../support/care.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { HandPump, ingestForThisTest } from '../support/ingest.ts';
import { waitFor } from '../support/wait-for.ts';

let database: TestDatabase;
let broker: TestBroker;
let api: Api;
let first: Person;
let second: Person;

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  api = await testApi(broker, database.url);
  const pharmacist = async () => Person.signIn(api, await addPerson(database.pool, 'pharmacist'));
  [first, second] = [await pharmacist(), await pharmacist()];
  await publishDemoLibrary();
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

async function publishDemoLibrary(): Promise<void> {
  const { rows } = await database.pool.query(
    `insert into drug_library (name, created_by) values ('Demo library', $1) returning library_id`,
    [first.id],
  );
  await database.pool.query(
    `insert into library_version (library_id, version, content, state, authors, created_by, changed_by, approved_by,
                                  approved_at, published_by, published_at)
     values ($1, 1, $2, 'published', array[$3::uuid], $3, $3, $4, now(), $3, now())`,
    [rows[0].library_id, JSON.stringify(demoLibrary()), first.id, second.id],
  );
}

/** 5,250 mg over four days: 28.8 mL in 24 hours. */
const meant = {
  concentration: { amount: 45.57, unit: 'mg', perMl: 1 },
  ...{ rateMlPerH: 1.2, volumeMl: 115.2, durationMin: 5760 },
};
const fluorouracil = { drug: 'fluorouracil', overfillMl: 10, ...meant };
const programmed = {
  ...{ kind: 'programme', infusion: 1, drug: 'fluorouracil', careArea: 'oncology', libraryVersion: 'demo-1' },
  ...{ concentration: meant.concentration, mode: 'continuous', rateMlPerH: 1.2, vtbiMl: 115.2, bsaM2: 1.8 },
};

type Therapy = z.infer<typeof therapyDetail>;
type Course = { patient: MadePatient; therapy: Therapy };

async function course(drug = 'fluorouracil', careArea = 'oncology'): Promise<Course> {
  const patient = await addPatient(first, 'Max Muster');
  return { patient, therapy: await addTherapy(first, patient, drug, { careArea }) };
}

async function orderFor({ therapy }: Course, content: Record<string, unknown> = fluorouracil): Promise<void> {
  const made = shape(orderAnswer, await first.post('/orders', { therapy: therapy.id, ...content }));
  const { drug: _, overfillMl: __, totalDose: ___, ...read } = content;
  shape(orderAnswer, await second.post(`/orders/${made.id}/verify`, read));
}

async function pumpOf(id: string, given: Course, more: Record<string, unknown> = {}): Promise<HandPump> {
  const hand = await HandPump.connect(broker, await provisionPump(database.pool, id));
  await assign(first, id, given.patient, more);
  return hand;
}

type Said = {
  type: string;
  priority: string;
  message: string;
  condition: string;
  endReason: string | null;
  detail: Record<string, unknown>;
};

async function alertsOf(pump: string): Promise<Said[]> {
  const { rows } = await database.pool.query<Said>(
    `select type, priority, message, condition, end_reason as "endReason", detail from alert where pump_id = $1
      order by raised_at, type`,
    [pump],
  );
  return rows;
}

const told = (pump: string, type: string, condition = 'active', timeoutMs = 20_000) =>
  waitFor(async () => (await alertsOf(pump)).find((alert) => alert.type === type && alert.condition === condition), {
    timeoutMs,
    what: `${type} ${condition} of ${pump}`,
  });

async function infusionOf(pump: string) {
  const { rows } = await database.pool.query('select infusion_id from infusion where pump_id = $1', [pump]);
  return shape(infusionDetail, await first.get(`/infusions/${rows[0].infusion_id}`));
}

test('fluorouracil, 28.8 mL/h instead of 1.2: high within 5 s of the programme, named × 24, with the empty time; once, over a restart; ended by the right programme', {
  timeout: 60_000,
}, async () => {
  const ingest = await ingestForThisTest(broker, database.url);
  const given = await course();
  await orderFor(given);
  const hand = await pumpOf('CHECK-FU', given);
  const began = Date.now();
  await hand.send('event', [hand.record({ ...programmed, rateMlPerH: 28.8 })]);
  const alert = await told('CHECK-FU', 'programme-against-order');
  expect(Date.now() - began).toBeLessThan(5_000);
  expect(alert).toMatchObject({ priority: 'high', message: expect.stringContaining('24 times the ordered 1.2 mL/h') });
  const emptyAt = Date.parse(String(alert.detail.emptyAt));
  expect(Math.abs(emptyAt - (began + 4 * 3_600_000))).toBeLessThan(60_000);
  expect(alert.detail).toMatchObject({ critical: false, harmBecause: 'all given too fast' });

  await hand.send('telemetry', [hand.sample({ rateMlPerH: 28.8, infusedMl: 0.2, reservoirMl: 115 })]);
  await hand.acknowledged();
  const before = await alertsOf('CHECK-FU');
  await ingest.close();
  await ingestForThisTest(broker, database.url);
  await hand.send('telemetry', [hand.sample({ rateMlPerH: 28.8, infusedMl: 0.3, reservoirMl: 115 })]);
  await hand.acknowledged();
  expect(await alertsOf('CHECK-FU')).toHaveLength(before.length);

  await hand.send('event', [hand.record(programmed)]);
  const over = await told('CHECK-FU', 'programme-against-order', 'ended');
  expect(over.endReason).toBe('programmed anew');
  const { rows } = await database.pool.query(
    `select * from infusion_check c join infusion using (infusion_id) where pump_id = 'CHECK-FU'`,
  );
  expect(rows).toEqual([
    expect.objectContaining({
      order_id: expect.any(String),
      library: { name: 'Demo library', version: 1 },
      not_checked: expect.arrayContaining([expect.stringContaining('cumulative dose not checked')]),
    }),
  ]);
  const detail = await infusionOf('CHECK-FU');
  expect(detail.check).toMatchObject({ library: { name: 'Demo library', version: 1 }, standing: [] });
  expect(detail.check?.limits).toContainEqual(expect.objectContaining({ field: 'durationMin', outcome: 'inside' }));
});

test('fluorouracil from telemetry alone: five minutes of samples and no programme record', async () => {
  await ingestForThisTest(broker, database.url);
  const given = await course();
  await orderFor(given);
  const hand = await pumpOf('CHECK-RATE', given);
  const now = Date.now();
  const samples = Array.from({ length: 32 }, (_, n) => {
    const before = (31 - n) * 10_000;
    return hand.sample({
      ...{ at: new Date(now - before).toISOString(), uptimeMs: 1_000_000 - before },
      ...{ rateMlPerH: 28.8, infusedMl: n * 0.08, vtbiRemainingMl: 115.2 - n * 0.08 },
    });
  });
  await hand.send('telemetry', samples, { sentAt: new Date(now).toISOString(), uptimeMs: 1_000_000 });
  await hand.acknowledged();
  // Care is looked up within seconds of the pump's first record; what was missed till then is asked of the next samples.
  const alert = await told('CHECK-RATE', 'programme-against-order', 'active', 20_000);
  expect(alert).toMatchObject({ priority: 'high', message: '28.8 mL/h is 24 times the ordered 1.2 mL/h' });
  expect(alert.detail).toMatchObject({
    emptyAt: expect.any(String),
    notChecked: expect.arrayContaining([expect.stringContaining('no programme record came')]),
    doubts: [expect.stringContaining('does not say which drug')],
  });
});

test('what changes on record counts within seconds: a programme before its order, an order changed, held, cancelled, a pump moved', {
  timeout: 90_000,
}, async () => {
  await ingestForThisTest(broker, database.url);
  const given = await course();
  const hand = await pumpOf('CHECK-CARE', given);
  await hand.send('event', [hand.record(programmed)]);
  await hand.send('telemetry', [hand.sample({ rateMlPerH: 1.2, infusedMl: 0.1 })]);
  const unordered = await told('CHECK-CARE', 'no-verified-order');
  expect(unordered.message).toMatch(/^A pump runs without an order: /);

  await orderFor(given);
  expect((await told('CHECK-CARE', 'no-verified-order', 'ended')).endReason).toBe('the order is verified');

  await orderFor(given, { ...fluorouracil, rateMlPerH: 2.4, durationMin: 2880 });
  const changed = await told('CHECK-CARE', 'programme-against-order');
  expect(changed).toMatchObject({
    priority: 'high',
    message: expect.stringContaining('50 % below the ordered 2.4 mL/h'),
  });

  const path = `/therapies/${given.therapy.id}`;
  expect((await first.ask('PATCH', path, { status: 'on-hold' })).status).toBe(200);
  expect(await told('CHECK-CARE', 'running-on-hold')).toMatchObject({ priority: 'high' });
  expect((await first.ask('PATCH', path, { status: 'active' })).status).toBe(200);
  expect((await told('CHECK-CARE', 'running-on-hold', 'ended')).endReason).toBe('the therapy is active again');

  const other = await course('vancomycin', 'adult home');
  const held = await database.pool.query(`select assignment_id from assignment where pump_id = 'CHECK-CARE'`);
  expect((await first.post(`/assignments/${held.rows[0].assignment_id}/end`, {})).status).toBe(200);
  await assign(first, 'CHECK-CARE', other.patient);
  const moved = await told('CHECK-CARE', 'no-verified-order');
  expect(moved.message).toContain('no therapy of this patient is fluorouracil');
});

test('two patients’ pumps swapped, each given for its therapy: each says so', async () => {
  await ingestForThisTest(broker, database.url);
  const [one, other] = [await course(), await course('vancomycin', 'adult home')];
  await orderFor(one);
  await orderFor(other, {
    ...{ drug: 'vancomycin', concentration: { amount: 5, unit: 'mg', perMl: 1 }, overfillMl: 10 },
    ...{ rateMlPerH: 120, volumeMl: 250, durationMin: 125 },
  });
  const hand = await pumpOf('CHECK-SWAP', other, { therapy: other.therapy.id });
  await hand.send('event', [hand.record(programmed)]);
  const alert = await told('CHECK-SWAP', 'programme-against-order');
  expect(alert).toMatchObject({ priority: 'high', message: 'fluorouracil runs, vancomycin was ordered' });
});

test('doses of one patient and drug are added up over two pumps of different workers', async () => {
  await ingestForThisTest(broker, database.url, { INGEST_WRITERS: '1' });
  await ingestForThisTest(broker, database.url, { INGEST_WRITERS: '1' });
  const owners = () =>
    database.pool
      .query<{ shard: number; owner: string }>('select shard, owner from shard where owner is not null')
      .then(({ rows }) => new Map(rows.map((row) => [row.shard, row.owner])));
  const shared = await waitFor(
    async () => {
      const known = await owners();
      return known.size === 16 && new Set(known.values()).size === 2 ? known : null;
    },
    { timeoutMs: 30_000, what: 'two workers own the shards' },
  );
  const names = Array.from({ length: 40 }, (_, n) => `CHECK-DOSE-${n}`);
  const ownerOf = (name: string) => shared.get(shardOfPump(name));
  const [a = '', b = ''] = [names[0], names.find((name) => ownerOf(name) !== ownerOf(names[0] ?? ''))];
  const given = await course('morphine', 'adult PCA');
  const [left, right] = [await pumpOf(a, given), await pumpOf(b, given)];
  // 24 mg by each within minutes: one alone is inside the 4 h maximum of 40 mg, both together are above it.
  for (const hand of [left, right]) {
    const now = Date.now();
    await hand.send('event', [
      hand.record({
        ...{ kind: 'programme', infusion: 1, drug: 'morphine', careArea: 'adult PCA', libraryVersion: 'demo-1' },
        ...{ concentration: { amount: 1, unit: 'mg', perMl: 1 }, mode: 'pca', rateMlPerH: 1 },
        pca: { basalMlPerH: 1, demandMl: 1, lockoutMin: 8, maxMlPer4H: 28 },
      }),
    ]);
    await hand.acknowledged();
    await waitFor(
      async () =>
        (
          await database.pool.query(
            `select from infusion_check c join infusion using (infusion_id) where pump_id = $1`,
            [hand === left ? a : b],
          )
        ).rowCount,
      {
        timeoutMs: 10_000,
        what: 'the programme is judged',
      },
    );
    const samples = [0, 1, 2, 3].map((n) => {
      const before = 55_000 - n * 15_000;
      const uptimeMs = 1_000_000 - before;
      return hand.sample({ at: new Date(now - before).toISOString(), uptimeMs, rateMlPerH: 1, infusedMl: n * 8 });
    });
    await hand.send('telemetry', samples, { sentAt: new Date(now).toISOString(), uptimeMs: 1_000_000 });
    await hand.acknowledged();
  }
  const said = await waitFor(
    async () =>
      [...(await alertsOf(a)), ...(await alertsOf(b))].find(
        ({ type, priority }) => type === 'cumulative-dose' && priority === 'high',
      ),
    { timeoutMs: 60_000, what: 'the doses of both are added up' },
  );
  expect(said.message).toMatch(/morphine: dose in 4 h 48 mg is above the hard limit of 40 mg/);
}, 90_000);

test('a bag that goes to the backup pump: the rest is no alert where the first pump told what it gave, and low where none did', async () => {
  await ingestForThisTest(broker, database.url);
  const [moved, alone] = [await course(), await course()];
  for (const one of [moved, alone]) await orderFor(one);
  const failing = await pumpOf('CHECK-BAG-1', moved);
  await failing.send('event', [failing.record(programmed)]);
  await failing.acknowledged();
  const now = Date.now();
  const samples = [0, 57.6].map((infusedMl) => {
    const before = infusedMl === 0 ? 50_000 : 5_000;
    const times = { at: new Date(now - before).toISOString(), uptimeMs: 1_000_000 - before };
    return failing.sample({ ...times, rateMlPerH: 1.2, infusedMl });
  });
  await failing.send('telemetry', samples, { sentAt: new Date(now).toISOString(), uptimeMs: 1_000_000 });
  await failing.acknowledged();
  for (const [name, given] of [
    ['CHECK-BAG-2', moved],
    ['CHECK-BAG-3', alone],
  ] as const) {
    const hand = await pumpOf(name, given);
    await hand.send('event', [hand.record({ ...programmed, vtbiMl: 57.6 })]);
    await hand.acknowledged();
    // Doses of other pumps are looked up for who was given some by two.
    await hand.send(
      'telemetry',
      [0, 0.1].map((infusedMl) => hand.sample({ rateMlPerH: 1.2, infusedMl })),
    );
    await hand.acknowledged();
  }
  const said = await told('CHECK-BAG-3', 'programme-against-order');
  expect(said).toMatchObject({ priority: 'low', message: 'less than ordered: 57.6 of 115.2 mL, at the ordered rate' });
  await waitFor(
    async () => {
      const { rows } = await database.pool.query<{ checks: { field: string; outcome: string }[] }>(
        `select order_checks as checks from infusion_check join infusion using (infusion_id) where pump_id = $1`,
        ['CHECK-BAG-2'],
      );
      return rows[0]?.checks.some(({ field, outcome }) => field === 'volumeMl' && outcome === 'agrees');
    },
    { timeoutMs: 30_000, what: 'the rest of the order is known as such' },
  );
  const open = (await alertsOf('CHECK-BAG-2')).filter(({ condition }) => condition === 'active');
  expect(open.map(({ type }) => type)).not.toContain('programme-against-order');
  // The infusion page says what the alert board says.
  const { order } = await infusionOf('CHECK-BAG-2');
  expect(order?.checks.filter(({ outcome }) => outcome === 'differs')).toEqual([]);
  expect(order?.checks.find(({ field }) => field === 'volumeMl')?.outcome).toBe('agrees');
}, 90_000);
