import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEntry } from '#schemas/http/administration.ts';
import { alertGuidance, guidance } from '#schemas/http/guidance.ts';
import { page, problem } from '#schemas/http/shapes.ts';
import type { Api } from '../../api/api.ts';
import { addPerson, Person, shape, testApi } from '../support/api.ts';
import { addAlert } from '../support/board.ts';
import { type TestBroker, testBroker } from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let database: TestDatabase;
let broker: TestBroker;
let api: Api;
let first: Person;
let second: Person;
let nurse: Person;
let auditor: Person;

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  api = await testApi(broker, database.url);
  const signIn = async (role: Parameters<typeof addPerson>[1]) =>
    Person.signIn(api, await addPerson(database.pool, role));
  [first, second] = [await signIn('pharmacist'), await signIn('pharmacist')];
  [nurse, auditor] = [await signIn('clinician'), await signIn('auditor')];
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

const write = async (by: Person, body: object) => shape(guidance, await by.post('/guidance', body));
const shown = async (alert: string) => shape(alertGuidance, await nurse.get(`/alerts/${alert}/guidance`));
const type = 'MDC_EVT_FLUID_LINE_OCCL';

test('an alert is guided by the default, marked as that, until another pharmacist publishes a text', async () => {
  const alert = await addAlert(database.pool, { type: 'MDC_EVT_FLUID_LINE_OCCL_DISTAL' });
  expect(await shown(alert)).toMatchObject({ type, title: 'Downstream occlusion', isDefault: true, published: null });

  const draft = await write(first, { type, steps: ['Call the patient.', 'Open the clamp.'] });
  expect(draft).toMatchObject({ version: 1, state: 'draft', drug: null });
  expect((await shown(alert)).isDefault).toBe(true);
  const own = await first.post(`/guidance/${draft.id}/publish`);
  expect(own).toMatchObject({ status: 409, body: { detail: expect.stringContaining('another pharmacist') } });
  expect(shape(guidance, await second.post(`/guidance/${draft.id}/publish`)).publishedBy?.id).toBe(second.id);
  expect(await shown(alert)).toMatchObject({
    ...{ isDefault: false, steps: ['Call the patient.', 'Open the clamp.'] },
    published: { id: draft.id, version: 1, by: { id: second.id }, writtenBy: { id: first.id } },
  });

  const next = await write(second, { type, steps: ['Call.'] });
  expect(next.version).toBe(2);
  expect((await shown(alert)).published?.version).toBe(1);
  shape(guidance, await first.post(`/guidance/${next.id}/publish`));
  expect((await shown(alert)).steps).toEqual(['Call.']);
  const list = shape(page(guidance), await nurse.get(`/guidance?type=${type}`)).items;
  expect(list.map(({ version, state }) => [version, state])).toEqual([
    [2, 'published'],
    [1, 'replaced'],
  ]);
  const log = shape(page(auditEntry), await auditor.get(`/audit?subject=${draft.id}`)).items;
  expect(log.map(({ action }) => action)).toEqual(['guidance.publish', 'guidance.draft']);
});

test('a text is never changed, not even in the database; a draft may be replaced or discarded', async () => {
  const one = await write(first, { type: 'silent-pump', drug: '  Milrinone ', steps: ['one'] });
  const two = await write(first, { type: 'silent-pump', drug: 'milrinone', steps: ['two'] });
  expect(two).toMatchObject({ version: 2, drug: 'milrinone' });
  expect(await second.post(`/guidance/${one.id}/publish`)).toMatchObject({ status: 409 });
  const change = (set: string) => database.pool.query(`update guidance set ${set} where guidance_id = $1`, [two.id]);
  await expect(change(`steps = '["other"]'`)).rejects.toThrow('never changes');
  shape(guidance, await second.post(`/guidance/${two.id}/publish`));
  await expect(change(`state = 'draft', published_by = null, published_at = null`)).rejects.toThrow('never changes');
  await expect(database.pool.query('delete from guidance')).rejects.toThrow('kept');
  expect(await first.post(`/guidance/${two.id}/discard`)).toMatchObject({ status: 409 });
  const three = await write(second, { type: 'silent-pump', drug: 'milrinone', steps: ['three'] });
  expect(shape(guidance, await first.post(`/guidance/${three.id}/discard`)).state).toBe('discarded');
});

test('many who write and publish at once leave one published version', async () => {
  const key = { type: 'counters', steps: ['x'] };
  const made = await Promise.all([first, second, first, second].map((by) => write(by, key)));
  expect(made.map(({ version }) => version).sort()).toEqual([1, 2, 3, 4]);
  const answers = await Promise.all(
    made.flatMap(({ id }) => [first, second].map((by) => by.post(`/guidance/${id}/publish`))),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  const { rows } = await database.pool.query(`select from guidance where type = 'counters' and state = 'published'`);
  expect(rows).toHaveLength(1);
});

test.each([
  ['an unknown type', { type: 'no-such-alert', steps: ['x'] }, 'type'],
  ['no step', { type, steps: [] }, 'steps'],
  ['a step that nobody reads at night', { type, steps: ['x'.repeat(201)] }, 'steps.0'],
])('guidance with %s is refused at the field', async (_what, body, path) => {
  const answer = await first.post('/guidance', body);
  expect(answer.status).toBe(400);
  expect(problem.parse(answer.body).errors?.map((error) => error.path)).toEqual([path]);
});
