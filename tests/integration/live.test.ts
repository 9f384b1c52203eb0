import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { alertDetail } from '#schemas/http/alert.ts';
import type { Api } from '../../api/api.ts';
import { addPerson, LiveClient, Person, shape, testApi } from '../support/api.ts';
import { addAlert, addPumps, appendToFeed } from '../support/board.ts';
import { connectService, provisionPump, type TestBroker, testBroker } from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { escalationSettled } from '../support/on-call.ts';
import { waitFor } from '../support/wait-for.ts';

let database: TestDatabase;
let broker: TestBroker;
let api: Api;

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  await addPumps(database.pool, 'BED', 1_200);
  api = await testApi(broker, database.url);
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

const clinician = async () => Person.signIn(api, await addPerson(database.pool, 'clinician'));

/** A screen that has everything. */
async function follow(person: Person): Promise<LiveClient> {
  const screen = await person.live();
  screen.send({ type: 'resume', feedEpoch: null, last: 0 });
  await screen.next('snapshot', ({ last }) => last);
  return screen;
}

test('a screen without a past gets alerts first, then all pumps in parts of 500', async () => {
  const shown = await addAlert(database.pool, { pump: 'BED-0001', priority: 'high' });
  const old = await addAlert(database.pool, { condition: 'ended', endedAgoS: 7_200, seen: true });
  const unseen = await addAlert(database.pool, { condition: 'ended', endedAgoS: 7_200, priority: 'high' });
  const screen = await (await clinician()).live();
  const hello = await screen.next('hello');
  await waitFor(async () => {
    const again = await follow(await clinician());
    return again.of('snapshot')[0]?.alerts.some(({ id }) => id === unseen);
  });
  screen.send({ type: 'resume', feedEpoch: 'another', last: hello.head });
  await screen.next('snapshot', ({ last }) => last);
  const parts = screen.of('snapshot');
  expect(parts.map(({ pumps }) => pumps.length)).toEqual([0, 500, 500, 200]);
  expect(parts.map(({ part }) => part)).toEqual([1, 2, 3, 4]);
  const ids = parts[0]?.alerts.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining([shown, unseen]));
  expect(ids).not.toContain(old);
});

test('a change reaches every screen once, in order, with the time it was sent', async () => {
  await escalationSettled(database.pool);
  const [a, b] = await Promise.all([follow(await clinician()), follow(await clinician())]);
  const from = a.of('snapshot')[0]?.head ?? 0;
  const ids: string[] = [];
  for (let n = 0; n < 20; n += 1) ids.push(await addAlert(database.pool, { pump: 'BED-0002', priority: 'low' }));
  for (const screen of [a, b]) {
    await waitFor(() => screen.of('alert').length >= 20, { what: '20 changes' });
    const frames = screen.of('alert').slice(-20);
    expect(frames.map(({ alert }) => alert.id)).toEqual(ids);
    expect(screen.of('alert').map(({ seq }) => seq)).toEqual(screen.of('alert').map((_, index) => from + 1 + index));
    expect(frames[0]?.alert.hops.sentAt).toMatch(/Z$/);
  }
  await waitFor(async () => {
    const { rows } = await database.pool.query('select 1 from alert where alert_id = any ($1) and sent_at is null', [
      ids,
    ]);
    return rows.length === 0;
  });
});

test('a screen that comes back gets what it missed and nothing else', async () => {
  await escalationSettled(database.pool);
  const person = await clinician();
  const first = await follow(person);
  const { feedEpoch } = await first.next('hello');
  const last = first.of('snapshot')[0]?.head ?? 0;
  first.socket.terminate();
  const low = { priority: 'low' } as const;
  const missed = [await addAlert(database.pool, low), await addAlert(database.pool, low)];
  const other = await follow(await clinician());
  await waitFor(() => (other.of('snapshot')[0]?.head ?? 0) + other.of('alert').length >= last + 2);

  const second = await person.live();
  second.send({ type: 'resume', feedEpoch, last });
  await waitFor(() => second.of('alert').length === 2);
  expect(second.of('alert').map(({ alert }) => alert.id)).toEqual(missed);
  expect(second.of('alert').map(({ seq }) => seq)).toEqual([last + 1, last + 2]);
  expect(second.of('snapshot')).toHaveLength(0);
  await waitFor(() => second.of('pumps').flatMap(({ items }) => items).length >= 1_200);
});

