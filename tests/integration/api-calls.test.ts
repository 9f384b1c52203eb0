import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEntry } from '#schemas/http/administration.ts';
import { alertDetail } from '#schemas/http/alert.ts';
import { call, callDetail, followUpCount, foundPatients } from '#schemas/http/calls.ts';
import { page, problem } from '#schemas/http/shapes.ts';
import type { Api } from '../../api/api.ts';
import { type Answer, addPerson, Person, shape, testApi } from '../support/api.ts';
import { addAlert } from '../support/board.ts';
import { provisionPump, type TestBroker, testBroker } from '../support/broker.ts';
import { addPatient, assign } from '../support/care.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let database: TestDatabase;
let broker: TestBroker;
let api: Api;
let nurse: Person;
let other: Person;
let auditor: Person;

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  api = await testApi(broker, database.url);
  const signIn = async (role: Parameters<typeof addPerson>[1]) =>
    Person.signIn(api, await addPerson(database.pool, role));
  [nurse, other, auditor] = [await signIn('clinician'), await signIn('clinician'), await signIn('auditor')];
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

const errorsOf = (answer: Answer) => problem.parse(answer.body).errors ?? [];
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
const find = async (text: string) => shape(foundPatients, await nurse.post('/calls/find', { text }));

test('a caller is found by number or name; the answer holds initials and reference, and says what is in doubt', async () => {
  // References of their own: a made one may hold the very digits that are looked for.
  const reached = (reference: string, number: string) => ({
    reference,
    phones: [{ whose: 'caregiver', name: 'Kim', number }],
  });
  const jan = await addPatient(nurse, 'Jan Müller-Exempel', reached('P-CALL-JAN', '+1 (555) 010-0199'));
  const eva = await addPatient(nurse, 'Eva Exempel', reached('P-CALL-EVA', '+1 555 010 0299'));
  const mark = ({ id, reference, initials }: typeof jan) => ({ id, reference, initials });

  for (const written of ['+1 (555) 010-0199', '15550100199']) {
    expect(await find(written)).toEqual({
      items: [{ patient: mark(jan), by: 'number', whose: 'caregiver' }],
      ...{ more: false, doubt: null },
    });
  }
  expect(await find('0100199')).toMatchObject({
    items: [{ by: 'number' }],
    doubt: expect.stringContaining('birth date'),
  });
  expect((await find('99')).items).toEqual([]);
  await addPatient(nurse, 'Third Person', reached('P-CALL-THREE', '+44 20 7946 0199'));
  const alike = await find('0199');
  expect(alike.items).toHaveLength(2);
  expect(alike.doubt).toMatch(/2 patients have a number like this/);

  expect((await find('muller jan')).items).toEqual([{ patient: mark(jan), by: 'name', whose: null }]);
  expect((await find('exempel')).items).toHaveLength(2);
  expect((await find(eva.reference)).items).toMatchObject([{ by: 'reference' }]);
  expect((await find('100 %')).items).toEqual([]);

  const answer = JSON.stringify((await nurse.post('/calls/find', { text: 'exempel' })).body);
  expect(answer).not.toMatch(/Exempel|Kim|555/);
  const searches = shape(page(auditEntry), await auditor.get('/audit?action=patient.search')).items;
  expect(searches).toHaveLength(10);
  expect(searches.at(-1)).toMatchObject({ actor: { id: nurse.id }, detail: { for: 'call', found: [jan.id] } });
});

