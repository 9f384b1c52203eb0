import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEntry } from '#schemas/http/administration.ts';
import { checkedVersion, drugLibrary, libraryDiff, libraryVersionDetail } from '#schemas/http/libraries.ts';
import { page, problem } from '#schemas/http/shapes.ts';
import { demoLibrary } from '#schemas/library/demo-library.ts';
import type { LibraryContent } from '#schemas/library/library.ts';
import { printLibraryCsv } from '#schemas/library/library-csv.ts';
import type { Api } from '../../api/api.ts';
import { type Answer, addPerson, apiForThisTest, Person, shape, testApi } from '../support/api.ts';
import { type TestBroker, testBroker } from '../support/broker.ts';
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

const problemOf = (answer: Answer) => problem.parse(answer.body);
const pathsOf = (answer: Answer) => (problem.parse(answer.body).errors ?? []).map(({ path }) => path);
const versionOf = (answer: Answer) => shape(checkedVersion, answer);
const detailOf = (answer: Answer) => shape(libraryVersionDetail, answer);

let made = 0;
/** Version 1 of a library of its own, a draft of the first pharmacist. */
async function demoDraft(change: (content: LibraryContent) => void = () => {}) {
  made += 1;
  const content = { ...demoLibrary(), name: `Library ${made}` };
  change(content);
  const draft = versionOf(await first.post('/drug-libraries/import', content));
  const path = `/drug-libraries/${draft.library.id}/versions/${draft.version}`;
  return { content, draft, path, library: `/drug-libraries/${draft.library.id}` };
}
const milrinone = (content: LibraryContent) => {
  const entry = content.careAreas.flatMap(({ drugs }) => drugs).find(({ name }) => name === 'milrinone');
  if (!entry?.limits.doseRate) throw new Error('the demo library has milrinone');
  return { entry, doseRate: entry.limits.doseRate };
};

test('a library lives from draft to retired with four eyes, and each step is audited', async () => {
  const { draft, path, library } = await demoDraft();
  expect(draft).toMatchObject({
    state: 'draft',
    notice: 'NOT FOR CLINICAL USE',
    problems: [],
    authors: [{ id: first.id }],
  });
  expect(problemOf(await second.post(`${path}/approve`))).toMatchObject({
    status: 409,
    detail: expect.stringContaining('draft'),
  });
  expect(versionOf(await first.post(`${path}/submit`, { revision: 1 })).state).toBe('in-review');
  expect(problemOf(await first.post(`${path}/approve`))).toMatchObject({
    ...{ status: 409, detail: 'an author can’t approve; it takes somebody else' },
  });
  expect(problemOf(await first.post(`${path}/publish`))).toMatchObject({
    status: 409,
    detail: expect.stringContaining('in review'),
  });
  const self = `update library_version set state = 'approved', approved_by = authors[1], approved_at = now() where library_id = $1`;
  await expect(database.pool.query(self, [draft.library.id])).rejects.toThrow('check constraint');

  expect(pathsOf(await second.post(`${path}/send-back`))).toEqual(['reason']);
  const back = versionOf(await second.post(`${path}/send-back`, { reason: 'milrinone is too high' }));
  expect(back).toMatchObject({
    state: 'draft',
    submitted: null,
    sentBack: { by: { id: second.id }, reason: 'milrinone is too high' },
  });
  await first.post(`${path}/submit`);
  expect(versionOf(await second.post(`${path}/approve`)).approved?.by.id).toBe(second.id);
  expect(versionOf(await first.post(`${path}/publish`))).toMatchObject({
    ...{ state: 'published', published: { by: { id: first.id } }, approved: { by: { id: second.id } }, urgent: null },
  });
  expect(pathsOf(await first.post(`${path}/retire`, { reason: ' ' }))).toEqual(['reason']);
  expect(versionOf(await first.post(`${path}/retire`, { reason: 'replaced' })).retired?.reason).toBe('replaced');
  expect((await first.post(`${path}/retire`, { reason: 'again' })).status).toBe(409);

  expect(shape(drugLibrary, await auditor.get(library)).versions.map(({ state }) => state)).toEqual(['retired']);
  const subject = `${draft.library.id}/1`;
  const { items } = shape(page(auditEntry), await auditor.get(`/audit?subject=${encodeURIComponent(subject)}`));
  expect(items.map(({ action }) => action).reverse()).toEqual(
    ['draft', 'submit', 'send-back', 'submit', 'approve', 'publish', 'retire'].map((step) => `library.${step}`),
  );
});

