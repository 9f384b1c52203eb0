import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkedVersion } from '#schemas/http/libraries.ts';
import { libraryReplay } from '#schemas/http/library-replay.ts';
import { order as orderShape } from '#schemas/http/orders.ts';
import { infusion, page, problem } from '#schemas/http/shapes.ts';
import { demoLibrary } from '#schemas/library/demo-library.ts';
import type { Api } from '../../api/api.ts';
import { addPerson, Person, shape, testApi } from '../support/api.ts';
import { provisionPump, type TestBroker, testBroker } from '../support/broker.ts';
import { addPatient, addTherapy, assign } from '../support/care.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { HandPump, ingestForThisTest } from '../support/ingest.ts';

let database: TestDatabase;
let broker: TestBroker;
let api: Api;
let first: Person;
let second: Person;

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  api = await testApi(broker, database.url);
  const signIn = async () => Person.signIn(api, await addPerson(database.pool, 'pharmacist'));
  [first, second] = [await signIn(), await signIn()];
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

const milrinone = {
  ...{ kind: 'programme', careArea: 'inotropes', drug: 'milrinone', libraryVersion: 'demo-1', mode: 'continuous' },
  ...{ concentration: { amount: 200, unit: 'mcg', perMl: 1 }, doseUnit: 'mcg/kg/min', weightKg: 70 },
};
const treprostinil = {
  ...{ drug: 'treprostinil', concentration: { amount: 100_000, unit: 'ng', perMl: 1 }, doseRate: 20 },
  ...{ doseUnit: 'ng/kg/min', volumeMl: 23.04, durationMin: 1440, totalDose: null, overfillMl: 0 },
};

test('a replay judges every stored programme with its order, and puts what the pump itself fired beside it', async () => {
  await ingestForThisTest(broker, database.url);
  const pump = await provisionPump(database.pool, 'PUMP-REPLAY');
  const patient = await addPatient(first, 'Max Muster', { weightKg: 80 });
  const therapy = await addTherapy(first, patient, 'treprostinil', { careArea: 'pulmonary hypertension' });
  const order = shape(orderShape, await first.post('/orders', { therapy: therapy.id, ...treprostinil }));
  const { concentration, doseRate, doseUnit, volumeMl, durationMin } = treprostinil;
  const readAnew = { concentration, doseRate, doseUnit, rateMlPerH: null, volumeMl, durationMin };
  expect((await second.post(`/orders/${order.id}/verify`, readAnew)).status).toBe(200);
  await assign(first, pump.id, patient);

  const hand = await HandPump.connect(broker, pump);
  const asked = { kind: 'limit', field: 'Dose rate', response: 'override', limit: 0.75, attempted: 0.8 };
  await hand.send('event', [
    hand.record({ ...milrinone, infusion: 1, doseRate: 0.5 }),
    hand.record({ ...asked, infusion: 2, limitType: 'soft-high' }),
    hand.record({ ...milrinone, infusion: 2, doseRate: 0.8 }),
    hand.record({ ...milrinone, infusion: 3, doseRate: 2 }),
    // Names no care area: that of the therapy counts. 30 % above what was ordered.
    hand.record({ kind: 'programme', infusion: 4, ...readAnew, drug: 'treprostinil', doseRate: 26, weightKg: 80 }),
    // What is fired after a programme belongs to the next one, and after the last to the last.
    hand.record({ ...asked, infusion: 1, limitType: 'hard-high', response: 'reprogram' }),
  ]);
  await hand.acknowledged();
  const items = shape(page(infusion), await first.get(`/infusions?pump=${pump.id}`)).items;
  const idOf = (number: number) => items.find(({ pumpInfusion }) => pumpInfusion === number)?.id;

  const draft = shape(checkedVersion, await first.post('/drug-libraries/import', demoLibrary()));
  const path = `/drug-libraries/${draft.library.id}/versions/1/replay`;
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  const report = shape(libraryReplay, await first.post(path, { from: at(-60), to: at(60) }));
  expect(report).toMatchObject({ programmes: 4, unreadable: 0 });
  const lines = report.lines.map(({ drug, limit, would, did, newExamples, goneExamples }) => {
    return { drug, limit, would, did, newExamples, goneExamples };
  });
  expect(lines).toHaveLength(3);
  expect(lines).toEqual(
    expect.arrayContaining([
      { drug: 'milrinone', limit: 'soft-high', would: 1, did: 1, newExamples: [], goneExamples: [] },
      { drug: 'milrinone', limit: 'hard-high', would: 1, did: 1, newExamples: [idOf(3)], goneExamples: [idOf(1)] },
      { drug: 'treprostinil', limit: 'hard-high', would: 1, did: 0, newExamples: [idOf(4)], goneExamples: [] },
    ]),
  );
  expect(report.lines.find(({ drug }) => drug === 'treprostinil')).toMatchObject({
    ...{ careArea: 'pulmonary hypertension', field: 'doseRate', worst: { value: 26, limit: 25 } },
  });
  expect(shape(libraryReplay, await first.post(path, { from: at(-120), to: at(-60) })).programmes).toBe(0);
  expect((await first.post(path, { from: at(0), to: at(-60) })).status).toBe(400);
  expect(problem.parse((await first.post(path, { from: 'yesterday', to: at(0) })).body).detail).toContain('from');
});
