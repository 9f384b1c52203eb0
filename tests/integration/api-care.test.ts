import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { auditEntry } from '#schemas/http/administration.ts';
import { alert } from '#schemas/http/alert.ts';
import { assignment, corrected } from '#schemas/http/assignments.ts';
import { contactSheet, patient } from '#schemas/http/patients.ts';
import { infusion, page, problem, pump } from '#schemas/http/shapes.ts';
import { therapyDetail } from '#schemas/http/therapies.ts';
import type { Api } from '../../api/api.ts';
import { type Answer, addPerson, Person, shape, testApi } from '../support/api.ts';
import { addAlert } from '../support/board.ts';
import { provisionPump, type TestBroker, testBroker } from '../support/broker.ts';
import { addPatient, addTherapy, assign, readAtBedside } from '../support/care.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let database: TestDatabase;
let broker: TestBroker;
let api: Api;
let nurse: Person;
let auditor: Person;
let display: Person;

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  api = await testApi(broker, database.url);
  const signIn = async (role: Parameters<typeof addPerson>[1]) =>
    Person.signIn(api, await addPerson(database.pool, role));
  [nurse, auditor, display] = [await signIn('clinician'), await signIn('auditor'), await signIn('display')];
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

const errorsOf = (answer: Answer) => problem.parse(answer.body).errors ?? [];
const audited = async (action: string, subject: string) =>
  shape(page(auditEntry), await auditor.get(`/audit?action=${action}&subject=${subject}`)).items;

