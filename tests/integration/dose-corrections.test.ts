import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Api } from '../../api/api.ts';
import { addPerson, Person, testApi } from '../support/api.ts';
import { provisionPump, type TestBroker, testBroker } from '../support/broker.ts';
import { addPatient, addTherapy, assign, type MadePatient, readAtBedside } from '../support/care.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { HandPump, ingestForThisTest } from '../support/ingest.ts';
import { publishedLibrary } from '../support/libraries.ts';
import { waitFor } from '../support/wait-for.ts';

// Doses of one patient and drug over several pumps, and whose they are after a correction.

let database: TestDatabase;
let broker: TestBroker;
let api: Api;
let pharmacist: Person;
let technician: Person;

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  api = await testApi(broker, database.url);
  const signIn = async (role: 'pharmacist' | 'technician') => Person.signIn(api, await addPerson(database.pool, role));
  [pharmacist, technician] = [await signIn('pharmacist'), await signIn('technician')];
  await publishedLibrary(pharmacist, await signIn('pharmacist'), 'Demo library');
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

async function patientOnMorphine(): Promise<MadePatient> {
  const patient = await addPatient(pharmacist, 'Max Muster');
  await addTherapy(pharmacist, patient, 'morphine', { careArea: 'adult PCA' });
  return patient;
}

type Bed = { id: string; hand: HandPump; assignment: string };

async function pumpFor(id: string, patient: MadePatient): Promise<Bed> {
  const hand = await HandPump.connect(broker, await provisionPump(database.pool, id));
  return { id, hand, assignment: (await assign(pharmacist, id, patient)).id };
}

async function programme({ id, hand }: Bed): Promise<void> {
  await hand.send('event', [
    hand.record({
      ...{ kind: 'programme', infusion: 1, drug: 'morphine', careArea: 'adult PCA', libraryVersion: 'demo-1' },
      ...{ concentration: { amount: 1, unit: 'mg', perMl: 1 }, mode: 'pca', rateMlPerH: 1 },
      pca: { basalMlPerH: 1, demandMl: 1, lockoutMin: 8, maxMlPer4H: 28 },
    }),
  ]);
  const judged = 'select from infusion_check c join infusion using (infusion_id) where pump_id = $1';
  await waitFor(async () => (await database.pool.query(judged, [id])).rowCount, {
    timeoutMs: 10_000,
    what: `the programme of ${id} is judged`,
  });
}

/** Gives 24 mg within the last minute: the 4 h maximum is 40 mg. */
async function give({ hand }: Bed): Promise<void> {
  const now = Date.now();
  const samples = [0, 1, 2, 3].map((n) => {
    const before = 55_000 - n * 15_000;
    const uptimeMs = 1_000_000 - before;
    return hand.sample({ at: new Date(now - before).toISOString(), uptimeMs, rateMlPerH: 1, infusedMl: n * 8 });
  });
  await hand.send('telemetry', samples, { sentAt: new Date(now).toISOString(), uptimeMs: 1_000_000 });
  await hand.acknowledged();
}

type Said = { pump: string; message: string; condition: string; priority: string; endReason: string | null };

async function tooMuch(...beds: Bed[]): Promise<Said[]> {
  const { rows } = await database.pool.query<Said>(
    `select pump_id as pump, message, condition, priority, end_reason as "endReason" from alert
      where type = 'cumulative-dose' and pump_id = any($1) order by raised_at`,
    [beds.map(({ id }) => id)],
  );
  return rows;
}

const spans = async (bed: Bed) =>
  (
    await database.pool.query<{ patient: string; mg: number }>(
      `select patient_id as patient, round(sum(amount) / 1e6)::int as mg from dose_span where pump_id = $1 group by 1`,
      [bed.id],
    )
  ).rows;

test('a corrected assignment takes the doses along: the right patient’s window holds them, the wrong one’s no longer', {
  timeout: 120_000,
}, async () => {
  await ingestForThisTest(broker, database.url, { INGEST_WRITERS: '1' });
  const second = await ingestForThisTest(broker, database.url, { INGEST_WRITERS: '1' });
  const [wrong, right] = [await patientOnMorphine(), await patientOnMorphine()];
  const mistaken = await pumpFor('DOSE-MISTAKEN', wrong);
  const [ofWrong, ofRight] = [await pumpFor('DOSE-WRONG', wrong), await pumpFor('DOSE-RIGHT', right)];
  for (const bed of [mistaken, ofWrong, ofRight]) await programme(bed);
  for (const bed of [mistaken, ofWrong, ofRight]) await give(bed);
  await waitFor(async () => (await tooMuch(mistaken, ofWrong)).length, {
    timeoutMs: 60_000,
    what: 'the doses of both pumps are added up for the wrong patient',
  });
  expect(await tooMuch(ofRight)).toEqual([]);
  expect(await spans(mistaken)).toEqual([{ patient: wrong.id, mg: 24 }]);

  // Nobody's any more when the mistake is noticed: what it gave counts all the same.
  await pharmacist.post(`/assignments/${mistaken.assignment}/end`, {});
  expect((await technician.ask('PATCH', `/pumps/${mistaken.id}`, { status: 'ready' })).status).toBe(200);
  const correction = { patient: right.id, reason: 'wrong label', verified: readAtBedside(mistaken.id, right) };
  expect((await pharmacist.post(`/assignments/${mistaken.assignment}/correct`, correction)).status).toBe(200);

  const alert = await waitFor(async () => (await tooMuch(ofRight)).find(({ priority }) => priority === 'high'), {
    timeoutMs: 60_000,
    what: 'the right patient’s window holds what the mistaken pump gave',
  });
  expect(alert.message).toMatch(/morphine: dose in 4 h 48 mg is above the hard limit of 40 mg/);
  expect(await spans(mistaken)).toEqual([{ patient: right.id, mg: 24 }]);
  await waitFor(async () => (await tooMuch(mistaken, ofWrong)).every(({ condition }) => condition === 'ended'), {
    timeoutMs: 60_000,
    what: 'the wrong patient’s window no longer holds it',
  });

  // What was moved stays so for whoever loads it again.
  await second.close();
  const owners = 'select from shard where owner is not null having count(*) = 16 and count(distinct owner) = 1';
  await waitFor(async () => (await database.pool.query(owners)).rowCount, {
    timeoutMs: 30_000,
    what: 'the other worker owns every shard',
  });
  expect(await spans(mistaken)).toEqual([{ patient: right.id, mg: 24 }]);
});
