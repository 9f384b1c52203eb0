import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEntry } from '#schemas/http/administration.ts';
import { imported, order } from '#schemas/http/orders.ts';
import { infusionDetail, page, problem } from '#schemas/http/shapes.ts';
import { therapyDetail } from '#schemas/http/therapies.ts';
import type { Api } from '../../api/api.ts';
import { type Answer, addPerson, Person, shape, testApi } from '../support/api.ts';
import { provisionPump, type TestBroker, testBroker } from '../support/broker.ts';
import { addPatient, addTherapy, assign } from '../support/care.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let database: TestDatabase;
let broker: TestBroker;
let api: Api;
let first: Person;
let second: Person;
let auditor: Person;

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  api = await testApi(broker, database.url);
  const signIn = async (role: Parameters<typeof addPerson>[1]) =>
    Person.signIn(api, await addPerson(database.pool, role));
  [first, second, auditor] = [await signIn('pharmacist'), await signIn('pharmacist'), await signIn('auditor')];
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

/** 5,250 mg over four days. */
const fluorouracil = {
  drug: 'fluorouracil',
  concentration: { amount: 45.57, unit: 'mg', perMl: 1 },
  ...{ rateMlPerH: 1.2, volumeMl: 115.2, overfillMl: 10, totalDose: { amount: 5250, unit: 'mg' }, durationMin: 5760 },
};
const { drug: _drug, overfillMl: _overfill, totalDose: _total, ...readAnew } = fluorouracil;

const errorsOf = (answer: Answer) => problem.parse(answer.body).errors ?? [];
const audited = async (action: string, subject: string) =>
  shape(page(auditEntry), await auditor.get(`/audit?action=${action}&subject=${subject}`)).items;

async function course(drug: string, body: Record<string, unknown> = {}) {
  return addTherapy(first, await addPatient(first, 'Max Muster', body), drug);
}

test('an order counts once another pharmacist has read the same; who wrote it may not, and what differs is named', async () => {
  const therapy = await course('Fluorouracil');
  const made = shape(order, await first.post('/orders', { therapy: therapy.id, ...fluorouracil }));
  expect(made).toMatchObject({ version: 1, state: 'draft', weightKg: 80, patient: { initials: 'M.M.' } });

  const own = await first.post(`/orders/${made.id}/verify`, readAnew);
  expect(own.status).toBe(403);
  expect(problem.parse(own.body).detail).toContain('another pharmacist');
  for (const [field, value] of Object.entries({
    ...{ rateMlPerH: 28.8, concentration: { amount: 4.557, unit: 'mg', perMl: 1 }, volumeMl: 100, durationMin: 240 },
  })) {
    const apart = await second.post(`/orders/${made.id}/verify`, { ...readAnew, [field]: value });
    expect(apart.status, field).toBe(422);
    expect(errorsOf(apart).map(({ path }) => path)).toContain(field === 'rateMlPerH' ? 'doseRate' : field);
  }
  expect(await audited('order.disagree', made.id)).toHaveLength(4);
  const unsaid = await second.post(`/orders/${made.id}/verify`, { ...readAnew, rateMlPerH: null });
  expect(errorsOf(unsaid)[0]?.message).toContain('as you read it');
  expect(shape(order, await second.get(`/orders/${made.id}`)).state).toBe('draft');

  const verified = shape(order, await second.post(`/orders/${made.id}/verify`, readAnew));
  expect(verified).toMatchObject({ state: 'verified', verifiedBy: { id: second.id }, createdBy: { id: first.id } });
  expect((await second.post(`/orders/${made.id}/verify`, readAnew)).status).toBe(409);
  expect(shape(therapyDetail, await first.get(`/therapies/${therapy.id}`))).toMatchObject({
    ...{ orderVersion: 1, draftVersion: null },
  });
});

