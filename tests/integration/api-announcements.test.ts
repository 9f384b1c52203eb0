import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEntry } from '#schemas/http/administration.ts';
import { announcement, offlineWindow } from '#schemas/http/announcements.ts';
import { page, problem, pump } from '#schemas/http/shapes.ts';
import type { Api } from '../../api/api.ts';
import { type Answer, addPerson, Person, shape, testApi } from '../support/api.ts';
import { provisionPump, type TestBroker, testBroker } from '../support/broker.ts';
import { addPatient, assign } from '../support/care.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let database: TestDatabase;
let broker: TestBroker;
let api: Api;
let nurse: Person;
let pharmacist: Person;
let auditor: Person;
let display: Person;

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  api = await testApi(broker, database.url);
  const signIn = async (role: Parameters<typeof addPerson>[1]) =>
    Person.signIn(api, await addPerson(database.pool, role));
  [nurse, pharmacist] = [await signIn('clinician'), await signIn('pharmacist')];
  [auditor, display] = [await signIn('auditor'), await signIn('display')];
  for (const id of ['WORK', 'AWAY', 'GONE']) await provisionPump(database.pool, id);
  await (await signIn('technician')).post('/pumps/GONE/retire');
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

const problemOf = (answer: Answer) => problem.parse(answer.body);
const minutes = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 60_000;
const pumpOf = async (id: string) => shape(pump, await display.get(`/pumps/${id}`));

test('announced work shows on the pump and on every screen until it ends, by itself or by a person', async () => {
  const screen = await display.live();
  screen.send({ type: 'resume', feedEpoch: null, last: 0 });
  await screen.next('snapshot', ({ last }) => last);
  const body = { pump: 'WORK', kind: 'bag-change', note: 'second bag' };
  const made = shape(announcement, await nurse.post('/announcements', body));
  expect(made).toMatchObject({ ...body, state: 'open', createdBy: { id: nurse.id }, endedAt: null });
  expect([minutes(made.at, made.until), minutes(made.at, made.criticalUntil)]).toEqual([15, 3]);
  const { until, criticalUntil, at, kind, id } = made;
  expect((await pumpOf('WORK')).work).toEqual([{ id, kind, at, until, criticalUntil }]);
  await screen.next('pumps', ({ items }) => items.some((item) => item.id === 'WORK' && item.work.length === 1));

  const open = async () =>
    shape(page(announcement), await auditor.get('/announcements?pump=WORK&state=open')).items.map((item) => item.id);
  expect(await open()).toEqual([id]);
  const ended = shape(announcement, await pharmacist.post(`/announcements/${id}/end`));
  expect(ended).toMatchObject({ state: 'ended', endedBy: { id: pharmacist.id } });
  expect((await pumpOf('WORK')).work).toEqual([]);
  await screen.next('pumps', ({ items }) => items.some((item) => item.id === 'WORK' && item.work.length === 0));
  expect(problemOf(await nurse.post(`/announcements/${id}/end`))).toMatchObject({ status: 409 });
  const audit = shape(page(auditEntry), await auditor.get(`/audit?subject=${id}`)).items;
  expect(audit.map(({ action }) => action)).toEqual(['announcement.end', 'announcement.create']);

  await nurse.post('/announcements', { pump: 'WORK', kind: 'shower' });
  await database.pool.query(`update announcement set at = at - interval '15 minutes' where kind = 'shower'`);
  expect(await open()).toEqual([]);
  expect((await pumpOf('WORK')).work).toEqual([]);
  const over = shape(page(announcement), await auditor.get('/announcements?pump=WORK')).items;
  expect(over.map(({ kind: what, state }) => `${what} ${state}`)).toContain('shower over');
});

test('the patient’s exception says how long work holds', async () => {
  const patient = await addPatient(nurse, 'Kim Ahl');
  await assign(nurse, 'WORK', patient);
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const changes = { 'announced-work': { holdMin: 40 } };
  await pharmacist.post('/rule-exceptions', { patient: patient.id, reason: 'long line', expiresAt, changes });
  const made = shape(announcement, await nurse.post('/announcements', { pump: 'WORK', kind: 'set-change' }));
  expect(minutes(made.at, made.until)).toBe(40);
  const [work] = (await pumpOf('WORK')).work;
  expect(work && minutes(work.at, work.until)).toBe(40);
});

test.each<[string, unknown, number, string]>([
  ['a retired pump', { pump: 'GONE', kind: 'shower' }, 409, 'GONE is retired'],
  ['an unknown pump', { pump: 'NOBODY', kind: 'shower' }, 404, 'pump NOBODY is not known'],
  ['an unknown kind', { pump: 'WORK', kind: 'holiday' }, 400, 'kind'],
])('work announced for %s is refused', async (_, body, status, detail) => {
  const answer = await nurse.post('/announcements', body);
  expect([answer.status, problemOf(answer).detail]).toEqual([status, expect.stringContaining(detail)]);
});

test('an expected absence holds as long as the settings allow, shows, and can be ended', async () => {
  const until = new Date(Date.now() + 20 * 3_600_000).toISOString();
  const made = shape(offlineWindow, await nurse.post('/offline-windows', { pump: 'AWAY', until, reason: 'travels' }));
  expect(made).toMatchObject({ state: 'open', until, reason: 'travels' });
  expect(minutes(made.from, made.heldUntil)).toBeCloseTo(12 * 60, 0);
  expect((await pumpOf('AWAY')).away).toEqual({ id: made.id, until: made.heldUntil });
  const ended = shape(offlineWindow, await nurse.post(`/offline-windows/${made.id}/end`));
  expect(ended.state).toBe('ended');
  expect((await pumpOf('AWAY')).away).toBeNull();
  expect((await nurse.post(`/offline-windows/${made.id}/end`)).status).toBe(409);
});

test.each<[string, Record<string, unknown>, number, string]>([
  ['in the past', { until: '2026-01-01T00:00:00Z' }, 422, 'not in the past'],
  ['that ends before it begins', { from: '2099-01-02T00:00:00Z', until: '2099-01-01T00:00:00Z' }, 422, 'after its beg'],
  ['without an end', { until: undefined }, 400, 'until'],
  ['of a retired pump', { pump: 'GONE' }, 409, 'retired'],
  ['of an unknown pump', { pump: 'NOBODY' }, 404, 'not known'],
])('an absence %s is refused', async (_, change, status, detail) => {
  const body = { pump: 'AWAY', until: new Date(Date.now() + 3_600_000).toISOString(), reason: 'r', ...change };
  const answer = await nurse.post('/offline-windows', body);
  expect([answer.status, problemOf(answer).detail]).toEqual([status, expect.stringContaining(detail)]);
});
