import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEntry } from '#schemas/http/administration.ts';
import { alertDetail } from '#schemas/http/alert.ts';
import { ruleExceptionItem } from '#schemas/http/rule-exceptions.ts';
import { checkedRuleSet, ruleSetDetail, ruleSetDiff, ruleSetInForce, ruleSetVersion } from '#schemas/http/rule-sets.ts';
import { page, problem } from '#schemas/http/shapes.ts';
import type { RuleSet } from '#schemas/rules/rule-set.ts';
import type { Api } from '../../api/api.ts';
import { type Answer, addPerson, Person, shape, testApi } from '../support/api.ts';
import { addAlert, addPumps } from '../support/board.ts';
import { type TestBroker, testBroker } from '../support/broker.ts';
import { addPatient, addTherapy, type MadePatient } from '../support/care.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { putOnCall } from '../support/on-call.ts';
import { waitFor } from '../support/wait-for.ts';

let database: TestDatabase;
let broker: TestBroker;
let api: Api;
let first: Person;
let second: Person;
let auditor: Person;
let patient: MadePatient;

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  api = await testApi(broker, database.url);
  const signIn = async (role: Parameters<typeof addPerson>[1]) =>
    Person.signIn(api, await addPerson(database.pool, role));
  [first, second, auditor] = [await signIn('pharmacist'), await signIn('pharmacist'), await signIn('auditor')];
  patient = await addPatient(first, 'Rosa Lind');
  await addTherapy(first, patient, 'milrinone', { careArea: 'inotropes' });
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

const problemOf = (answer: Answer) => problem.parse(answer.body);
const pathsOf = (answer: Answer) => (problem.parse(answer.body).errors ?? []).map(({ path }) => path);
const inForce = async () => shape(ruleSetInForce, await auditor.get('/rule-sets/in-force'));

/** A draft of the first pharmacist with this content. */
async function draft(change: Partial<RuleSet>) {
  const made = shape(checkedRuleSet, await first.post('/rule-sets', { reason: 'our patients live far away' }));
  const path = `/rule-sets/${made.version}`;
  const { content } = shape(ruleSetDetail, await first.get(path));
  const edited = { revision: made.revision, content: { ...content, ...change } };
  const saved = shape(checkedRuleSet, await first.ask('PUT', path, edited));
  return { path, version: made.version, problems: saved.problems, content: edited.content };
}
async function publish(path: string) {
  for (const [by, step] of [
    [first, 'submit'],
    [second, 'approve'],
    [first, 'publish'],
  ] as const) {
    expect(shape(checkedRuleSet, await by.post(`${path}/${step}`)).problems, step).toEqual([]);
  }
}

test('without a published rule set the defaults hold, level by level', async () => {
  expect(await inForce()).toMatchObject({
    ...{ version: null, content: null, careAreas: [], knownAreas: ['inotropes'] },
    settings: { 'silent-pump': { pageAfterMin: 30 } },
  });
});

