import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { generate } from 'mqtt-packet';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { brokerRefused } from '#schemas/messages/live.ts';
import { maxMessageBytes, serviceTopics, shardFilter } from '#schemas/topics.ts';
import {
  brokerMetric,
  collect,
  connectAs,
  connectService,
  provisionPump,
  type TestBroker,
  type TestPump,
  testBroker,
  untilClosed,
} from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { waitFor } from '../support/wait-for.ts';

let database: TestDatabase;
let broker: TestBroker;
let pump: TestPump;
beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  pump = await provisionPump(database.pool, 'PUMP-0001');
});
afterAll(async () => {
  await broker.close();
  await database.close();
});

function rawSocket(): Socket {
  const socket = connect(broker.port, '127.0.0.1');
  socket.on('error', () => {}); // a reset is one of the ways in which the broker ends a link
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** A socket on which CONNECT was answered, and what it sent since. */
async function rawPump(): Promise<Socket> {
  const socket = rawSocket();
  socket.write(
    generate({
      cmd: 'connect',
      clientId: pump.id,
      username: pump.id,
      password: Buffer.from(pump.token),
      protocolVersion: 4,
      keepalive: 30,
      clean: true,
    }),
  );
  const [connack] = await once(socket, 'data');
  expect(connack).toEqual(Buffer.from([0x20, 2, 0, 0]));
  return socket;
}

test('a CONNECT that announces 256 MB is cut by its header, and none of it is kept', async () => {
  const before = await brokerMetric(broker, 'refused_total', 'reason="before-connack"');
  const socket = rawSocket();
  const closed = once(socket, 'close');
  socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
  await closed;
  expect(await brokerMetric(broker, 'refused_total', 'reason="before-connack"')).toBe(before + 1);
});

test('a stranger who sends 5 kB before CONNACK is cut', async () => {
  const socket = rawSocket();
  const closed = once(socket, 'close');
  socket.write(Buffer.concat([generate({ cmd: 'connect', clientId: 'x', keepalive: 30 }), Buffer.alloc(5_000, 0xc0)]));
  await closed;
});

test.each([
  ['text', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['zeros', Buffer.alloc(64)],
  ['0xff', Buffer.alloc(64, 0xff)],
  ['a CONNECT of nonsense', Buffer.from('100c00044d5154540402003c0009', 'hex')],
  ['a CONNECT with a foreign protocol name', Buffer.from('100c00044e4f50450402003c0000', 'hex')],
  ['a SUBSCRIBE first', generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a', qos: 0 }] })],
])('garbage before CONNECT (%s) ends the connection', async (_name, bytes) => {
  const socket = rawSocket();
  const closed = once(socket, 'close');
  socket.write(bytes);
  await closed;
  await rawPump();
});

test.each([
  ['text', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['zeros', Buffer.alloc(64)],
  ['0xff', Buffer.alloc(64, 0xff)],
  ['a PUBLISH whose topic is longer than itself', Buffer.from('3004ffff6161', 'hex')],
  ['a PUBLISH with a wildcard', Buffer.from('3003000123', 'hex')],
  ['a SUBSCRIBE without filters', Buffer.from('82020001', 'hex')],
  ['a second CONNECT', generate({ cmd: 'connect', clientId: 'PUMP-0001', keepalive: 30 })],
  ['a CONNACK', Buffer.from('20020000', 'hex')],
])('garbage after CONNECT (%s) ends the connection', async (_name, bytes) => {
  const socket = await rawPump();
  const closed = once(socket, 'close');
  socket.write(bytes);
  await closed;
  await rawPump();
});

test('random bytes after CONNECT end only their own connection', async () => {
  const other = await provisionPump(database.pool, 'PUMP-0002');
  const bystander = await connectAs(broker, other);
  let seed = 20_261_122;
  const randomByte = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed >> 16;
  };
  for (let round = 0; round < 60; round += 1) {
    const socket = await rawPump();
    const closed = once(socket, 'close');
    socket.end(Buffer.from(Array.from({ length: 1 + (randomByte() % 80) }, randomByte)));
    await closed;
  }
  await bystander.publishAsync(`${other.prefix}/up/hello`, '{}', { qos: 1 });
});

test('a publish of 1 MB closes the link and is listed with pump and size, without its bytes', async () => {
  const ingest = await connectService(broker, 'svc-ingest');
  await ingest.subscribeAsync([serviceTopics.refused, shardFilter(15)]);
  const heard = collect(ingest);
  const client = await connectAs(broker, pump);
  const closed = untilClosed(client);
  client.publish(`${pump.prefix}/up/telemetry`, Buffer.alloc(1_000_000, 'x'), { qos: 1 });
  await closed;
  const message = await waitFor(() => heard[0]);
  const refused = brokerRefused.parse(JSON.parse(message.payload.toString()));
  expect(message.topic).toBe(serviceTopics.refused);
  expect(refused.pump).toBe(pump.id);
  expect(refused.bytes).toBeGreaterThan(1_000_000);
  expect(message.payload.length).toBeLessThan(300);
});

test('a batch of 64 KiB passes; one byte more closes the link and is listed', async () => {
  const ingest = await connectService(broker, 'svc-ingest');
  await ingest.subscribeAsync([serviceTopics.refused, shardFilter(15)]);
  const heard = collect(ingest);
  const client = await connectAs(broker, pump);
  await client.publishAsync(`${pump.prefix}/up/event`, Buffer.alloc(maxMessageBytes), { qos: 1 });
  const closed = untilClosed(client);
  client.publish(`${pump.prefix}/up/event`, Buffer.alloc(maxMessageBytes + 1), { qos: 1 });
  await closed;
  await waitFor(() => heard.length === 2);
  expect(heard[0]?.payload.length).toBe(maxMessageBytes);
  expect(JSON.parse(heard[1]?.payload.toString() ?? '')).toMatchObject({ pump: pump.id, bytes: 65_537, lane: 'event' });
});

test.each([0, 61, 65_535])('a keepalive of %d s is refused without CONNACK', async (keepalive) => {
  const socket = rawSocket();
  const bytes: Buffer[] = [];
  socket.on('data', (chunk) => bytes.push(chunk));
  const closed = once(socket, 'close');
  socket.write(generate({ cmd: 'connect', clientId: pump.id, username: pump.id, keepalive }));
  await closed;
  expect(bytes).toEqual([]);
});

test('an empty client id is refused with code 2', async () => {
  const socket = rawSocket();
  socket.write(generate({ cmd: 'connect', clientId: '', username: pump.id, clean: true, keepalive: 30 }));
  const [connack] = await once(socket, 'data');
  expect(connack).toEqual(Buffer.from([0x20, 2, 0, 2]));
});

test('a persistent session is treated as a clean one: nothing waits for the pump’s return', async () => {
  const options = { clean: false };
  const first = await connectAs(broker, pump, options);
  await first.subscribeAsync(`${pump.prefix}/down/cmd`, { qos: 1 });
  await first.endAsync();
  const api = await connectService(broker, 'svc-api');
  await api.publishAsync(`${pump.prefix}/down/cmd`, 'while away', { qos: 1 });
  const second = await connectAs(broker, pump, options);
  const got = collect(second);
  await second.subscribeAsync(`${pump.prefix}/down/cmd`, { qos: 1 });
  await api.publishAsync(`${pump.prefix}/down/cmd`, 'back', { qos: 1 });
  await waitFor(() => got.length > 0);
  expect(got.map(({ payload }) => payload.toString())).toEqual(['back']);
});

test('a subscriber that stops reading is cut before it holds up its publisher', async () => {
  const before = await brokerMetric(broker, 'slow_subscribers_cut_total');
  const frozen = await rawPump();
  frozen.write(
    generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: `${pump.prefix}/down/cmd`, qos: 0 }] }),
  );
  await once(frozen, 'data');
  frozen.pause();
  const bystander = await provisionPump(database.pool, 'PUMP-0003');
  const api = await connectService(broker, 'svc-api');
  const others = collect(await subscribedTo(`${bystander.prefix}/down/cmd`));
  const part = Buffer.alloc(2 * 1024);
  let slowestMs = 0;
  await waitFor(
    async () => {
      const since = performance.now();
      const heard = others.length;
      const parts = Array.from({ length: 64 }, () => api.publishAsync(`${pump.prefix}/down/cmd`, part, { qos: 1 }));
      await Promise.all([...parts, api.publishAsync(`${bystander.prefix}/down/cmd`, '{}', { qos: 1 })]);
      await waitFor(() => others.length > heard, { timeoutMs: 15_000, everyMs: 1 });
      slowestMs = Math.max(slowestMs, performance.now() - since);
      return (await brokerMetric(broker, 'slow_subscribers_cut_total')) === before + 1;
    },
    { everyMs: 0, timeoutMs: 25_000 },
  );
  expect(slowestMs).toBeLessThan(5_000);

  async function subscribedTo(topic: string) {
    const client = await connectAs(broker, bystander);
    await client.subscribeAsync(topic);
    return client;
  }
});