test('an edit makes its writer an author; nobody overwrites what they have not seen', async () => {
  const { content, path } = await demoDraft();
  milrinone(content).doseRate.softHigh = 0.8;
  const put = (by: Person, revision: number) => by.ask('PUT', path, { revision, content });
  expect(versionOf(await put(second, 1))).toMatchObject({
    revision: 2,
    authors: [{ id: first.id }, { id: second.id }],
  });
  expect(problemOf(await put(first, 1))).toMatchObject({ status: 409, detail: expect.stringContaining(second.name) });
  expect((await first.post(`${path}/submit`, { revision: 1 })).status).toBe(409);
  await first.post(`${path}/submit`);
  expect(problemOf(await second.post(`${path}/approve`)).detail).toContain('an author can’t approve');
  expect(problemOf(await put(first, 2))).toMatchObject({
    status: 409,
    detail: expect.stringContaining('send it back'),
  });
});

test('what is published never changes, by the api or in the database; a change is the next version', async () => {
  const { content, draft, path, library } = await demoDraft();
  await first.post(`${path}/submit`);
  await second.post(`${path}/approve`);
  await first.post(`${path}/publish`);
  expect(problemOf(await first.ask('PUT', path, { revision: 1, content }))).toMatchObject({
    ...{ status: 409, detail: 'a published version never changes; make a new draft from it' },
  });
  const change = (sets: string) =>
    database.pool.query(`update library_version set ${sets} where library_id = $1`, [draft.library.id]);
  await expect(change(`content = '{}'`)).rejects.toThrow('never changes');
  await expect(change(`authors = array[approved_by]`)).rejects.toThrow('never changes');
  await expect(change(`state = 'draft', published_by = null, published_at = null`)).rejects.toThrow('can not become');
  await expect(change('published_by = approved_by')).rejects.toThrow('stays as it is');
  await expect(change('approved_by = null, approved_at = null')).rejects.toThrow('stays as it is');
  await expect(database.pool.query('delete from library_version')).rejects.toThrow('are kept');
  await expect(database.pool.query('truncate library_version cascade')).rejects.toThrow('are kept');

  const next = versionOf(await second.post(`${library}/versions`));
  expect(next).toMatchObject({ version: 2, basedOn: 1, state: 'draft', authors: [{ id: second.id }] });
  expect(detailOf(await auditor.get(`${library}/versions/2`)).content).toEqual(content);
  milrinone(content).doseRate.softHigh = 0.8;
  milrinone(content).entry.advisories.push('Kidneys.');
  await second.ask('PUT', `${library}/versions/2`, { revision: 1, content });
  const { changes } = shape(libraryDiff, await auditor.get(`${library}/versions/2/diff?against=1`));
  expect(changes.map(({ words }) => words)).toEqual([
    'inotropes, milrinone: dose rate soft high 0.75 → 0.8 mcg/kg/min',
    'inotropes, milrinone: advisory Kidneys. added',
  ]);
  expect((await auditor.get(`${library}/versions/2/diff?against=9`)).status).toBe(404);
});

test('an urgent publication by one person is provisional until another confirms it', async () => {
  const { path } = await demoDraft();
  expect(pathsOf(await first.post(`${path}/publish-urgently`))).toEqual(['reason']);
  const urgent = versionOf(await first.post(`${path}/publish-urgently`, { reason: 'recall of a concentration' }));
  expect(urgent).toMatchObject({ state: 'published', approved: null, urgent: { reason: 'recall of a concentration' } });
  const aloneMs = Date.parse(urgent.urgent?.until ?? '') - Date.parse(urgent.published?.at ?? '');
  expect(Math.abs(aloneMs - 24 * 3_600_000)).toBeLessThan(60_000);
  expect(problemOf(await first.post(`${path}/confirm`))).toMatchObject({
    status: 409,
    detail: expect.stringContaining('confirm'),
  });
  expect(versionOf(await second.post(`${path}/confirm`)).approved?.by.id).toBe(second.id);
  expect((await second.post(`${path}/confirm`)).status).toBe(409);
});