test('a screen that claims a future, or another feed, gets a snapshot', async () => {
  const person = await clinician();
  for (const resume of [{ last: 1_000_000 }, { last: 0, feedEpoch: '00000000-0000-0000-0000-000000000000' }]) {
    const screen = await person.live();
    const { feedEpoch } = await screen.next('hello');
    screen.send({ type: 'resume', feedEpoch, ...resume });
    await screen.next('snapshot', ({ last }) => last);
  }
});

test('when the feed is another one, every screen is told and gets a snapshot', async () => {
  const screen = await follow(await clinician());
  const before = screen.of('hello').length;
  await database.pool.query('update feed set feed_epoch = gen_random_uuid()');
  await waitFor(
    () => screen.of('hello').length > before && screen.of('snapshot').filter(({ part }) => part === 1).length > 1,
  );
});

test('what a screen painted and what a person saw is stored once, and shown to the others', async () => {
  const person = await clinician();
  const screen = await follow(person);
  const id = await addAlert(database.pool, { priority: 'high' });
  const { seq } = await screen.next('alert', ({ alert }) => alert.id === id);
  screen.send({ type: 'rendered', seq });
  const hops = () =>
    database.pool
      .query('select rendered_at, seen_at from alert where alert_id = $1', [id])
      .then(({ rows }) => rows[0] as { rendered_at: Date | null; seen_at: Date | null });
  const rendered = await waitFor(async () => (await hops()).rendered_at);
  screen.send({ type: 'rendered', seq });
  screen.send({ type: 'seen', seq });
  await screen.next('alert', ({ alert }) => alert.id === id && alert.hops.seenAt !== null);
  expect((await hops()).rendered_at).toEqual(rendered);
  const detail = shape(alertDetail, await person.get(`/alerts/${id}`));
  expect(detail.actions.filter(({ by }) => by !== null)).toMatchObject([{ action: 'seen', by: { id: person.id } }]);
});

test('the receipt for a snapshot counts for all that it showed', async () => {
  const id = await addAlert(database.pool, { priority: 'high' });
  const screen = await waitFor(async () => {
    const candidate = await follow(await clinician());
    return candidate.of('snapshot')[0]?.alerts.some((alert) => alert.id === id) ? candidate : null;
  });
  screen.send({ type: 'rendered', seq: screen.of('snapshot')[0]?.head });
  await waitFor(async () => {
    const { rows } = await database.pool.query('select rendered_at from alert where alert_id = $1', [id]);
    return rows[0].rendered_at;
  });
});

test('a wall display is shown everything, but neither renders nor sees', async () => {
  const display = await follow(await Person.signIn(api, await addPerson(database.pool, 'display')));
  const person = await follow(await clinician());
  const [onWall, onPhone] = [await addAlert(database.pool, {}), await addAlert(database.pool, {})];
  const { seq } = await display.next('alert', ({ alert }) => alert.id === onWall);
  display.send({ type: 'rendered', seq });
  display.send({ type: 'seen', seq });
  await display.next('error');
  // A person's receipt takes the same way afterwards: the display's would be stored by then.
  person.send({ type: 'rendered', seq: (await person.next('alert', ({ alert }) => alert.id === onPhone)).seq });
  const row = (id: string) =>
    database.pool
      .query('select rendered_at, seen_at from alert where alert_id = $1', [id])
      .then(({ rows }) => rows[0] as { rendered_at: Date | null; seen_at: Date | null });
  await waitFor(async () => (await row(onPhone)).rendered_at);
  expect(await row(onWall)).toEqual({ rendered_at: null, seen_at: null });
});

