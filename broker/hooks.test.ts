import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { Aedes } from 'aedes';
import mqtt, { type MqttClient } from 'mqtt';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from './health-server.ts';
import { aedesHooks, type Decisions } from './hooks.ts';

const allowAll: Decisions = {
  preConnect: () => null,
  authenticate: () => null,
  authorizePublish: () => null,
  authorizeSubscribe: () => true,
  authorizeForward: () => true,
};
const fail = (): never => {
  throw new Error('a fault of ours');
};

const next = (client: MqttClient, event: 'close' | 'message') =>
  new Promise<void>((done) => client.once(event, () => done()));

async function brokerThatDecides(changed: Partial<Decisions>) {
  const thrown: string[] = [];
  const aedes = new Aedes({ ...aedesHooks({ ...allowAll, ...changed }, (hook) => thrown.push(hook)), concurrency: 0 });
  await aedes.listen();
  const server = createServer((socket) => void aedes.handle(socket));
  const port = await listen(server, 0, '127.0.0.1');
  onTestFinished(async () => {
    await new Promise<void>((done) => aedes.close(done));
    server.close();
  });
  const join = () =>
    mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 4, reconnectPeriod: 0, keepalive: 0 }, false);
  return { thrown, port, join };
}

async function joined(broker: Awaited<ReturnType<typeof brokerThatDecides>>) {
  const client = await broker.join();
  client.on('error', () => {});
  onTestFinished(() => void client.end(true));
  return client;
}

test.each([
  ['preConnect', { preConnect: fail }, 3],
  ['authenticate', { authenticate: fail }, 3],
  ['authenticate', { authenticate: async () => fail() }, 3],
] as const)('a %s that throws refuses the connection and ends nothing', async (hook, changed, code) => {
  const broker = await brokerThatDecides(changed);
  await expect(broker.join()).rejects.toMatchObject({ code });
  await expect(broker.join()).rejects.toMatchObject({ code });
  expect(broker.thrown).toEqual([hook, hook]);
});

test('an authorizePublish that throws closes the publisher’s link only', async () => {
  const broker = await brokerThatDecides({
    authorizePublish: (_client, packet) => (packet.topic === 'bad' ? fail() : null),
  });
  const [bad, good] = [await joined(broker), await joined(broker)];
  await good.subscribeAsync('good');
  const closed = next(bad, 'close');
  bad.publish('bad', 'x');
  await closed;
  const message = next(good, 'message');
  await good.publishAsync('good', 'x', { qos: 1 });
  await message;
  expect(broker.thrown).toEqual(['authorizePublish']);
});

test('an authorizeSubscribe that throws answers 0x80 for that filter', async () => {
  const broker = await brokerThatDecides({
    authorizeSubscribe: (_client, { topic }) => (topic === 'bad' ? fail() : true),
  });
  const client = await joined(broker);
  await expect(client.subscribeAsync(['bad', 'good'])).rejects.toMatchObject({ packet: { granted: [128, 0] } });
  expect(broker.thrown).toEqual(['authorizeSubscribe']);
});

test('an authorizeForward that throws keeps the message from that subscriber', async () => {
  const broker = await brokerThatDecides({
    authorizeForward: (_client, packet) => (packet.topic === 'bad' ? fail() : true),
  });
  const client = await joined(broker);
  await client.subscribeAsync(['bad', 'good']);
  const topics: string[] = [];
  client.on('message', (topic) => topics.push(topic));
  await client.publishAsync('bad', 'x', { qos: 1 });
  const message = next(client, 'message');
  await client.publishAsync('good', 'x', { qos: 1 });
  await message;
  expect(topics).toEqual(['good']);
  expect(broker.thrown).toEqual(['authorizeForward']);
});

test('a connection that is refused before CONNACK is told why', async () => {
  const broker = await brokerThatDecides({ preConnect: () => ({ code: 2, reason: 'no' }) });
  const socket = connect(broker.port, '127.0.0.1');
  socket.write(Buffer.from('100c00044d5154540402003c0000', 'hex'));
  const [bytes] = await once(socket, 'data');
  expect(bytes).toEqual(Buffer.from([0x20, 2, 0, 2]));
  await once(socket, 'close');
});
