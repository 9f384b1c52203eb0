import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runReplay } from '../../firmware-sim/run-replay.ts';
import { addPerson, testApi, testPassword } from '../support/api.ts';
import { type TestBroker, testBroker } from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { ingestForThisTest } from '../support/ingest.ts';
import { simContext, simFolder } from '../support/sim.ts';

const infusionsCsv = resolve(import.meta.dirname, '../../firmware-sim/data/real-infusions/infusions.csv');

let database: TestDatabase;
let broker: TestBroker;
let api: Awaited<ReturnType<typeof testApi>>;
let technician: string;
beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  api = await testApi(broker, database.url);
  technician = await addPerson(database.pool, 'technician');
});
afterAll(async () => {
  await api.close();
  await broker.close();
  await database.close();
});

function replayContext(args: readonly string[]) {
  const folder = simFolder();
  writeFileSync(join(folder, 'password'), `${testPassword}\n`);
  const signedIn = ['--user', technician, '--password-file', join(folder, 'password')];
  return simContext([...args, ...signedIn], folder, broker.url, `http://127.0.0.1:${api.port}`);
}

test('every charted action of the real infusions is stored, with its rate, and the doses agree', async () => {
  await ingestForThisTest(broker, database.url);
  const { context, printed, errors } = replayContext(['replay', infusionsCsv, '--sample-every', '7200', '--json']);
  const exitCode = await runReplay(infusionsCsv, context);
  expect(errors).toEqual([]);
  const { differences, ...found } = JSON.parse(printed[0] ?? '');
  expect(differences).toEqual([]);
  expect(found).toMatchObject({
    actions: 4183,
    found: 4183,
    chartedRates: 3400,
    ratesMatching: 3400,
    concentrations: { checked: 505, canFail: 310, failed: 0 },
    missing: 0,
    declaredLost: 0,
    rejected: 0,
  });
  expect(found.acknowledged).toBe(found.journaled);
  expect(found.committed).toBe(found.journaled);
  expect(exitCode).toBe(0);
  const { rows } = await database.pool.query(
    `select (select count(*) from delivery)::int as deliveries, (select count(*) from programme)::int as programmes,
            (select count(*) from telemetry)::int as samples, (select count(*) from device_event)::int as events,
            (select count(*) from alert)::int as alerts`,
  );
  const stored = rows[0];
  expect(stored.deliveries + stored.programmes + stored.samples + stored.events).toBe(found.journaled);
  expect(stored.alerts).toBe(0);
}, 180_000);

test('a replay finds out when the platform lacks what was charted', async () => {
  await ingestForThisTest(broker, database.url);
  const folder = simFolder();
  const file = join(folder, 'few.csv');
  writeFileSync(
    file,
    [
      'patient,infusion,offset_s,action,drug,dose,dose_unit,rate_ml_h,weight_kg',
      'X1,J1,0,start,Heparin,10,units/hour,5,70',
      'X1,J1,600,change,Heparin,20,units/hour,10.5,70',
      'X1,J1,1200,stop,Heparin,0,units/hour,0,70',
    ].join('\n'),
  );
  const { context, printed } = replayContext(['replay', file]);
  // 20 units/hour at 2 units/mL is 10 mL/h: 5 % off what was charted.
  expect(await runReplay(file, context)).toBe(1);
  expect(printed).toContain('actions in = 3, actions found = 3');
  expect(printed.some((line) => line.startsWith('J1: 1 rates are not'))).toBe(true);
});