test('garbage is answered, twenty times a minute at most, and hurts nobody else', async () => {
  const person = await clinician();
  const bystander = await follow(person);
  const screen = await person.live();
  const garbage = [
    '',
    'not json',
    '[]',
    '{"type":"resume"}',
    '{"type":"accept","id":1}',
    'null',
    '{"type":"seen","seq":-1}',
  ];
  for (const frame of garbage) screen.send(frame);
  screen.socket.send(Buffer.from([1, 2, 3]));
  await waitFor(() => screen.of('error').length === garbage.length + 1);
  for (let n = 0; n < 12; n += 1) screen.send('{');
  expect(await screen.ended()).toMatchObject({ code: 1008 });
  const id = await addAlert(database.pool, {});
  await bystander.next('alert', ({ alert }) => alert.id === id);
});

test('a frame over 16 kB closes that socket alone', async () => {
  const screen = await (await clinician()).live();
  screen.send({ type: 'watch', pumps: ['x'.repeat(20_000)] });
  expect(await screen.ended()).toMatchObject({ code: 1009 });
});

test.each([
  ['without a session', {}, '401'],
  ['with a session that is none', { cookie: `dw_session=${'A'.repeat(43)}` }, '401'],
  ['from a foreign page', { origin: 'https://evil.example' }, '403'],
])('no upgrade %s', async (_what, headers: Record<string, string>, status) => {
  const cookie = (await clinician()).cookie;
  const asked = headers.origin ? { cookie, ...headers } : headers;
  await expect(LiveClient.open(api.url, asked)).rejects.toThrow(`upgrade refused: ${status}`);
});

test('killing a session closes its sockets within 5 s, wherever it was killed', async () => {
  const here = await clinician();
  const screen = await follow(here);
  const there = await clinician();
  const other = await follow(there);
  expect((await here.ask('DELETE', '/session')).status).toBe(204);
  expect((await screen.ended()).code).toBe(4401);

  const began = performance.now();
  await database.pool.query('update session set ended_at = now() where user_id = $1', [there.id]);
  expect((await other.ended()).code).toBe(4401);
  expect(performance.now() - began).toBeLessThan(5_000);
});

test('pump states come at most four times a second; older never overwrites newer', async () => {
  const ingest = await connectService(broker, 'svc-ingest');
  const pump = await provisionPump(database.pool, 'BED-0007');
  const screen = await follow(await clinician());
  const state = (seq: number, rateMlPerH: number) => ({
    ...{ id: pump.id, epochNo: 1, seq, infusion: null, state: 'delivering', rateMlPerH, infusedMl: seq },
    ...{ vtbiRemainingMl: null, reservoirMl: null, pressureKpa: null, batteryPct: 80, mains: false },
    ...{ lastSampleAt: Date.now(), lastContactAt: Date.now(), silentSince: null, completeThrough: null, missing: 0 },
  });
  const send = (items: unknown[]) =>
    ingest.publishAsync('dw/1/live/07/pumps', JSON.stringify({ at: Date.now(), pumps: items }));
  const began = performance.now();
  for (let seq = 1; seq <= 100; seq += 1) await send([state(seq, 5)]);
  await screen.next('pumps', ({ items }) => items.some(({ seq }) => seq === 100));
  await send([state(99, 999)]);
  await send([{ ...state(1, 1), id: 'BED-0008' }]);
  await screen.next('pumps', ({ items }) => items.some(({ id, seq }) => id === 'BED-0008' && seq === 1));
  await send([state(200, 7)]);
  const frame = await screen.next('pumps', ({ items }) => items.some(({ seq }) => seq === 200));
  expect(frame.items[0]).toMatchObject({ id: 'BED-0007', status: 'at-patient', presence: 'online', rateMlPerH: 7 });
  const items = screen.of('pumps').flatMap((f) => f.items.filter(({ id }) => id === pump.id));
  expect(items.some(({ rateMlPerH }) => rateMlPerH === 999)).toBe(false);
  expect(screen.of('pumps').length).toBeLessThanOrEqual((performance.now() - began) / 250 + 2);
});