test('a changed order is the next version: the old one counts until it is verified, and is kept', async () => {
  const therapy = await course('fluorouracil');
  const write = async (fields: object) =>
    shape(order, await first.post('/orders', { therapy: therapy.id, ...fluorouracil, ...fields }));
  const one = await write({});
  await second.post(`/orders/${one.id}/verify`, readAnew);
  const two = await write({ notes: 'a first try' });
  const three = await write({ rateMlPerH: 2.4, durationMin: 2880 });
  const states = async () => {
    const rows = shape(page(order), await first.get(`/orders?therapy=${therapy.id}`)).items;
    return rows.map(({ version, state }) => `${version} ${state}`);
  };
  expect(await states()).toEqual(['3 draft', '2 superseded', '1 verified']);
  const now = { ...readAnew, rateMlPerH: 2.4, durationMin: 2880 };
  expect((await second.post(`/orders/${two.id}/verify`, readAnew)).status).toBe(409);
  shape(order, await second.post(`/orders/${three.id}/verify`, now));
  expect(await states()).toEqual(['3 verified', '2 superseded', '1 superseded']);
  expect(shape(order, await first.get(`/orders/${one.id}`))).toMatchObject({
    ...{ rateMlPerH: 1.2, verifiedBy: { id: second.id }, endReason: 'version 3 counts instead' },
  });
  expect(shape(order, await first.post(`/orders/${three.id}/cancel`, { reason: 'stopped' })).state).toBe('cancelled');
  expect((await first.post(`/orders/${three.id}/cancel`, { reason: 'again' })).status).toBe(409);
});

test('not even the database changes what was ordered', async () => {
  const therapy = await course('fluorouracil');
  const { id } = shape(order, await first.post('/orders', { therapy: therapy.id, ...fluorouracil }));
  const change = (sets: string) => database.pool.query(`update therapy_order set ${sets} where order_id = '${id}'`);
  await expect(change('rate_ml_per_h = 28.8')).rejects.toThrow('an order never changes');
  await expect(change('weight_kg = null')).rejects.toThrow('an order never changes');
  const self = `state = 'verified', verified_at = now(), verified_by = created_by`;
  await expect(change(self)).rejects.toThrow('check constraint');
  await expect(database.pool.query('delete from therapy_order')).rejects.toThrow('orders are kept');
  await second.post(`/orders/${id}/verify`, readAnew);
  await expect(change(`state = 'draft', verified_at = null, verified_by = null`)).rejects.toThrow('stays as it is');
});

const perKg = {
  ...{
    drug: 'DOBUTamine',
    concentration: { amount: 4000, unit: 'mcg', perMl: 1 },
    doseRate: 5,
    doseUnit: 'mcg/kg/min',
  },
  ...{ volumeMl: 250, durationMin: 2500 },
};

test('an order per kg of a patient without weight is refused, and made once the weight is known', async () => {
  const therapy = await course('dobutamine', { weightKg: null });
  const without = await first.post('/orders', { therapy: therapy.id, ...perKg });
  expect(without.status).toBe(422);
  expect(errorsOf(without)).toMatchObject([
    { path: 'doseUnit', message: expect.stringContaining('enter the weight first') },
  ]);
  await first.ask('PATCH', `/patients/${therapy.patient.id}`, { weightKg: 80 });
  expect(shape(order, await first.post('/orders', { therapy: therapy.id, ...perKg })).weightKg).toBe(80);
});

test.each<[string, object, number, string, string]>([
  [
    'concentration 0',
    { concentration: { amount: 0, unit: 'mg', perMl: 1 } },
    400,
    'concentration.amount',
    'holds no drug',
  ],
  ['24 times the rate', { rateMlPerH: 28.8 }, 422, 'rateMlPerH', '1.2 mL/h'],
  ['another drug than the therapy', { drug: 'vancomycin' }, 422, 'drug', 'is fluorouracil, not vancomycin'],
  ['no duration', { durationMin: undefined }, 400, 'durationMin', 'expected number'],
])('an order with %s is refused at the field', async (_what, fields, status, path, words) => {
  const therapy = await course('fluorouracil');
  const answer = await first.post('/orders', { therapy: therapy.id, ...fluorouracil, ...fields });
  expect(answer.status).toBe(status);
  expect(errorsOf(answer)[0]).toMatchObject({ path, message: expect.stringContaining(words) });
});