test('a call with a follow-up and announced work is one entry; lists hold no way to reach anybody', async () => {
  const patient = await addPatient(nurse, 'Bo Beispiel');
  const { id: pump } = await provisionPump(database.pool, 'PUMP-CALL');
  await assign(nurse, pump, patient);
  const body = {
    ...{ caller: 'caregiver', callerName: 'Kim', callBackNumber: '+46 70 555 03 03', patient: patient.id },
    ...{ complaint: 'changes the bag now', advice: 'clamp first', outcome: 'solved' },
    followUp: { text: 'ask whether it runs', dueAt: inMinutes(30), owner: other.id },
    announce: { pump, kind: 'bag-change' },
  };
  const key = { 'idempotency-key': 'call-1' };
  const made = shape(callDetail, await nurse.post('/calls', body, key));
  expect(shape(callDetail, await nurse.post('/calls', body, key)).id).toBe(made.id);
  expect(made).toMatchObject({
    patient: { initials: 'B.B.' },
    followUp: { state: 'open', owner: { id: other.id }, doneAt: null },
    announced: { pump, kind: 'bag-change' },
    ...{ callBackNumber: '+46 70 555 03 03', revision: 1, changes: [] },
  });
  const announced = await database.pool.query('select kind, created_by from announcement where pump_id = $1', [pump]);
  expect(announced.rows).toEqual([{ kind: 'bag-change', created_by: nurse.id }]);

  const list = await nurse.get(`/calls?patient=${patient.id}`);
  expect(shape(page(call), list).items).toHaveLength(1);
  expect(JSON.stringify(list.body)).not.toMatch(/555 03|Beispiel|Kim/);
  expect(shape(callDetail, await auditor.get(`/calls/${made.id}`))).toMatchObject({
    ...{ callBackNumber: null, callerName: null },
  });
  const log = JSON.stringify((await auditor.get('/audit?limit=200')).body);
  expect(log).not.toMatch(/555 03|Beispiel|clamp first|changes the bag/);
});

test.each<[string, () => object, string]>([
  ['no complaint', () => ({ complaint: undefined }), 'complaint'],
  ['a due time that is over', () => ({ followUp: { text: 'call', dueAt: inMinutes(-1) } }), 'followUp.dueAt'],
  ['a time to come', () => ({ at: inMinutes(10) }), 'at'],
  [
    'a follow-up of an auditor',
    () => ({ followUp: { text: 'x', dueAt: inMinutes(5), owner: auditor.id } }),
    'followUp.owner',
  ],
  ['an unknown caller', () => ({ caller: 'neighbour' }), 'caller'],
])('a call with %s is refused at the field', async (_what, fields, path) => {
  const answer = await nurse.post('/calls', { caller: 'patient', complaint: 'pain', ...fields() });
  expect([400, 422]).toContain(answer.status);
  expect(errorsOf(answer).map((error) => error.path)).toEqual([path]);
});

test('work is announced only for a pump that is with the patient', async () => {
  const patient = await addPatient(nurse, 'Cy Cervantes');
  const { id: pump } = await provisionPump(database.pool, 'PUMP-ELSE');
  const body = { caller: 'patient', complaint: 'shower', patient: patient.id, announce: { pump, kind: 'shower' } };
  expect(errorsOf(await nurse.post('/calls', body))).toMatchObject([{ path: 'announce.pump' }]);
  const { rows } = await database.pool.query('select from announcement where pump_id = $1', [pump]);
  expect(rows).toEqual([]);
});

test('what is changed of a call keeps what stood there; two at once: the second is told', async () => {
  const patient = await addPatient(nurse, 'Di Daneben');
  const made = shape(callDetail, await nurse.post('/calls', { caller: 'other', complaint: 'pump beeps' }));
  expect(made.patient).toBeNull();
  const change = (by: Person, body: object) => by.ask('PATCH', `/calls/${made.id}`, body);
  const found = await change(other, { revision: 1, patient: patient.id, complaint: 'pump beeps, bag empty' });
  expect(shape(callDetail, found)).toMatchObject({
    ...{ patient: { id: patient.id }, revision: 2 },
    changes: [{ by: { id: other.id }, fields: ['complaint', 'patient_id'] }],
  });
  expect(await change(nurse, { revision: 1, advice: 'new bag' })).toMatchObject({ status: 409 });
  const { rows } = await database.pool.query('select before from phone_call_change where call_id = $1', [made.id]);
  expect(rows).toEqual([{ before: { complaint: 'pump beeps', patient_id: null } }]);
  const { rows: same } = await database.pool.query('select from phone_call_change');
  expect(shape(callDetail, await change(nurse, { revision: 2, complaint: 'pump beeps, bag empty' })).revision).toBe(2);
  expect((await database.pool.query('select from phone_call_change')).rows).toHaveLength(same.length);
});

