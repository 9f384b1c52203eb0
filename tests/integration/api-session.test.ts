import { pino } from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { user } from '#schemas/http/administration.ts';
import { page } from '#schemas/http/shapes.ts';
import type { Api } from '../../api/api.ts';
import { createDatabase } from '../../api/database.ts';
import { sessionLimits } from '../../api/sessions/limits.ts';
import { createSessions } from '../../api/sessions/sessions.ts';
import { addPerson, apiForThisTest, Person, shape, testApi, testPassword } from '../support/api.ts';
import { type TestBroker, testBroker } from '../support/broker.ts';
import { cuttableLink } from '../support/cuttable-link.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { waitFor } from '../support/wait-for.ts';

let database: TestDatabase;
let broker: TestBroker;
let api: Api;

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  api = await testApi(broker, database.url);
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

const signIn = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${api.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

test('signing in gives the user, a CSRF token and a cookie that scripts cannot read', async () => {
  const email = await addPerson(database.pool, 'clinician');
  const response = await signIn({ email: email.toUpperCase(), password: testPassword });
  expect(response.status).toBe(201);
  const body = await response.json();
  expect(body).toMatchObject({ user: { email, role: 'clinician' } });
  expect(body.csrfToken).toMatch(/^[\w-]{43}$/);
  expect(response.headers.getSetCookie()[0]).toMatch(/^dw_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
});

test('only the hash of a session is stored', async () => {
  const person = await Person.signIn(api, await addPerson(database.pool, 'auditor'));
  const secret = person.cookie.split('=')[1] ?? '';
  const { rows } = await database.pool.query(
    "select count(*)::int as found from session where session_hash = sha256(convert_to($1, 'UTF8'))",
    [secret],
  );
  expect(rows[0].found).toBe(1);
});

test('a wrong password and an unknown user get the same answer', async () => {
  const email = await addPerson(database.pool, 'clinician');
  const wrong = await signIn({ email, password: 'wrong' });
  const unknown = await signIn({ email: 'nobody@test', password: 'wrong' });
  expect([wrong.status, unknown.status]).toEqual([401, 401]);
  expect(await wrong.json()).toEqual(await unknown.json());
  expect(wrong.headers.get('content-type')).toContain('application/problem+json');
});

test('after ten wrong passwords the account has to wait, with the right password too', async () => {
  const email = await addPerson(database.pool, 'clinician');
  for (let n = 0; n < 10; n += 1) expect((await signIn({ email, password: `wrong ${n}` })).status).toBe(401);
  const refused = await signIn({ email, password: testPassword });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
});

test.each([
  ['no token', {}, 403],
  ['a wrong token', { 'x-csrf-token': 'A'.repeat(43) }, 403],
  ['another origin', { origin: 'https://evil.example', right: 'yes' }, 403],
  ['an opaque origin', { origin: 'null', right: 'yes' }, 403],
  ['another port of this host', { origin: 'http://127.0.0.1:1', right: 'yes' }, 403],
  ['its own origin', { origin: 'OWN', right: 'yes' }, 404],
  ['this machine by its other name', { origin: 'LOCALHOST', right: 'yes' }, 404],
  ['no origin, not being a browser', { right: 'yes' }, 404],
])('a change with %s', async (_what, given: Record<string, string>, status) => {
  const person = await Person.signIn(api, await addPerson(database.pool, 'technician'));
  const headers: Record<string, string> = { cookie: person.cookie };
  if (given['x-csrf-token']) headers['x-csrf-token'] = given['x-csrf-token'];
  if (given.right) headers['x-csrf-token'] = person.csrfToken;
  if (given.origin) {
    headers.origin = given.origin.replace('OWN', api.url).replace('LOCALHOST', `http://localhost:${api.port}`);
  }
  const response = await fetch(`${api.url}/api/v1/pumps/NO-SUCH/retire`, { method: 'POST', headers });
  expect(response.status).toBe(status);
});

test('signing in from a foreign page is refused before the password is looked at', async () => {
  const email = await addPerson(database.pool, 'clinician');
  const response = await signIn({ email, password: testPassword }, { origin: 'https://evil.example' });
  expect(response.status).toBe(403);
});

test('signing out ends the session everywhere', async () => {
  const person = await Person.signIn(api, await addPerson(database.pool, 'clinician'));
  expect((await person.get('/session')).body).toMatchObject({ user: { id: person.id } });
  expect((await person.ask('DELETE', '/session')).status).toBe(204);
  expect((await person.get('/session')).status).toBe(401);
});

test.each([
  ['unused for 8 hours', "last_seen_at = now() - interval '8 hours 1 minute'"],
  ['older than a day', "created_at = now() - interval '24 hours 1 minute'"],
  ['ended elsewhere', 'ended_at = now()'],
])('a session that is %s is no session', async (_what, change) => {
  const person = await Person.signIn(api, await addPerson(database.pool, 'clinician'));
  await database.pool.query(`update session set ${change} where user_id = $1`, [person.id]);
  await waitFor(async () => (await person.get('/session')).status === 401, { what: 'the session to be refused' });
});

test('disabling somebody, or a new role or password, ends their sessions; the last administrator stays', async () => {
  const admin = await Person.signIn(api, await addPerson(database.pool, 'admin'));
  const email = await addPerson(database.pool, 'clinician');
  const clinician = await Person.signIn(api, email);
  const changed = await admin.ask('PATCH', `/users/${clinician.id}`, { disabled: true });
  expect(changed.body).toMatchObject({ email, disabledAt: expect.any(String) });
  expect((await clinician.get('/session')).status).toBe(401);
  expect((await signIn({ email, password: testPassword })).status).toBe(401);

  const last = await admin.ask('PATCH', `/users/${admin.id}`, { role: 'clinician' });
  expect(last).toMatchObject({ status: 409, body: { title: 'Conflict' } });
});

test('an administrator adds somebody, who then signs in; the same e-mail twice is a conflict', async () => {
  const admin = await Person.signIn(api, await addPerson(database.pool, 'admin'));
  const request = { email: 'New.Person@Test', name: 'New Person', role: 'pharmacist', password: 'a long enough one' };
  const made = await admin.post('/users', request);
  expect(made).toMatchObject({ status: 201, body: { email: 'new.person@test', role: 'pharmacist' } });
  expect(await admin.post('/users', request)).toMatchObject({ status: 409 });
  expect((await Person.signIn(api, 'new.person@test', request.password)).id).toBe(shape(user, made).id);
  const list = await admin.get('/users?limit=2');
  expect(shape(page(user), list).items).toHaveLength(2);
  expect(JSON.stringify(list.body)).not.toContain('argon2');
});

test('plain http is answered on loopback only', async () => {
  const { request } = await import('node:http');
  const status = await new Promise<number | undefined>((resolve) => {
    const headers = { host: 'dripwatch.example' };
    request(`${api.url}/api/v1/session`, { headers }, (response) => resolve(response.statusCode)).end();
  });
  expect(status).toBe(403);
});

test('demo users exist in the demo only, and can not sign in outside it', async () => {
  const demo = await apiForThisTest(broker, database.url, { DEMO: '1', DEMO_PASSWORD: 'demo demo demo' });
  const roles = ['clinician', 'clinician2', 'pharmacist', 'pharmacist2', 'technician', 'admin', 'auditor'];
  for (const name of roles) await Person.signIn(demo, `${name}@demo.dripwatch`, 'demo demo demo');
  const outside = await signIn({ email: 'admin@demo.dripwatch', password: 'demo demo demo' });
  expect(outside.status).toBe(401);
});

test('through an outage of the database a session stays good for as long as it may rest unused', async () => {
  const link = await cuttableLink(database.url);
  const options = { url: link.url, connections: 1, statementTimeoutMs: 2_000, connectTimeoutMs: 2_000, name: 'test' };
  const db = createDatabase(options, pino({ level: 'silent' }));
  onTestFinished(db.close);
  let now = Date.now();
  const sessions = createSessions(db, { demo: false, now: () => now });
  const email = await addPerson(database.pool, 'clinician');
  const { rows } = await database.pool.query('select user_id from app_user where email = $1', [email]);
  const { cookie, sessionHash } = await sessions.create(db.query, rows[0].user_id);
  expect((await sessions.find(cookie))?.user.email).toBe(email);
  link.cut();
  now += sessionLimits.idleS * 1_000 - 1;
  expect(await sessions.alive([sessionHash])).toBeNull();
  expect(sessions.goodEnough(sessionHash, now)).toBe(true);
  expect((await sessions.find(cookie))?.user.email).toBe(email);
  now += 1;
  expect(sessions.goodEnough(sessionHash, now)).toBe(false);
  await expect(sessions.find(cookie)).rejects.toThrow();
});