/** An infusion as ingest stores it, which began so many minutes ago and runs. */
async function addInfusion(pumpId: string, minutesAgo: number, drug = 'vancomycin'): Promise<string> {
  const journal = `insert into journal (pump_id, epoch, epoch_no, clock) values ($1, '00000000000000aa', 1, '{}')`;
  await database.pool.query(`${journal} on conflict do nothing`, [pumpId]);
  const { rows } = await database.pool.query<{ id: string }>(
    `insert into infusion (infusion_id, pump_id, epoch_no, pump_infusion, first_seq, started_at, state_seq, drug, last_at)
     values (gen_random_uuid(), $1, 1, $2::int, 1, now() - make_interval(mins => $2::int), 1, $3, now())
     returning infusion_id as id`,
    [pumpId, minutesAgo, drug],
  );
  return rows[0]?.id ?? '';
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

test('a patient is initials in every list; the contact sheet opens the rest, and each opening is audited', async () => {
  const details = {
    phones: [
      { whose: 'caregiver', name: 'Kim', number: '+46 70 555 01 01' },
      { whose: 'patient', number: '08-555 01 02' },
    ],
    ...{ address: 'Made-up Road 1', timeZone: 'Europe/Stockholm', allergies: 'none known', plan: 'call Kim, then 112' },
  };
  const made = await addPatient(nurse, 'Jan Maria Exempel', details);
  expect(made.initials).toBe('J.E.');
  await addTherapy(nurse, made, 'milrinone', { emergencyPlan: 'backup pump within 15 min' });
  const found = await nurse.get('/patients?q=exempel');
  expect(shape(page(patient), found).items.map(({ id }) => id)).toEqual([made.id]);
  expect(JSON.stringify(found.body)).not.toMatch(/Exempel|Road|555/);
  expect(shape(page(patient), await nurse.get('/patients?q=0705550101')).items).toEqual([]);
  expect(shape(page(patient), await nurse.get('/patients?q=70%20555%2001')).items).toHaveLength(1);

  const alertId = await addAlert(database.pool, {});
  const sheet = shape(contactSheet, await nurse.get(`/patients/${made.id}/contact-sheet?alert=${alertId}`));
  expect(sheet).toMatchObject({
    name: 'Jan Maria Exempel',
    ...details,
    phones: [details.phones[0], { whose: 'patient' }],
  });
  expect(sheet.therapies).toMatchObject([{ drug: 'milrinone', emergencyPlan: 'backup pump within 15 min' }]);
  const [entry] = await audited('patient.contact-sheet', made.id);
  expect(entry).toMatchObject({ actor: { id: nurse.id }, detail: { alert: alertId } });
  expect(await audited('patient.search', 'patients')).toHaveLength(3);
  const log = JSON.stringify((await auditor.get('/audit?limit=200')).body);
  expect(log).not.toMatch(/Exempel|Made-up/);
});

test('what is changed of a patient is audited by field, never by value; a reference is taken once', async () => {
  const made = await addPatient(nurse, 'Maja Modell');
  const changed = await nurse.ask('PATCH', `/patients/${made.id}`, { weightKg: 71.5, address: 'New Street 3' });
  expect(shape(patient, changed)).toMatchObject({ weightKg: 71.5, bsaM2: 1.8 });
  const [entry] = await audited('patient.change', made.id);
  expect(entry?.detail).toEqual({ fields: ['weightKg', 'address'] });
  const again = await nurse.post('/patients', { reference: made.reference, name: 'Other Person' });
  expect(again).toMatchObject({ status: 409, body: { detail: expect.stringContaining(made.reference) } });
});

test.each<[string, object, string]>([
  ['a weight of 0', { weightKg: 0 }, 'weightKg'],
  ['a birth date that is none', { birthDate: '1953-02-30' }, 'birthDate'],
  ['a phone number that is none', { phones: [{ whose: 'nurse', number: 'at home' }] }, 'phones.0.number'],
  ['an unknown time zone', { timeZone: 'Europe/Nowhere' }, 'timeZone'],
  ['a name as reference', { reference: 'Jan Exempel' }, 'reference'],
])('a patient with %s is refused at the field', async (_what, fields, path) => {
  const answer = await nurse.post('/patients', { reference: 'P-BAD', name: 'A B', ...fields });
  expect(answer.status).toBe(400);
  expect(errorsOf(answer).map((error) => error.path)).toEqual([path]);
});

test('a therapy is put on hold until a time, goes on by itself after it, and stays ended once ended', async () => {
  const course = await addTherapy(nurse, await addPatient(nurse, 'Test Fall'), 'vancomycin');
  const change = (body: object) => nurse.ask('PATCH', `/therapies/${course.id}`, body);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  expect(shape(therapyDetail, await change({ status: 'on-hold', holdUntil: until }))).toMatchObject({
    ...{ status: 'on-hold', holdUntil: until },
  });
  await database.pool.query(`update therapy set hold_until = now() - interval '1 s' where therapy_id = $1`, [
    course.id,
  ]);
  expect(shape(therapyDetail, await nurse.get(`/therapies/${course.id}`))).toMatchObject({ status: 'active' });
  const past = await change({ status: 'on-hold', holdUntil: minutesAgo(1) });
  expect(past.status).toBe(422);
  expect(errorsOf(past)).toMatchObject([{ path: 'holdUntil', message: 'a time to come' }]);
  expect((await change({ holdUntil: until, status: 'active' })).status).toBe(422);
  expect(shape(therapyDetail, await change({ status: 'ended', reason: 'course complete' })).holdUntil).toBeNull();
  expect(await change({ status: 'active' })).toMatchObject({ status: 409 });
  expect((await audited('therapy.change', course.id)).map(({ detail }) => detail.status)).toEqual(['ended', 'on-hold']);
  expect(await audited('therapy.read', course.id)).toHaveLength(1);
});

test('a pump is given after its label and two identifiers agree; it then pages, whatever it was marked as', async () => {
  const [one, two] = [await addPatient(nurse, 'Eva Erste'), await addPatient(nurse, 'Zoe Zweite')];
  const { id } = await provisionPump(database.pool, 'PUMP-GIVE');
  await database.pool.query(`update pump set status = 'ready' where pump_id = $1`, [id]);
  const alertId = await addAlert(database.pool, { pump: id });

  const wrong = await nurse.post('/assignments', { pump: id, patient: one.id, verified: readAtBedside('PUMP-X', two) });
  expect(wrong.status).toBe(422);
  expect(errorsOf(wrong).map(({ path }) => path)).toEqual(['verified.pumpLabel', 'verified.identifiers.0.value']);
  const once = { ...readAtBedside(id, one), identifiers: [{ kind: 'name', value: one.name }] };
  expect(errorsOf(await nurse.post('/assignments', { pump: id, patient: one.id, verified: once }))[0]?.path).toBe(
    'verified.identifiers',
  );

  const [screen, wall] = [await nurse.live(), await display.live()];
  for (const live of [screen, wall]) live.send({ type: 'resume', feedEpoch: null, last: 0 });
  for (const live of [screen, wall]) await live.next('snapshot', ({ last }) => last);
  const given = await assign(nurse, id, one, { from: minutesAgo(5) });
  expect(given).toMatchObject({
    pump: id,
    patient: { initials: 'E.E.' },
    verified: { identifiers: ['name', 'birth-date'] },
  });
  expect(JSON.stringify(given)).not.toContain('Erste');
  expect(shape(pump, await nurse.get(`/pumps/${id}`)).status).toBe('at-patient');

  const told = await screen.next('alert', ({ alert: shown }) => shown.id === alertId && shown.patient !== null);
  expect(told.alert.patient).toMatchObject({ id: one.id, initials: 'E.E.' });
  const onWall = await wall.next('alert', ({ seq }) => seq === told.seq);
  expect(onWall.alert.patient).toBeNull();
  expect(shape(alert, await nurse.get(`/alerts/${alertId}`)).patient?.id).toBe(one.id);
  expect(shape(alert, await display.get(`/alerts/${alertId}`)).patient).toBeNull();
  expect(shape(page(alert), await nurse.get(`/alerts?patient=${one.id}`)).items.map((item) => item.id)).toEqual([
    alertId,
  ]);

  const taken = await nurse.post('/assignments', { pump: id, patient: two.id, verified: readAtBedside(id, two) });
  expect(taken.status).toBe(409);
  expect(problem.parse(taken.body).detail).toMatch(/PUMP-GIVE was with E\.E\. .* and still is; end or correct/);
});

test('a pump that moves on: each infusion belongs to whom the pump was with when it began', async () => {
  const [first, second] = [await addPatient(nurse, 'Ada Alt'), await addPatient(nurse, 'Nils Neu')];
  const { id } = await provisionPump(database.pool, 'PUMP-MOVE');
  const [old, fresh, before] = [await addInfusion(id, 90), await addInfusion(id, 20), await addInfusion(id, 600)];
  await database.pool.query(`update infusion set ended_at = now() - interval '30 min' where infusion_id = $1`, [old]);
  await database.pool.query(`update infusion set ended_at = now() - interval '9 h' where infusion_id = $1`, [before]);
  const kept = await assign(nurse, id, first, { from: minutesAgo(120) });
  const ended = await nurse.post(`/assignments/${kept.id}/end`, { at: minutesAgo(25) });
  expect(shape(assignment, ended).endedBy?.id).toBe(nurse.id);
  expect((await nurse.post(`/assignments/${kept.id}/end`)).status).toBe(409);
  await assign(nurse, id, second, { from: minutesAgo(25) });
  const whose = async (infusionId: string) => shape(infusion, await nurse.get(`/infusions/${infusionId}`)).patient?.id;
  expect([await whose(old), await whose(fresh), await whose(before)]).toEqual([first.id, second.id, undefined]);
  const listed = await nurse.get(`/infusions?patient=${second.id}`);
  expect(shape(page(infusion), listed).items.map((item) => item.id)).toEqual([fresh]);
  const shown = shape(page(infusion), await display.get(`/infusions?pump=${id}`)).items;
  expect(shown.map((item) => item.patient)).toEqual([null, null, null]);
});

test('swapped pumps are put right: infusions change hands, what was written stays visible', async () => {
  const [a, b] = [await addPatient(nurse, 'Anna Adam'), await addPatient(nurse, 'Bo Berg')];
  const [p1, p2] = [await provisionPump(database.pool, 'PUMP-SW1'), await provisionPump(database.pool, 'PUMP-SW2')];
  const [i1, i2] = [await addInfusion(p1.id, 10), await addInfusion(p2.id, 10)];
  const one = await assign(nurse, p1.id, a, { from: minutesAgo(15) });
  const two = await assign(nurse, p2.id, b, { from: minutesAgo(15) });
  const put = async (id: string, pumpId: string, to: typeof a) => {
    const body = { patient: to.id, reason: 'swapped at delivery', verified: readAtBedside(pumpId, to) };
    return nurse.post(`/assignments/${id}/correct`, body);
  };
  const right = shape(corrected, await put(one.id, p1.id, b));
  expect(right.reattributed).toEqual([i1]);
  expect(right.assignment).toMatchObject({ corrects: one.id, from: one.from, patient: { id: b.id } });
  expect(shape(corrected, await put(two.id, p2.id, a)).reattributed).toEqual([i2]);
  const whose = async (id: string) => shape(infusion, await nurse.get(`/infusions/${id}`)).patient?.initials;
  expect([await whose(i1), await whose(i2)]).toEqual(['B.B.', 'A.A.']);

  const rows = shape(page(assignment), await nurse.get(`/assignments?pump=${p1.id}`)).items;
  expect(rows.map((row) => [row.patient.initials, row.correctReason])).toEqual([
    ['B.B.', null],
    ['A.A.', 'swapped at delivery'],
  ]);
  expect((await put(one.id, p1.id, a)).status).toBe(409);
  const [entry] = await audited('assignment.correct', right.assignment.id);
  expect(entry?.detail).toMatchObject({ was: a.id, patient: b.id, infusions: [i1] });
});

test.each<[string, object, string]>([
  ['a time to come', { from: new Date(Date.now() + 3_600_000).toISOString() }, 'from'],
  ['a therapy of somebody else', { therapy: 'other' }, 'therapy'],
])('an assignment with %s is refused at the field', async (_what, fields, path) => {
  const [one, other] = [await addPatient(nurse, 'Vera Vorn'), await addPatient(nurse, 'Otto Ohne')];
  const { id } = await provisionPump(database.pool, `PUMP-${path}`);
  const course = await addTherapy(nurse, other, 'morphine');
  const body = { pump: id, patient: one.id, verified: readAtBedside(id, one), ...fields };
  const answer = await nurse.post('/assignments', 'therapy' in fields ? { ...body, therapy: course.id } : body);
  expect(answer.status).toBe(422);
  expect(errorsOf(answer)).toMatchObject([{ path }]);
});

test('of two who give one pump at once, one is told that it is taken', async () => {
  const [one, two] = [await addPatient(nurse, 'Ida Eins'), await addPatient(nurse, 'Ulf Zwei')];
  const { id } = await provisionPump(database.pool, 'PUMP-RACE');
  const answers = await Promise.all(
    [one, two].map((to) => nurse.post('/assignments', { pump: id, patient: to.id, verified: readAtBedside(id, to) })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  const open = shape(z.object({ items: z.array(assignment) }), await nurse.get(`/assignments?pump=${id}&state=open`));
  expect(open.items).toHaveLength(1);
});

test('a pump that is with a patient is marked as nothing else until somebody has ended that', async () => {
  const technician = await Person.signIn(api, await addPerson(database.pool, 'technician'));
  const who = await addPatient(nurse, 'Lea Lange');
  const { id } = await provisionPump(database.pool, 'PUMP-STAYS');
  const statusOf = async () => shape(pump, await nurse.get(`/pumps/${id}`)).status;
  const mark = (status: string | null) => technician.ask('PATCH', `/pumps/${id}`, { status });
  const given = await assign(nurse, id, who);

  for (const answer of [await mark('dirty'), await mark('retired'), await technician.post(`/pumps/${id}/retire`)]) {
    expect(answer.status).toBe(409);
    expect(problem.parse(answer.body).detail).toContain(`with a patient since ${given.from}`);
  }
  expect(await statusOf()).toBe('at-patient');
  expect((await mark('backup-at-patient')).status).toBe(200);
  expect((await technician.ask('PATCH', `/pumps/${id}`, { serial: 'S2' })).status).toBe(200);

  expect((await nurse.post(`/assignments/${given.id}/end`)).status).toBe(200);
  expect((await mark('dirty')).status).toBe(200);

  // The end was a mistake: put right, the pump pages again.
  const body = { patient: who.id, to: null, reason: 'another pump came back', verified: readAtBedside(id, who) };
  shape(corrected, await nurse.post(`/assignments/${given.id}/correct`, body));
  expect(await statusOf()).toBe('at-patient');
});

test('a wall display is told nothing of a patient: no reference, no words of people, no body weight', async () => {
  const someone = await addPatient(nurse, 'Wanda Wand');
  const { id } = await provisionPump(database.pool, 'PUMP-WALL');
  const course = await addTherapy(nurse, someone, 'vancomycin');
  const infusionId = await addInfusion(id, 10);
  await assign(nurse, id, someone, { from: minutesAgo(15), therapy: course.id });
  await database.pool.query(
    `insert into programme (pump_id, epoch_no, seq, at, received_at, late, infusion, therapy, drug, mode, weight_kg, bsa_m2)
     values ($1, 1, 1, now() - interval '9 min', now(), false, 10, $2, 'vancomycin', 'continuous', 71.25, 1.875)`,
    [id, course.reference],
  );
  const detail = {
    ...{ critical: true, emptyAt: minutesAgo(-60), differences: [{ words: '28.8 mL/h is 24 times the order' }] },
    ...{
      doubts: [`the therapy ${course.reference} is on hold`],
      why: `of ${course.reference}`,
      therapy: course.reference,
    },
  };
  const [screen, wall] = [await nurse.live(), await display.live()];
  for (const live of [screen, wall]) live.send({ type: 'resume', feedEpoch: null, last: 0 });
  for (const live of [screen, wall]) await live.next('snapshot', ({ last }) => last);
  const alertId = await addAlert(database.pool, { pump: id, infusion: infusionId, detail });
  await nurse.post(`/alerts/${alertId}/accept`);
  await nurse.post(`/alerts/${alertId}/note`, { text: 'Wanda’s sister is with her' });
  await nurse.post(`/alerts/${alertId}/close`, { outcome: 'Wanda is well' });
  const closed = (live: typeof wall) =>
    live.next('alert', ({ alert: shown }) => shown.id === alertId && shown.closed !== null);
  await closed(screen);
  const later = await display.live();
  later.send({ type: 'resume', feedEpoch: null, last: 0 });
  await later.next('snapshot', ({ last }) => last);
  const ways = (person: Person) =>
    Promise.all(
      ['/alerts', `/alerts/${alertId}`, '/infusions', `/infusions/${infusionId}`, '/pumps', `/pumps/${id}`].map(
        (path) => person.get(path),
      ),
    );
  const told = JSON.stringify([(await closed(wall)) && wall.frames, later.frames, await ways(display)]);
  for (const secret of [
    course.reference,
    course.id,
    someone.id,
    someone.reference,
    'W.W.',
    'Wanda',
    '71.25',
    '1.875',
  ]) {
    expect({ secret, told: told.includes(secret) }).toEqual({ secret, told: false });
  }
  // What a wall is for is all there, and everybody else is told the rest.
  expect(told).toContain('28.8 mL/h is 24 times the order');
  const nursesOwn = JSON.stringify(await ways(nurse));
  for (const known of [course.reference, 'W.W.', 'Wanda is well', 'sister', '71.25', '1.875'])
    expect(nursesOwn).toContain(known);
  for (const list of ['alerts', 'infusions']) {
    const asked = await display.get(`/${list}?patient=${someone.id}`);
    expect(asked.status).toBe(403);
    expect(problem.parse(asked.body).detail).toContain('patient');
  }
});
