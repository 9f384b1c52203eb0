import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problem } from '#schemas/http/shapes.ts';
import type { Api } from '../../api/api.ts';
import { encodeCursor } from '../../api/page-cursor.ts';
import { addPerson, Person, testApi } from '../support/api.ts';
import { type TestBroker, testBroker } from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let database: TestDatabase;
let broker: TestBroker;
let api: Api;
let technician: Person;
let clinician: Person;

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  api = await testApi(broker, database.url);
  technician = await Person.signIn(api, await addPerson(database.pool, 'technician'));
  clinician = await Person.signIn(api, await addPerson(database.pool, 'clinician'));
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

const id = randomUUID();

test.each<[string, string, string, unknown, number, string]>([
  ['not JSON', 'POST', '/pumps', '{"model":', 400, 'JSON'],
  ['JSON of another shape', 'POST', '/pumps', [1, 2], 400, 'expected object'],
  ['a missing field', 'POST', '/pumps', { model: 'x' }, 400, 'serial: is missing; expected string'],
  ['a service account as pump id', 'POST', '/pumps', { id: 'svc-api', model: 'x', serial: 'y' }, 400, 'svc-'],
  ['a topic wildcard as pump id', 'POST', '/pumps', { id: 'a/+/b', model: 'x', serial: 'y' }, 400, 'letters'],
  [
    'a NUL in text',
    'POST',
    '/pumps',
    { model: 'a\0b', serial: 'y' },
    400,
    'model: text that the database can not hold',
  ],
  ['half a character', 'POST', '/pumps', { model: 'x', serial: '\ud800' }, 400, 'serial: text that'],
  ['a NUL in a filter', 'GET', '/pumps?q=%00', undefined, 400, 'q: text that'],
  ['a poisoned prototype', 'POST', '/pumps', '{"__proto__":{"x":1},"model":"x","serial":"y"}', 400, 'JSON'],
  ['a body over 256 kB', 'POST', '/pumps', { model: 'x'.repeat(300_000), serial: 'y' }, 413, 'large'],
  ['an unknown address', 'GET', '/api/v1/nothing', undefined, 404, '/api/v1/nothing'],
  ['an address of a later version', 'GET', '/api/v2/pumps', undefined, 404, '/api/v2/pumps'],
  ['a known address with another method', 'PUT', '/pumps', {}, 405, 'GET, HEAD, POST'],
  ['a list that nobody can delete', 'DELETE', '/alerts', undefined, 405, 'GET, HEAD'],
  ['an unknown pump', 'GET', '/pumps/NO-SUCH', undefined, 404, 'NO-SUCH'],
  ['a pump id with odd characters', 'GET', '/pumps/%00%2e%2e%2f%ff', undefined, 400, ''],
  ['a pump id that climbs', 'GET', '/pumps/..%2F..%2Fetc', undefined, 404, ''],
  ['a very long pump id', 'GET', `/pumps/${'x'.repeat(190)}`, undefined, 400, 'id'],
  ['an id that is none', 'GET', '/alerts/1', undefined, 400, 'id'],
  ['an id that means harm', 'GET', `/infusions/${encodeURIComponent("1' or '1'='1")}`, undefined, 400, 'id'],
  ['an unknown alert', 'GET', `/alerts/${id}`, undefined, 404, id],
  ['an unknown infusion', 'GET', `/infusions/${id}`, undefined, 404, id],
  ['telemetry of an unknown infusion', 'GET', `/infusions/${id}/telemetry`, undefined, 404, id],
  ['a limit of 0', 'GET', '/pumps?limit=0', undefined, 400, 'limit'],
  ['a limit over 200', 'GET', '/pumps?limit=201', undefined, 400, 'limit'],
  ['a limit that is no number', 'GET', '/alerts?limit=many', undefined, 400, 'limit'],
  ['a cursor that is garbage', 'GET', '/alerts?cursor=garbage', undefined, 400, 'cursor'],
  ['a cursor of another list', 'GET', `/alerts?cursor=${encodeCursor('id', '', 'P')}`, undefined, 400, 'cursor'],
  [
    'a cursor with a made-up time',
    'GET',
    `/alerts?cursor=${encodeCursor('alerts', 'now', id)}`,
    undefined,
    400,
    'cursor',
  ],
  [
    'a cursor with a made-up id',
    'GET',
    `/alerts?cursor=${encodeCursor('alerts', '2026-01-01T00:00:00.000000Z', 'x')}`,
    undefined,
    400,
    'cursor',
  ],
  ['a filter that does not exist', 'GET', '/alerts?patient=1', undefined, 400, 'patient'],
  ['a priority that does not exist', 'GET', '/alerts?priority=urgent', undefined, 400, 'priority'],
  ['a time that is none', 'GET', '/alerts?from=yesterday', undefined, 400, 'from'],
  [
    'a span that ends before it begins',
    'GET',
    '/pumps/X/telemetry?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
    undefined,
    400,
    'from',
  ],
  [
    'a span of years',
    'GET',
    '/pumps/X/telemetry?from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z',
    undefined,
    400,
    '400 days',
  ],
  ...['/infusions', '/rejected-records'].map((list): [string, string, string, undefined, number, string] => [
    `a span of ${list} the wrong way round`,
    'GET',
    `${list}?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z`,
    undefined,
    400,
    'from: must be before to',
  ]),
  [
    'a span of alerts that ends as it begins',
    'GET',
    '/alerts?from=2026-01-01T01:00:00%2B01:00&to=2026-01-01T00:00:00Z',
    undefined,
    400,
    'from: must be before to',
  ],
  ['too many points', 'GET', '/pumps/X/telemetry?points=5001', undefined, 400, 'points'],
  ['no points', 'GET', '/pumps/X/telemetry?points=0', undefined, 400, 'points'],
  ['a command that touches therapy', 'POST', '/pumps/X/commands', { cmd: 'stop' }, 400, 'cmd'],
  [
    'a command with more than it knows',
    'POST',
    '/pumps/X/commands',
    { cmd: 'time', args: { at: '2026-01-01T00:00:00Z', rate: 1 } },
    400,
    'rate',
  ],
  ['a status that does not exist', 'PATCH', '/pumps/X', { status: 'gone fishing' }, 400, 'status'],
  ['a change of nothing', 'PATCH', '/pumps/X', {}, 400, 'nothing to change'],
  ['a change of something that nobody changes', 'PATCH', '/pumps/X', { shard: 1 }, 400, 'shard'],
])('%s is refused with a reason', async (_what, method, path, body, status, words) => {
  const answer = await technician.ask(method, path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const read = problem.parse(answer.body);
  expect(read.status).toBe(status);
  expect(read.detail).toContain(words);
});

test.each([
  ['an empty note', 'note', { text: '  ' }],
  ['no note', 'note', undefined],
  ['a note of 3,000 characters', 'note', { text: 'x'.repeat(3_000) }],
  ['feedback without an answer', 'feedback', { outcome: 'fine' }],
  ['an acceptance in the name of another', 'accept', { by: id }],
])('%s is refused', async (_what, action, body) => {
  const answer = await clinician.post(`/alerts/${id}/${action}`, body);
  expect(answer).toMatchObject({ status: 400, body: { title: 'Bad request' } });
});

test('a media type that nobody reads is 415, a 405 names the methods, a validation error names the field', async () => {
  const xml = await technician.ask('POST', '/pumps', '<pump/>', { 'content-type': 'text/xml' });
  const words = 'content-type: "text/xml" is not read here; expected application/json, or what /api/docs names';
  expect(xml).toMatchObject({ status: 415, body: { status: 415, detail: words } });
  const half = await technician.ask('POST', '/pumps', '{"model":', { 'content-type': 'application/json' });
  expect(half).toMatchObject({ status: 400, body: { detail: 'body: not valid JSON' } });
  const put = await technician.ask('PUT', '/pumps/X', {});
  expect(put.headers.get('allow')).toBe('GET, HEAD, PATCH');
  const bad = await technician.post('/pumps', { id: 'ok', model: '', serial: 1 });
  expect(problem.parse(bad.body).errors?.map(({ path }) => path)).toEqual(['model', 'serial']);
});

test('a request that is not HTTP, or has a broken address, ends that connection only', async () => {
  const say = (text: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(api.port, '127.0.0.1');
      let heard = '';
      socket.on('data', (data) => {
        heard += data;
      });
      socket.on('close', () => resolve(heard));
      socket.on('error', () => resolve(heard));
      socket.end(text);
    });
  expect(await say('\x16\x03\x01 this is TLS\r\n\r\n')).toContain('400');
  const host = `Host: 127.0.0.1:${api.port}\r\nConnection: close\r\n\r\n`;
  const broken = await say(`GET /api/v1/pumps/%zz HTTP/1.1\r\n${host}`);
  expect(broken).toContain('400');
  expect(broken).toContain('application/problem+json');
  expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
});