test('a therapy that is ended takes no order', async () => {
  const therapy = await course('fluorouracil');
  await first.ask('PATCH', `/therapies/${therapy.id}`, { status: 'ended' });
  const answer = await first.post('/orders', { therapy: therapy.id, ...fluorouracil });
  expect(errorsOf(answer)).toMatchObject([{ path: 'therapy', message: expect.stringContaining('is ended') }]);
});

test('a CSV file becomes drafts, all of it or nothing; a therapy with a new reference is begun as pending', async () => {
  const patient = await addPatient(first, 'Cleo Csv');
  const therapy = await addTherapy(first, patient, 'fluorouracil');
  const heading =
    'patient,therapy,drug,concentration,concentration unit,dose rate,dose unit,rate mL/h,volume mL,duration min';
  const known = `${patient.reference},,fluorouracil,45.57,mg,,,1.2,115.2,5760`;
  const fresh = `${patient.reference},TH-CSV,DOBUTamine,4000,mcg,5,mcg/kg/min,,250,2500`;
  const send = (...lines: string[]) =>
    first.ask('POST', '/orders/import', [heading, ...lines].join('\r\n'), { 'content-type': 'text/csv' });

  const bad = await send(known, fresh.replace('mcg/kg/min', 'drops/min'), 'P-NOBODY,,x,,,,,1,1,60');
  expect(bad.status).toBe(422);
  expect(errorsOf(bad).map(({ path }) => path)).toEqual(['order 2, doseUnit', 'order 3, patient']);
  expect(shape(page(order), await first.get(`/orders?patient=${patient.id}`)).items).toEqual([]);

  const good = shape(imported, await send(known, fresh));
  expect(good.items).toMatchObject([
    { therapy: { id: therapy.id }, state: 'draft', source: 'csv', createdBy: { id: first.id } },
    { therapy: { reference: 'TH-CSV' }, doseUnit: 'mcg/kg/min' },
  ]);
  const [made = ''] = good.therapiesMade;
  expect(shape(therapyDetail, await first.get(`/therapies/${made}`))).toMatchObject({
    status: 'pending',
    draftVersion: 1,
  });
  const own = await first.post(`/orders/${good.items[0]?.id}/verify`, readAnew);
  expect(own.status).toBe(403);
  expect(errorsOf(await send(known, known))[0]?.message).toContain('order 1 of this file');
});

test('a FHIR MedicationRequest becomes a draft; what is not understood is refused with its path', async () => {
  const patient = await addPatient(first, 'Finn Fhir');
  const therapy = await addTherapy(first, patient, 'fluorouracil');
  const strength = { numerator: { value: 45.57, code: 'mg' }, denominator: { value: 1, code: 'mL' } };
  const request = {
    ...{
      resourceType: 'MedicationRequest',
      status: 'active',
      intent: 'order',
      medicationReference: { reference: '#m' },
    },
    contained: [{ resourceType: 'Medication', id: 'm', code: { text: 'fluorouracil' }, ingredient: [{ strength }] }],
    subject: { identifier: { value: patient.reference } },
    groupIdentifier: { value: therapy.reference },
    dosageInstruction: [
      {
        timing: { repeat: { duration: 4, durationUnit: 'd' } },
        doseAndRate: [{ rateQuantity: { value: 1.2, unit: 'mL/h' }, doseQuantity: { value: 5250, unit: 'mg' } }],
      },
    ],
    dispenseRequest: { quantity: { value: 115.2, unit: 'mL' } },
  };
  const send = (body: unknown) =>
    first.ask('POST', '/orders/import', JSON.stringify(body), { 'content-type': 'application/fhir+json' });
  const stopped = await send({ ...request, status: 'stopped' });
  expect(errorsOf(stopped)).toMatchObject([{ path: 'status', message: expect.stringContaining('active') }]);
  const { items } = shape(imported, await send(request));
  expect(items).toMatchObject([{ source: 'fhir', rateMlPerH: 1.2, durationMin: 5760, totalDose: { amount: 5250 } }]);
  expect(shape(order, await second.post(`/orders/${items[0]?.id}/verify`, readAnew)).state).toBe('verified');
  expect((await first.ask('POST', '/orders/import', request)).status).toBe(415);
});