test('a rule set is published by four eyes, holds, and gives way to the next; each step is audited', async () => {
  const one = await draft({ changes: { 'silent-pump': { pageAfterMin: 20 } } });
  expect(problemOf(await second.post(`${one.path}/approve`)).detail).toContain('draft');
  await first.post(`${one.path}/submit`);
  expect(problemOf(await first.post(`${one.path}/approve`)).detail).toContain('an author can’t approve');
  const self = `update rule_set_version set state = 'approved', approved_by = authors[1], approved_at = now() where version = $1`;
  await expect(database.pool.query(self, [one.version])).rejects.toThrow('check constraint');
  expect(problemOf(await first.post(`${one.path}/publish`)).detail).toContain('in review');
  expect((await second.post(`${one.path}/approve`)).status).toBe(200);
  expect((await first.post(`${one.path}/publish`)).status).toBe(200);
  expect(await inForce()).toMatchObject({
    version: one.version,
    settings: { 'silent-pump': { pageAfterMin: 20, criticalPageAfterMin: 10 } },
  });

  const two = await draft({
    careAreas: [{ careArea: 'Inotropes', changes: { 'missed-dose': { priority: 'medium' } } }],
  });
  expect(two.content.changes).toEqual(one.content.changes);
  const { from, changes } = shape(ruleSetDiff, await auditor.get(`${two.path}/diff`));
  expect([from, changes.map(({ words }) => words)]).toEqual([
    one.version,
    ['Inotropes, missed, late and short doses: priority as everywhere → medium'],
  ]);
  const all = shape(ruleSetDiff, await auditor.get(`${two.path}/diff?against=0`)).changes.map(({ words }) => words);
  expect(all[0]).toBe('silent pump: paged after default 30 min → 20 min');
  await publish(two.path);
  expect((await inForce()).careAreas).toMatchObject([
    { careArea: 'Inotropes', settings: { 'missed-dose': { priority: 'medium' }, 'silent-pump': { pageAfterMin: 20 } } },
  ]);
  const { items } = shape(page(ruleSetVersion), await auditor.get('/rule-sets'));
  expect(items.map(({ version, inForce: holds }) => [version, holds])).toEqual([
    [two.version, true],
    [one.version, false],
  ]);

  expect(pathsOf(await first.post(`${two.path}/retire`))).toEqual(['reason']);
  await first.post(`${two.path}/retire`, { reason: 'too loud' });
  expect((await inForce()).version).toBe(one.version);
  const audit = shape(page(auditEntry), await auditor.get(`/audit?subject=${two.version}`)).items;
  expect(audit.map(({ action }) => action).reverse()).toEqual([
    ...[
      'rule-set.draft',
      'rule-set.edit',
      'rule-set.submit',
      'rule-set.approve',
      'rule-set.publish',
      'rule-set.retire',
    ],
  ]);
  await first.post(`${one.path}/retire`, { reason: 'the end of this test' });
});

test('what is published never changes, by the api or in the database', async () => {
  const { path, version, content } = await draft({ changes: { 'battery-fade': { wornPct: 50 } } });
  await publish(path);
  expect(problemOf(await first.ask('PUT', path, { revision: 2, content })).detail).toContain('never changes');
  const change = (sets: string) =>
    database.pool.query(`update rule_set_version set ${sets} where version = $1`, [version]);
  await expect(change(`content = '{}'`)).rejects.toThrow('never changes');
  await expect(change(`state = 'draft', published_by = null, published_at = null`)).rejects.toThrow('can not become');
  await expect(change('published_at = now()')).rejects.toThrow('stays as it is');
  await expect(database.pool.query('delete from rule_set_version')).rejects.toThrow('are kept');
  await expect(database.pool.query('truncate rule_set_version cascade')).rejects.toThrow('are kept');
  await first.post(`${path}/retire`, { reason: 'the end of this test' });
});

test('a rule set that contradicts itself stays a draft that says where; one that can’t be read is refused', async () => {
  const { path, problems, content } = await draft({
    changes: { 'programme-against-order': { mediumFromPct: 40 } },
    careAreas: [{ careArea: 'inotrope', changes: { 'silent-pump': { pageAfterMin: 5 } } }],
  });
  expect(problems.map((found) => found.path)).toEqual([
    'changes.programme-against-order',
    'careAreas[0].programme-against-order',
    'careAreas[0].silent-pump',
    'careAreas[0]',
  ]);
  expect(problems[3]).toMatchObject({ what: expect.stringContaining('inotrope'), expected: 'one of inotropes' });
  const refused = await first.post(`${path}/submit`);
  expect([refused.status, pathsOf(refused)]).toEqual([422, problems.map((found) => found.path)]);
  expect((await first.post(`${path}/publish-urgently`, { reason: 'now' })).status).toBe(422);

  const bad = { ...content, changes: { 'silent-pump': { pageAfterMin: -1 }, 'loud-pump': {} } };
  const unreadable = await first.ask('PUT', path, { revision: 2, content: bad });
  expect(unreadable.status).toBe(400);
  expect(pathsOf(unreadable)).toEqual(
    expect.arrayContaining(['content.changes.silent-pump.pageAfterMin', 'content.changes']),
  );
  expect(problemOf(await second.ask('PUT', path, { revision: 1, content })).detail).toContain(first.name);
  expect((await first.get('/rule-sets/999')).status).toBe(404);
  expect((await first.post('/rule-sets', {})).status).toBe(400);
});

const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString();