test('a library leaves and comes back the same, as JSON and as CSV', async () => {
  const { content, path, library } = await demoDraft();
  const file = await auditor.get(`${path}/export`);
  expect(file.body).toEqual(content);
  expect(file.headers.get('content-disposition')).toMatch(/filename="Library-\d+-1\.json"/);
  const csv = await fetch(`${api.url}/api/v1${path}/export?format=csv`, { headers: { cookie: auditor.cookie } });
  const text = await csv.text();
  expect(text).toBe(printLibraryCsv(content));
  const back = versionOf(await first.post(`${library}/import`, text, { 'content-type': 'text/csv' }));
  expect(back).toMatchObject({ version: 2, basedOn: null, state: 'draft', problems: [] });
  expect(detailOf(await auditor.get(`${library}/versions/2`)).content).toEqual(content);
  const { changes } = shape(libraryDiff, await auditor.get(`${library}/versions/2/diff?against=1`));
  expect(changes).toEqual([]);
  expect((await first.post('/drug-libraries/import', content)).status).toBe(409);
  expect((await first.post('/drug-libraries/import', '<xml/>', { 'content-type': 'text/xml' })).status).toBe(415);
  const schema = await fetch(`${api.url}/api/v1/drug-libraries/schema.json`);
  expect(schema.headers.get('content-type')).toContain('application/schema+json');
  expect(await schema.json()).toMatchObject({ type: 'object', required: ['name', 'careAreas'] });
});

test('a library of 2,000 drugs comes in as a whole', async () => {
  const { draft } = await demoDraft((content) => {
    const { entry } = milrinone(content);
    const drugs = Array.from({ length: 2_000 }, (_, n) => ({ ...entry, name: `drug ${n}` }));
    content.careAreas.push({ name: 'large', outsideLibrary: 'stopped', drugs });
  });
  expect(draft).toMatchObject({ drugs: 2_013, careAreas: 8, problems: [] });
});

test('a bad library is a draft that says where, and goes nowhere; an unreadable one is refused with its places', async () => {
  const at = (content: LibraryContent) => {
    const area = content.careAreas.findIndex(({ name }) => name === 'inotropes');
    return `careAreas[${area}].drugs[1]`;
  };
  const bad: [string, string, (content: LibraryContent) => void][] = [
    [
      'limits.doseRate.softHigh',
      'crossed limits',
      (content) => Object.assign(milrinone(content).doseRate, { softLow: 0.9 }),
    ],
    ['doseUnit', 'unknown dose unit', (content) => Object.assign(milrinone(content).entry, { doseUnit: 'drops/min' })],
    ['needs', 'without needing the weight', (content) => Object.assign(milrinone(content).entry, { needs: [] })],
    ['name', 'duplicate drug', (content) => Object.assign(milrinone(content).entry, { name: 'Dobutamine' })],
    [
      'concentrations[0].amount',
      'concentration is 0',
      (content) => Object.assign(milrinone(content).entry, { concentrations: [{ amount: 0, unit: 'mcg', perMl: 1 }] }),
    ],
  ];
  for (const [place, what, change] of bad) {
    const { draft, content, path } = await demoDraft(change);
    const expected = `${at(content)}.${place}`;
    expect(
      draft.problems.map((found) => [found.path, found.what]),
      place,
    ).toContainEqual([expected, expect.stringContaining(what)]);
    for (const step of ['submit', 'publish-urgently']) {
      const refused = await first.post(`${path}/${step}`, { reason: 'now' });
      expect(refused.status).toBe(422);
      expect(pathsOf(refused)).toContain(expected);
    }
  }
  const { draft, content, path } = await demoDraft();
  const unreadable = await first.ask('PUT', path, {
    revision: 1,
    content: { ...content, careAreas: [{ name: '', drugs: [{ name: 'x', modes: ['by ear'] }] }] },
  });
  expect(unreadable.status).toBe(422);
  expect(pathsOf(unreadable)).toEqual(expect.arrayContaining(['careAreas[0].name', 'careAreas[0].drugs[0].modes[0]']));
  expect(detailOf(await first.get(path))).toMatchObject({ revision: draft.revision, content });
  const csv = printLibraryCsv(content).replace('dose rate,,mg/min,2', 'dose rate,,mg/min,two');
  const line = await first.post('/drug-libraries/import', csv, { 'content-type': 'text/csv' });
  expect(line.status).toBe(422);
  expect(pathsOf(line)[0]).toMatch(/^line \d+$/);
});

test('the demo publishes its library with four eyes, once', async () => {
  for (const _start of ['first', 'again']) {
    const demo = await apiForThisTest(broker, database.url, { DEMO: '1', DEMO_PASSWORD: 'demo demo demo' });
    const pharmacist = await Person.signIn(demo, 'pharmacist@demo.dripwatch', 'demo demo demo');
    const { items } = shape(page(drugLibrary), await pharmacist.get('/drug-libraries'));
    const published = items.filter(({ name }) => name === 'Demo library').flatMap(({ versions }) => versions);
    expect(published).toMatchObject([
      {
        ...{ version: 1, state: 'published', notice: 'NOT FOR CLINICAL USE', published: { by: { id: pharmacist.id } } },
        approved: { by: { name: 'T. Nakamura' } },
      },
    ]);
    await demo.close();
  }
});
