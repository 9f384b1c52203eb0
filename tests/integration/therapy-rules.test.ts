import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { alert } from '#schemas/http/alert.ts';
import type { Api } from '../../api/api.ts';
import { openPool } from '../../ingest/database.ts';
import { evaluateTherapies } from '../../ingest/therapies/evaluate.ts';
import { addPerson, Person, testApi } from '../support/api.ts';
import { provisionPump, type TestBroker, testBroker } from '../support/broker.ts';
import { addPatient, addTherapy, assign, type MadePatient } from '../support/care.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let database: TestDatabase;
let broker: TestBroker;
let api: Api;
let pharmacist: Person;
let patient: MadePatient;
const log = pino({ level: 'silent' });
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  api = await testApi(broker, database.url);
  pharmacist = await Person.signIn(api, await addPerson(database.pool, 'pharmacist'));
  patient = await addPatient(pharmacist, 'Ada Berg', { timeZone: 'Europe/Stockholm' });
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

/** One round of a process of its own; every therapy counts as due. */
async function look() {
  const pool = openPool(database.url, 4);
  try {
    return await evaluateTherapies({ pool, log, now: Date.now }, 0);
  } finally {
    await pool.end();
  }
}

/** A therapy whose dose was due so many hours ago, every 12 h, active for two days. */
async function dueSince(hours: number, drug: string, more: Record<string, unknown> = {}) {
  const schedule = { kind: 'every', hours: 12, firstAt: hoursAgo(hours), graceMin: 60 };
  const therapy = await addTherapy(pharmacist, patient, drug, { schedule, ...more });
  await database.pool.query(`update therapy set changed_at = now() - interval '2 days' where therapy_id = $1`, [
    therapy.id,
  ]);
  return therapy;
}
/** As screens are told of them, newest first. */
const alertsOf = async (therapy: { id: string }) => {
  const { rows } = await database.pool.query<{ document: unknown }>(
    `select d.document from alert a join alert_document d using (alert_id) where a.therapy_id = $1 order by a.raised_at desc`,
    [therapy.id],
  );
  return rows.map(({ document }) => alert.parse(document));
};
const feedOf = async (id: string) =>
  (await database.pool.query('select document from feed_entry where alert_id = $1 order by seq', [id])).rows;

/** A dose as ingest stores it, begun so many hours ago on this pump. */
async function addDose(pump: string, therapy: string, hours: number, late: boolean): Promise<void> {
  const query = (text: string, values: unknown[]) => database.pool.query(text, values);
  await query(`insert into journal (pump_id, epoch, epoch_no, clock) values ($1, $2, 1, '{}') on conflict do nothing`, [
    pump,
    randomBytes(8).toString('hex'),
  ]);
  await query(
    `insert into infusion (infusion_id, pump_id, epoch_no, pump_infusion, first_seq, started_at, ended_at, state_seq, drug,
                           total_ml, last_at)
     values (gen_random_uuid(), $1, 1, 1, 1, $2, $2::timestamptz + interval '30 min', 3, 'vancomycin', 100, now())`,
    [pump, hoursAgo(hours)],
  );
  const columns = 'pump_id, epoch_no, seq, at, received_at, late, infusion';
  await query(
    `insert into programme (${columns}, therapy, drug) values ($1, 1, 1, $2, now(), $3, 1, $4, 'vancomycin')`,
    [pump, hoursAgo(hours), late, therapy],
  );
  await query(
    `insert into delivery (${columns}, segment, phase, rate_ml_per_h, segment_ml)
     values ($1, 1, 2, $2, now(), $3, 1, 1, 'start', 200, null),
            ($1, 1, 3, $2::timestamptz + interval '30 min', now(), $3, 1, 1, 'complete', null, 100)`,
    [pump, hoursAgo(hours), late],
  );
}