test('a tick tells the age of the path, the database and the fleet', async () => {
  const screen = await follow(await clinician());
  const first = await screen.next('tick');
  // Which pumps count as watched is a table in api/live/boards.test.ts.
  expect(first).toMatchObject({ db: { up: true, downSince: null }, fleet: { pumps: expect.any(Number) } });
  expect(first.pathAgeMs).toBeNull();
  // An ingest worker that owns everything answers the next canary.
  const ingest = await connectService(broker, 'svc-ingest');
  ingest.on('message', (_topic, payload) => {
    const { api: from, n } = JSON.parse(payload.toString());
    const shards = Array.from({ length: 16 }, (_, shard) => shard);
    const echo = { api: from, n, worker: 'w1', shards, databaseDownSince: null };
    void ingest.publishAsync('dw/1/live/w1/canary', JSON.stringify(echo));
    void ingest.publishAsync('dw/1/live/w1/provisional', JSON.stringify({ at: Date.now(), since: n, alerts: [] }));
  });
  await ingest.subscribeAsync('dw/1/canary/+');
  const aged = await screen.next('tick', ({ pathAgeMs }) => pathAgeMs !== null);
  expect(aged.pathAgeMs).toBeLessThan(5_000);
  // Told at the first echo, before what came behind it: a screen must not wait for the next turn to say WATCHING.
  const behind = await screen.next('provisional');
  expect(screen.frames.indexOf(aged)).toBeLessThan(screen.frames.indexOf(behind));
});

test('provisional alerts of all workers are shown together until their set is empty', async () => {
  const ingest = await connectService(broker, 'svc-ingest');
  const screen = await follow(await clinician());
  const alert = (id: string) => ({
    ...{ id, pump: 'BED-0001', type: 'MDC_EVT_FLUID_LINE_OCCL', priority: 'medium', message: 'Downstream occlusion' },
    ...{ raisedAt: Date.now(), receivedAt: Date.now(), late: false },
  });
  const publish = (worker: string, since: number | null, alerts: unknown[]) =>
    ingest.publishAsync(`dw/1/live/${worker}/provisional`, JSON.stringify({ at: Date.now(), since, alerts }));
  await publish('w1', 1_000, [alert('a'), alert('b')]);
  await publish('w2', 2_000, [alert('b'), alert('c')]);
  const all = await screen.next('provisional', ({ alerts }) => alerts.length === 3);
  expect(all.since).toBe(1_000);
  await publish('w1', null, []);
  await publish('w2', null, []);
  await screen.next('provisional', ({ alerts, since }) => alerts.length === 0 && since === null);
});

test('a screen that stops reading is cut at 1 MB; the others notice nothing', async () => {
  const person = await clinician();
  const bystander = await follow(person);
  const url = new URL(api.url);
  // A plain socket, since it can really stop reading.
  const frozen = connect(Number(url.port), url.hostname);
  frozen.on('error', () => {});
  const key = Buffer.from('0123456789abcdef').toString('base64');
  frozen.write(
    `GET /api/v1/live HTTP/1.1\r\nHost: ${url.host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nCookie: ${person.cookie}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  );
  await new Promise((resolve) => frozen.once('data', resolve));
  const resume = Buffer.from(JSON.stringify({ type: 'resume', feedEpoch: null, last: 0 }));
  // A client's frame is masked [RFC 6455, 5.3]; a mask of zeros leaves the bytes as they are.
  frozen.write(Buffer.concat([Buffer.from([0x81, 0x80 | resume.length, 0, 0, 0, 0]), resume]));
  await new Promise((resolve) => frozen.once('data', resolve));
  frozen.pause();

  const cut = async () => {
    const text = await (await fetch(`${api.url}/metrics`)).text();
    return Number(/^dripwatch_api_slow_screens_total (\d+)$/m.exec(text)?.[1]);
  };
  const before = await cut();
  await waitFor(
    async () => {
      // Large changes, a few at a time, until what is owed passes what the kernel takes and the limit.
      const received = bystander.of('alert').length;
      await appendToFeed(database.pool, 4, 'x'.repeat(100_000));
      await waitFor(() => bystander.of('alert').length === received + 4);
      return (await cut()) > before;
    },
    { what: 'the frozen screen to be cut', timeoutMs: 25_000 },
  );
  frozen.destroy();
  const id = await addAlert(database.pool, {});
  await bystander.next('alert', ({ alert }) => alert.id === id);
  expect(bystander.closed).toBeNull();
});