test('the dashboard is not cached, its hashed files are; an unknown page of it is its first page', async () => {
  const { mkdirSync, writeFileSync } = await import('node:fs');
  const { join } = await import('node:path');
  const folder = join(broker.dataDir, 'dashboard');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Dripwatch</title>');
  writeFileSync(join(folder, 'assets', 'app-1a2b3c.js'), 'export {};');
  const page = await fetch(`${api.url}/pumps/PUMP-0001`, { headers: { accept: 'text/html,*/*' } });
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('Dripwatch');
  expect(page.headers.get('cache-control')).toBe('no-cache');
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
  const asset = await fetch(`${api.url}/assets/app-1a2b3c.js`);
  expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  for (const path of ['/assets/gone.js', '/secrets.json/../secrets.json%00', '/api/v1/gone']) {
    expect((await fetch(`${api.url}${path}`, { headers: { accept: 'text/html' } })).status).toBeGreaterThanOrEqual(400);
  }
});

const notDays = ['2026-02-30T00:00:00Z', '2026-02-29T12:00:00%2B01:00', '2026-04-31T00:00:00Z', '2026-11-22T24:30:00Z'];
const notTimes = [...notDays, '2026-11-22T02:10:04%2B25:00', '2026-11-22T24:00:00Z'];

test.each<[string, string, (time: string) => [method: string, path: string, body?: unknown]]>([
  ['a filter', 'from', (time) => ['GET', `/alerts?from=${time}`]],
  ['the end of a span', 'to', (time) => ['GET', `/infusions?to=${time}`]],
  ['a span of measurements', 'from', (time) => ['GET', `/pumps/PUMP-0001/telemetry?from=${time}`]],
  ['a shift', 'from', (time) => ['GET', `/on-call/schedules/clinical/shifts?from=${time}`]],
  [
    'a time in a body',
    'until',
    (time) => ['POST', '/offline-windows', { pump: 'PUMP-0001', until: decodeURIComponent(time), reason: 'x' }],
  ],
  [
    'the time that a pump is told',
    'args.at',
    (time) => ['POST', '/pumps/PUMP-0001/commands', { cmd: 'time', args: { at: decodeURIComponent(time) } }],
  ],
])('%s that no calendar or clock has is refused by field and with what was expected', async (_what, path, ask) => {
  for (const time of notTimes) {
    const [method, address, body] = ask(time);
    const by = path === 'args.at' ? technician : clinician;
    const { status, body: answer } = await by.ask(method, address, body);
    expect({ time, status }).toEqual({ time, status: 400 });
    expect(problem.parse(answer).errors).toMatchObject([{ path, message: expect.stringContaining('such as 2026-') }]);
  }
});

test.each(['2026-02-30', '2026-02-29', '2026-13-01', '1953-4-17'])(
  'the day %s in a body is refused by field and with what was expected',
  async (birthDate) => {
    const { status, body } = await clinician.post('/patients', { name: 'Eva Erste', reference: 'P-DAY-1', birthDate });
    expect(status).toBe(400);
    expect(problem.parse(body).errors).toMatchObject([{ path: 'birthDate', message: 'a date such as 1953-04-17' }]);
  },
);