test('of two pharmacists who verify at once, one does and the other is told', async () => {
  const therapy = await course('fluorouracil');
  const { id } = shape(order, await first.post('/orders', { therapy: therapy.id, ...fluorouracil }));
  const third = await Person.signIn(api, await addPerson(database.pool, 'pharmacist'));
  const answers = await Promise.all([second, third].map((by) => by.post(`/orders/${id}/verify`, readAnew)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
});

/** An infusion that runs since an hour, with its newest programme, as ingest stores them. */
async function addInfusion(pump: string, drug: string, rateMlPerH: number, therapy: string | null): Promise<string> {
  const { pool } = database;
  await pool.query(`insert into journal (pump_id, epoch, epoch_no, clock) values ($1, '00000000000000aa', 1, '{}')`, [
    pump,
  ]);
  await pool.query(
    `insert into programme (pump_id, epoch_no, seq, at, received_at, late, infusion, therapy, drug, mode, concentration,
                            rate_ml_per_h, vtbi_ml)
     values ($1, 1, 1, now() - interval '1 h', now(), false, 1, $2, $3, 'continuous',
             '{"amount": 45.57, "unit": "mg", "perMl": 1}', $4, 115.2)`,
    [pump, therapy, drug, rateMlPerH],
  );
  const { rows } = await pool.query<{ id: string }>(
    `insert into infusion (infusion_id, pump_id, epoch_no, pump_infusion, first_seq, started_at, state_seq, drug, last_at)
     values (gen_random_uuid(), $1, 1, 1, 1, now() - interval '1 h', 1, $2, now()) returning infusion_id as id`,
    [pump, drug],
  );
  return rows[0]?.id ?? '';
}

test('an infusion is matched to its order and compared: by assignment and drug, else by the therapy it names', async () => {
  const patient = await addPatient(first, 'Olga Order');
  const therapy = await addTherapy(first, patient, 'fluorouracil');
  const pumps = [await provisionPump(database.pool, 'PUMP-OR1'), await provisionPump(database.pool, 'PUMP-OR2')];
  const [byAssignment, byReference] = [
    await addInfusion('PUMP-OR1', 'Fluorouracil', 28.8, null),
    await addInfusion('PUMP-OR2', 'fluorouracil', 1.2, therapy.reference),
  ];
  const read = async (id: string) => shape(infusionDetail, await first.get(`/infusions/${id}`));
  expect((await read(byAssignment)).order?.words).toContain('assigned to nobody');
  const from = new Date(Date.now() - 7_200_000).toISOString();
  await assign(first, pumps[0]?.id ?? '', patient, { from });
  expect((await read(byAssignment)).order).toMatchObject({ by: 'assignment', words: expect.stringContaining('none') });

  const made = shape(order, await first.post('/orders', { therapy: therapy.id, ...fluorouracil }));
  expect((await read(byAssignment)).order?.words).toContain('waits for another pharmacist');
  await second.post(`/orders/${made.id}/verify`, readAnew);
  const assigned = await read(byAssignment);
  expect(assigned.patient?.initials).toBe('O.O.');
  expect(assigned.order).toMatchObject({
    by: 'assignment',
    order: { id: made.id, version: 1 },
    words: null,
    doubts: [],
  });
  const differing = assigned.order?.checks.filter(({ outcome }) => outcome === 'differs') ?? [];
  expect(differing.map(({ words }) => words)).toContainEqual(
    expect.stringMatching(/28\.8 mL\/h is 24 times the ordered 1\.2 mL\/h/),
  );
  const named = await read(byReference);
  expect(named.order).toMatchObject({ by: 'therapy-reference', versions: [{ version: 1, to: null }] });
  expect(named.order?.checks.find(({ field }) => field === 'rateMlPerH')?.outcome).toBe('agrees');
  expect(JSON.stringify(named.order)).not.toContain('O.O.');

  await first.ask('PATCH', `/therapies/${therapy.id}`, { status: 'on-hold' });
  expect((await read(byReference)).order).toMatchObject({
    therapy: { status: 'on-hold' },
    doubts: [expect.stringContaining('on hold')],
  });
});