test('an exception has author, reason and end, changes nothing else, and can be ended early', async () => {
  const body = {
    ...{ patient: patient.id, reason: 'lives on a boat', expiresAt: tomorrow() },
    changes: { 'silent-pump': { pageAfterMin: 90 } },
  };
  const made = shape(ruleExceptionItem, await first.post('/rule-exceptions', body));
  expect(made).toMatchObject({
    ...{ state: 'in-force', createdBy: { id: first.id }, patient: { initials: patient.initials } },
    words: ['silent pump: paged after default 30 min → 90 min'],
  });
  const list = async (query: string) =>
    shape(page(ruleExceptionItem), await auditor.get(`/rule-exceptions?patient=${patient.id}${query}`)).items;
  expect(await list('&state=in-force')).toEqual([made]);
  await expect(database.pool.query(`update rule_exception set changes = '{}'`)).rejects.toThrow('never changes');
  const ended = shape(ruleExceptionItem, await second.post(`/rule-exceptions/${made.id}/end`));
  expect(ended).toMatchObject({ state: 'ended', endedBy: { id: second.id } });
  expect(problemOf(await first.post(`/rule-exceptions/${made.id}/end`)).status).toBe(409);
  expect(await list('&state=in-force')).toEqual([]);
  const audit = shape(page(auditEntry), await auditor.get(`/audit?subject=${made.id}`)).items;
  expect(audit.map(({ action }) => action)).toEqual(['rule-exception.end', 'rule-exception.create']);
});

test.each<[string, Record<string, unknown>, number, string]>([
  ['expired already', { expiresAt: '2026-01-01T00:00:00Z' }, 422, 'expiresAt'],
  ['without an end', { expiresAt: undefined }, 400, 'expiresAt'],
  ['longer than a year', { expiresAt: '2036-01-01T00:00:00Z' }, 422, 'expiresAt'],
  ['without a reason', { reason: ' ' }, 400, 'reason'],
  ['of crossed thresholds', { changes: { 'missed-dose': { lateAfterMin: 999 } } }, 422, 'changes.missed-dose'],
  ['that changes nothing', { changes: { 'missed-dose': {} } }, 422, 'changes'],
])('an exception %s is refused, and says where', async (_, change, status, path) => {
  const body = { patient: patient.id, reason: 'r', expiresAt: tomorrow(), changes: { counters: { toleranceMl: 1 } } };
  const answer = await first.post('/rule-exceptions', { ...body, ...change });
  expect([answer.status, pathsOf(answer)]).toEqual([status, [path]]);
});

test('paging follows the rule set in force: a shorter hold of announced work ends one that stands already', async () => {
  const db = database.pool;
  const clinician = await Person.signIn(api, await addPerson(db, 'clinician'));
  await putOnCall(db, 'clinical', clinician.id);
  await addPumps(db, 'HELD', 1);
  await db.query(
    `insert into announcement (pump_id, kind, created_by, at) values ('HELD-0001', 'set-change', $1, now() - interval '5 minutes')`,
    [clinician.id],
  );
  const id = await addAlert(db, { priority: 'high', pump: 'HELD-0001' });
  const read = async () => shape(alertDetail, await clinician.get(`/alerts/${id}`));
  const held = await waitFor(async () => (await read()).held, { what: 'it to be held' });
  const minutesLeft = () => (Date.parse(held.until) - Date.now()) / 60_000;
  expect(minutesLeft()).toBeGreaterThan(9);

  const longer = await draft({ changes: { 'announced-work': { holdMin: 30 } } });
  await publish(longer.path);
  await waitFor(async () => Date.parse((await read()).held?.until ?? '') > Date.parse(held.until), {
    what: 'the hold to become longer',
  });
  expect((await read()).responsibility).toBe('unassigned');

  const shorter = await draft({ changes: { 'announced-work': { holdMin: 4 } } });
  await publish(shorter.path);
  const offered = await waitFor(async () => ((await read()).offer === null ? null : read()), {
    what: 'it to be offered',
  });
  expect(offered).toMatchObject({ held: null, offer: { step: 1, to: [{ id: clinician.id }] } });
  for (const { path } of [longer, shorter]) await first.post(`${path}/retire`, { reason: 'the end of this test' });
});