test('a dose that nobody gave is late, then missed, without any pump; the alert says whose it is, and is fed', async () => {
  const therapy = await dueSince(2, 'cefTRIAXone');
  await look();
  const [late] = await alertsOf(therapy);
  expect(late).toMatchObject({
    ...{ type: 'late-dose', priority: 'low', audience: 'clinical', condition: 'active', pump: null },
    ...{ drug: 'cefTRIAXone', patient: { initials: patient.initials }, raisedAt: expect.any(String) },
    detail: { therapy: therapy.reference, notChecked: expect.arrayContaining([expect.stringContaining('no pump')]) },
  });
  expect(Date.parse(late?.raisedAt ?? '') - Date.now()).toBeCloseTo(-3_600_000, -5);
  expect(await feedOf(late?.id ?? '')).toHaveLength(1);

  await look();
  expect(await alertsOf(therapy)).toHaveLength(1);
  const schedule = { kind: 'every', hours: 12, firstAt: hoursAgo(5), graceMin: 60 };
  await database.pool.query('update therapy set schedule = $2 where therapy_id = $1', [therapy.id, schedule]);
  await look();
  expect((await alertsOf(therapy)).map((item) => `${item.type} ${item.condition}`).sort()).toEqual([
    'late-dose ended',
    'missed-dose active',
  ]);
  await pharmacist.ask('PATCH', `/therapies/${therapy.id}`, { status: 'ended', reason: 'done' });
  await look();
  expect((await alertsOf(therapy)).map((item) => item.endReason)).toContain('the therapy is ended');
  const { rows } = await database.pool.query('select state from therapy_watch where therapy_id = $1', [therapy.id]);
  expect(rows).toEqual([{ state: null }]);
});

test('a delivery that is reported late ends what was said, and restates it with a mark', async () => {
  const therapy = await dueSince(2, 'vancomycin');
  await provisionPump(database.pool, 'HOME');
  await assign(pharmacist, 'HOME', patient, { therapy: therapy.id });
  await look();
  expect(await alertsOf(therapy)).toMatchObject([{ type: 'late-dose', condition: 'active', pump: 'HOME' }]);
  await addDose('HOME', therapy.reference, 1.9, true);
  await look();
  const [restated] = await alertsOf(therapy);
  expect(restated).toMatchObject({
    ...{ condition: 'ended', endReason: 'the dose was given, as was reported late' },
    detail: { restated: true, givenAt: expect.any(String) },
  });
  expect(await feedOf(restated?.id ?? '')).toHaveLength(2);
});

test('any number of processes at once: each therapy is looked at by one, each alert raised once', async () => {
  const therapies = [];
  for (let n = 0; n < 12; n += 1) therapies.push(await dueSince(2, `drug ${n}`));
  const before = await database.pool.query<{ head: string }>('select head from feed');
  const rounds = await Promise.all([look(), look(), look(), look()]);
  expect(rounds.reduce((sum, { changed }) => sum + changed, 0)).toBe(12);
  for (const therapy of therapies) expect(await alertsOf(therapy)).toMatchObject([{ type: 'late-dose', count: 1 }]);
  const after = await database.pool.query<{ head: string }>('select head from feed');
  expect(Number(after.rows[0]?.head) - Number(before.rows[0]?.head)).toBe(12);
});

test('a process that dies in the middle leaves nothing behind, and the next one does it', async () => {
  const therapy = await dueSince(2, 'milrinone');
  await database.pool.query('insert into therapy_watch (therapy_id) values ($1) on conflict do nothing', [therapy.id]);
  const dying = await database.pool.connect();
  await dying.query('begin');
  await dying.query('select 1 from therapy_watch where therapy_id = $1 for update', [therapy.id]);
  await look();
  expect(await alertsOf(therapy)).toEqual([]);
  dying.release(true);
  await look();
  expect(await alertsOf(therapy)).toMatchObject([{ type: 'late-dose', detail: { critical: true } }]);
});

test('a care area may make it medium', async () => {
  const second = await Person.signIn(api, await addPerson(database.pool, 'pharmacist'));
  const therapy = await dueSince(2, 'piperacillin', { careArea: 'intensive home' });
  const content = {
    ...{ name: 'r', reason: 'r', reviewDate: '2099-01-01', changes: {} },
    careAreas: [{ careArea: 'Intensive home', changes: { 'missed-dose': { priority: 'medium' } } }],
  };
  await pharmacist.post('/rule-sets', { reason: 'r' });
  await pharmacist.ask('PUT', '/rule-sets/1', { revision: 1, content });
  await pharmacist.post('/rule-sets/1/submit');
  await second.post('/rule-sets/1/approve');
  expect((await pharmacist.post('/rule-sets/1/publish')).status).toBe(200);
  await look();
  expect(await alertsOf(therapy)).toMatchObject([{ type: 'late-dose', priority: 'medium' }]);
});
