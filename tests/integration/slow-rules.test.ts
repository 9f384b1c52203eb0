import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Alert, alert } from '#schemas/http/alert.ts';
import { page } from '#schemas/http/shapes.ts';
import type { Api } from '../../api/api.ts';
import { openPool } from '../../ingest/database.ts';
import { evaluateTherapies } from '../../ingest/therapies/evaluate.ts';
import { addPerson, Person, shape, testApi } from '../support/api.ts';
import { provisionPump, type TestBroker, testBroker } from '../support/broker.ts';
import { addPatient, addTherapy, assign } from '../support/care.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { HandPump, ingestForThisTest } from '../support/ingest.ts';
import { waitFor } from '../support/wait-for.ts';

// Rules that take hours to see, through the real broker, ingest and api: what the pump writes is hours old, or says how long
// it will go on.

let database: TestDatabase;
let broker: TestBroker;
let api: Api;
let pharmacist: Person;
const minuteMs = 60_000;
const fromNow = (minutes: number) => new Date(Date.now() + minutes * minuteMs).toISOString();

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  api = await testApi(broker, database.url);
  pharmacist = await Person.signIn(api, await addPerson(database.pool, 'pharmacist'));
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

/** As the api gives it. */
async function alertOf(type: string): Promise<Alert | undefined> {
  const { items } = shape(page(alert), await pharmacist.get(`/alerts?type=${type}`));
  expect(items.length).toBeLessThan(2);
  return items[0];
}

async function look(): Promise<void> {
  const pool = openPool(database.url, 2);
  try {
    await evaluateTherapies({ pool, log: pino({ level: 'silent' }), now: Date.now }, 0);
  } finally {
    await pool.end();
  }
}

test('a bag that ends before the next visit is on the day list, then medium, and over once it lasts', async () => {
  await ingestForThisTest(broker, database.url);
  const patient = await addPatient(pharmacist, 'Ada Berg', { timeZone: 'Europe/Stockholm' });
  const given = { schedule: { kind: 'continuous' }, nextVisitAt: fromNow(12 * 60) };
  const therapy = await addTherapy(pharmacist, patient, 'hydration', given);
  const pump = await HandPump.connect(broker, await provisionPump(database.pool, 'BAG-1'));
  await assign(pharmacist, 'BAG-1', patient, { therapy: therapy.id });
  const left = async (vtbiRemainingMl: number) => {
    await pump.send('telemetry', [pump.sample({ rateMlPerH: 10, vtbiRemainingMl, reservoirMl: vtbiRemainingMl })]);
    await pump.acknowledged();
    await look();
  };
  const programme = { kind: 'programme', infusion: 1, drug: 'hydration', mode: 'continuous', rateMlPerH: 10 };
  await pump.send('event', [
    pump.record({ ...programme, therapy: therapy.reference, vtbiMl: 200 }),
    pump.record({ kind: 'delivery', infusion: 1, segment: 1, phase: 'start', rateMlPerH: 10 }),
  ]);
  await left(130);
  expect(await alertOf('ends-before-visit')).toBeUndefined();
  await left(100);
  expect(await alertOf('ends-before-visit')).toMatchObject({ priority: 'low', condition: 'active', pump: 'BAG-1' });
  await left(10);
  expect(await alertOf('ends-before-visit')).toMatchObject({ priority: 'medium', condition: 'active' });
  await left(140);
  expect(await alertOf('ends-before-visit')).toMatchObject({ condition: 'ended' });
});

test('a battery that was worn on two discharges is told to technicians when it is plugged in', async () => {
  await ingestForThisTest(broker, database.url);
  const pump = await HandPump.connect(broker, await provisionPump(database.pool, 'WORN-1'));
  const sample = (minutesAgo: number, batteryPct: number, mains: boolean) =>
    pump.sample({ at: fromNow(-minutesAgo), batteryPct, mains });
  // Half a point a minute: a full charge lasts three hours and a third.
  const discharge = (fromMinutesAgo: number, minutes: number) =>
    Array.from({ length: minutes }, (_, n) => sample(fromMinutesAgo - n, Math.round(100 - n / 2), false));
  await pump.send('telemetry', discharge(91, 31));
  await pump.send('telemetry', [sample(60, 100, true), ...discharge(51, 51)]);
  await pump.acknowledged();
  expect(await alertOf('battery-fade')).toBeUndefined();
  await pump.send('telemetry', [sample(0, 75, true)]);
  const told = await waitFor(() => alertOf('battery-fade'), { what: 'the battery is told of' });
  expect(told).toMatchObject({ audience: 'technician', priority: 'low', condition: 'active', pump: 'WORN-1' });
  expect(told.message).toContain('3.3 h');
});