test('a follow-up is overdue after its time, and done once', async () => {
  const before = shape(followUpCount, await other.get('/calls/follow-ups'));
  const body = { caller: 'patient', complaint: 'nausea', followUp: { text: 'call again', dueAt: inMinutes(20) } };
  const { id } = shape(callDetail, await other.post('/calls', body));
  await database.pool.query(`update phone_call set follow_up_due_at = now() - interval '1 s' where call_id = $1`, [id]);
  const overdue = shape(page(call), await nurse.get('/calls?followUp=overdue')).items;
  expect(overdue.map((item) => [item.id, item.followUp?.state])).toEqual([[id, 'overdue']]);
  const counted = shape(followUpCount, await other.get('/calls/follow-ups'));
  expect(counted.mine).toEqual({ open: before.mine.open + 1, overdue: before.mine.overdue + 1 });
  const done = await nurse.ask('PATCH', `/calls/${id}`, { revision: 1, followUp: { done: true } });
  expect(shape(callDetail, done).followUp).toMatchObject({ state: 'done', doneBy: { id: nurse.id } });
  const late = { revision: 2, followUp: { dueAt: inMinutes(9) } };
  expect(await nurse.ask('PATCH', `/calls/${id}`, late)).toMatchObject({ status: 409 });
});

test('who was reached about an alert stands on the alert and among the calls, and keeps it with its owner', async () => {
  const patient = await addPatient(nurse, 'Eve Ebenso');
  const { id: pump } = await provisionPump(database.pool, 'PUMP-RING');
  await assign(nurse, pump, patient);
  const alert = await addAlert(database.pool, { pump, priority: 'high' });
  await nurse.post(`/alerts/${alert}/accept`);
  await database.pool.query(`update alert set accepted_until = now() + interval '1 min' where alert_id = $1`, [alert]);
  const screen = await other.live();
  screen.send({ type: 'resume', feedEpoch: null, last: 0 });
  await screen.next('snapshot', ({ last }) => last);

  const tapped = { alert, direction: 'out', caller: 'caregiver' };
  shape(callDetail, await nurse.post('/calls', { ...tapped, reached: false }));
  const short = shape(alertDetail, await nurse.get(`/alerts/${alert}`));
  expect(Date.parse(short.acceptedUntil ?? '')).toBeLessThan(Date.now() + 61_000);
  const made = shape(callDetail, await nurse.post('/calls', { ...tapped, reached: true, advice: 'clamp closed' }));
  expect(made).toMatchObject({ patient: { id: patient.id }, alert, reached: true });
  const then = shape(alertDetail, await nurse.get(`/alerts/${alert}`));
  expect(Date.parse(then.acceptedUntil ?? '')).toBeGreaterThan(Date.now() + 500_000);
  expect(then.actions.slice(1)).toMatchObject([
    { action: 'call', note: 'No answer from the caregiver', by: { id: nurse.id } },
    { action: 'call', note: 'Reached the caregiver' },
  ]);
  await screen.next('alert', ({ alert: shown }) => shown.id === alert && shown.acceptedUntil === then.acceptedUntil);
  // Somebody else's call does not hold it for the owner.
  shape(callDetail, await other.post('/calls', { ...tapped, reached: true }));
  expect(shape(alertDetail, await nurse.get(`/alerts/${alert}`)).acceptedUntil).toBe(then.acceptedUntil);
});

test('calls come as CSV with the filters of the list, without numbers', async () => {
  const patient = await addPatient(nurse, 'Fi Falls');
  const words = '=HYPERLINK("x")';
  const body = { caller: 'nurse', patient: patient.id, complaint: words, callBackNumber: '+46 70 555 09 09' };
  const { id } = shape(callDetail, await nurse.post('/calls', body));
  const response = await fetch(`${api.url}/api/v1/calls/export?patient=${patient.id}`, {
    headers: { cookie: nurse.cookie },
  });
  expect(response.headers.get('content-type')).toContain('text/csv');
  const [head, line, ...rest] = (await response.text()).trimEnd().split('\r\n');
  expect(head).toMatch(/^at,direction,caller,patient,/);
  expect(line).toContain(`,in,nurse,${patient.reference},F.F.,yes,"'=HYPERLINK(""x"")"`);
  expect(line).toContain(id);
  expect(line).not.toContain('555');
  expect(rest).toEqual([]);
});
