import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readStamp } from '#schemas/messages/broker-stamp.ts';
import { brokerRefused } from '#schemas/messages/live.ts';
import { serviceTopics, shardCount, shardFilter, upLanes } from '#schemas/topics.ts';
import {
  brokerMetric,
  collect,
  connectAs,
  connectService,
  provisionPump,
  type TestBroker,
  testBroker,
  untilClosed,
} from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { waitFor } from '../support/wait-for.ts';

let database: TestDatabase;
let broker: TestBroker;
beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
});
afterAll(async () => {
  await broker.close();
  await database.close();
});

const everyShard = Array.from({ length: shardCount }, (_, shard) => shardFilter(shard));

/** What ingest hears: everything of the pumps, and what the broker refused. */
async function listening() {
  const ingest = await connectService(broker, 'svc-ingest');
  await ingest.subscribeAsync([...everyShard, serviceTopics.refused]);
  return { ingest, heard: collect(ingest) };
}

describe('what a pump publishes', () => {
  test.each(upLanes.filter((lane) => lane !== 'will'))('on up/%s reaches ingest, never retained', async (lane) => {
    const { heard } = await listening();
    const pump = await provisionPump(database.pool, 'PUMP-0001');
    const client = await connectAs(broker, pump);
    await client.publishAsync(`${pump.prefix}/up/${lane}`, '{}', { qos: 1, retain: true });
    const message = await waitFor(() => heard[0]);
    expect(message).toMatchObject({ topic: `${pump.prefix}/up/${lane}`, retain: false });
    const after = await listening();
    await client.publishAsync(`${pump.prefix}/up/hello`, 'later', { qos: 1 });
    await waitFor(() => after.heard[0]);
    expect(after.heard.map(({ payload }) => payload.toString())).toEqual(['later']);
  });

  test('on up/alarm is stamped with the time the broker read it, and nothing else is', async () => {
    const { heard } = await listening();
    const pump = await provisionPump(database.pool, 'PUMP-0001');
    const client = await connectAs(broker, pump);
    const before = Date.now();
    await client.publishAsync(`${pump.prefix}/up/alarm`, '{"v":1}', { qos: 1 });
    await client.publishAsync(`${pump.prefix}/up/event`, '{"v":1}', { qos: 1 });
    await waitFor(() => heard.length === 2);
    const [alarm, event] = heard.map(({ payload }) => readStamp(payload));
    expect(Buffer.from(alarm?.payload ?? []).toString()).toBe('{"v":1}');
    expect(alarm?.brokerAt).toBeGreaterThanOrEqual(before);
    expect(alarm?.brokerAt).toBeLessThanOrEqual(Date.now());
    expect(event?.brokerAt).toBeNull();
  });

  test.each([
    ['another pump’s topic', (own: string) => own.replace('PUMP-0001', 'PUMP-0002'), 'telemetry'],
    ['its own name in another shard', (own: string) => own.replace('/0f/', '/0e/'), 'telemetry'],
    ['its last will’s topic', (own: string) => own.replace('telemetry', 'will'), 'will'],
    ['its own acknowledgements', (own: string) => own.replace('up/telemetry', 'down/ack'), 'ack'],
    ['a topic of the services', () => serviceTopics.credentials, null],
    ['the broker’s own topics', () => '$SYS/broker/heartbeat', null],
  ])('on %s closes its link and is listed', async (_name, topicFrom, lane) => {
    const { heard } = await listening();
    const refusedBefore = await brokerMetric(broker, 'refused_total', 'reason="foreign-topic"');
    const pump = await provisionPump(database.pool, 'PUMP-0001');
    const client = await connectAs(broker, pump);
    const closed = untilClosed(client);
    const topic = topicFrom(`${pump.prefix}/up/telemetry`);
    client.publish(topic, 'seven b', { qos: 1 });
    await closed;
    const message = await waitFor(() => heard[0]);
    expect(message.topic).toBe(serviceTopics.refused);
    const refused = brokerRefused.parse(JSON.parse(message.payload.toString()));
    expect(refused).toMatchObject({ pump: pump.id, bytes: 7, lane });
    expect(refused.reason).toContain(topic);
    expect(await brokerMetric(broker, 'refused_total', 'reason="foreign-topic"')).toBe(refusedBefore + 1);
  });

  test('with QoS 2 closes its link at once instead of leaving it waiting', async () => {
    const { heard } = await listening();
    const pump = await provisionPump(database.pool, 'PUMP-0001');
    const client = await connectAs(broker, pump);
    const closed = untilClosed(client);
    client.publish(`${pump.prefix}/up/telemetry`, '{}', { qos: 2 });
    await closed;
    const message = await waitFor(() => heard[0]);
    expect(JSON.parse(message.payload.toString())).toMatchObject({ pump: pump.id, lane: 'telemetry' });
  });
});

describe('what a pump subscribes to', () => {
  test('its own acknowledgements and commands are granted; every other filter is answered 0x80', async () => {
    const pump = await provisionPump(database.pool, 'PUMP-0001');
    const client = await connectAs(broker, pump);
    const { prefix } = pump;
    const filters = [
      `${prefix}/down/ack`,
      `${prefix}/down/cmd`,
      `${prefix}/down/+`,
      `${prefix}/#`,
      `${prefix}/up/telemetry`,
      prefix.replace('PUMP-0001', 'PUMP-0002').concat('/down/ack'),
      '#',
      '$SYS/#',
      `$share/g/${prefix}/down/ack`,
      serviceTopics.allLive,
    ];
    await expect(client.subscribeAsync(filters)).rejects.toMatchObject({
      packet: { granted: [0, 0, 128, 128, 128, 128, 128, 128, 128, 128] },
    });
    const got = collect(client);
    const ingest = await connectService(broker, 'svc-ingest');
    await ingest.publishAsync(`${prefix}/down/ack`, 'mine', { qos: 1 });
    await waitFor(() => got.length === 1);
    expect(got[0]?.payload.toString()).toBe('mine');
  });
});

describe('a last will', () => {
  test('is published when the link breaks, to ingest, without retain flag', async () => {
    const { heard } = await listening();
    const pump = await provisionPump(database.pool, 'PUMP-0001');
    const will = { topic: `${pump.prefix}/up/will`, payload: Buffer.from('{"boot":1}'), qos: 2, retain: true } as const;
    const client = await connectAs(broker, pump, { will });
    client.stream.destroy();
    const message = await waitFor(() => heard[0]);
    expect(message).toMatchObject({ topic: will.topic, payload: will.payload, retain: false });
  });

  test('is not published after a DISCONNECT', async () => {
    const { heard } = await listening();
    const pump = await provisionPump(database.pool, 'PUMP-0001');
    const will = { topic: `${pump.prefix}/up/will`, payload: Buffer.from('will'), qos: 1, retain: false } as const;
    const client = await connectAs(broker, pump, { will });
    await client.endAsync();
    const again = await connectAs(broker, pump);
    await again.publishAsync(`${pump.prefix}/up/hello`, 'hello', { qos: 1 });
    await waitFor(() => heard[0]);
    expect(heard.map(({ payload }) => payload.toString())).toEqual(['hello']);
  });

  test.each([
    ['another pump', 'dw/1/0f/PUMP-0002/up/will'],
    ['another lane', 'dw/1/0f/PUMP-0001/up/alarm'],
    ['a service’s topic', serviceTopics.credentials],
  ])('in the name of %s refuses the connection', async (_name, topic) => {
    const pump = await provisionPump(database.pool, 'PUMP-0001');
    const will = { topic, payload: Buffer.from('x'), qos: 0, retain: false } as const;
    await expect(connectAs(broker, pump, { will })).rejects.toMatchObject({ code: 5 });
  });
});

describe('a connection', () => {
  test.each([
    ['of MQTT 5', { protocolVersion: 5 } as const, 1],
    ['of MQTT 3.1', { protocolVersion: 3, protocolId: 'MQIsdp' } as const, 1],
    ['whose client id is not its user name', { clientId: 'PUMP-0002' }, 2],
    ['without a token', { password: undefined }, 4],
    ['with a user name that can be no pump’s', { username: 'a/b', clientId: 'a/b' }, 4],
    ['as a service that does not exist', { username: 'svc-therapy', clientId: 'svc-therapy' }, 4],
    ['as a service with a pump’s token', { username: 'svc-api', clientId: 'svc-api' }, 4],
  ])('%s is refused', async (_name, options, code) => {
    const pump = await provisionPump(database.pool, 'PUMP-0001');
    await expect(connectAs(broker, pump, options)).rejects.toMatchObject({ code });
  });

  test('that takes over an id ends the older one, and is counted', async () => {
    const before = await brokerMetric(broker, 'takeovers_total');
    const pump = await provisionPump(database.pool, 'PUMP-0001');
    const first = await connectAs(broker, pump);
    const closed = untilClosed(first);
    const second = await connectAs(broker, pump);
    await closed;
    await second.publishAsync(`${pump.prefix}/up/hello`, '{}', { qos: 1 });
    expect(await brokerMetric(broker, 'takeovers_total')).toBe(before + 1);
    await waitFor(async () => (await brokerMetric(broker, 'connections', 'kind="pump"')) === 1);
  });

  test('of a service may be one of several, but not in another service’s name', async () => {
    const token = broker.tokens['svc-ingest'];
    const two = await connectAs(broker, { id: 'svc-ingest', token }, { clientId: 'svc-ingest-2' });
    expect(two.connected).toBe(true);
    await expect(connectAs(broker, { id: 'svc-ingest', token }, { clientId: 'svc-api' })).rejects.toMatchObject({
      code: 2,
    });
  });
});

describe('services', () => {
  test('the api hears what ingest publishes live, and its commands reach a pump', async () => {
    const api = await connectService(broker, 'svc-api');
    const ingest = await connectService(broker, 'svc-ingest');
    const pump = await connectAs(broker, await provisionPump(database.pool, 'PUMP-0001'));
    await api.subscribeAsync(serviceTopics.allLive);
    await pump.subscribeAsync('dw/1/0f/PUMP-0001/down/cmd', { qos: 1 });
    const [live, commands] = [collect(api), collect(pump)];
    await ingest.publishAsync(serviceTopics.liveAlerts(3), '{"head":1}', { qos: 1 });
    await api.publishAsync('dw/1/0f/PUMP-0001/down/cmd', '{"cmd":"hello"}', { qos: 1 });
    await waitFor(() => live.length === 1 && commands.length === 1);
    expect(commands[0]?.qos).toBe(1);
  });

  test.each([
    ['svc-api', 'dw/1/0f/PUMP-0001/down/ack'],
    ['svc-ingest', 'dw/1/0f/PUMP-0001/down/therapy'],
    ['svc-ingest', 'dw/1/0f/PUMP-0001/up/telemetry'],
    ['svc-watchdog', 'dw/1/0f/PUMP-0001/down/cmd'],
    ['svc-sim', 'dw/1/canary/sim'],
  ] as const)('%s can’t publish on %s', async (account, topic) => {
    const client = await connectService(broker, account);
    const closed = untilClosed(client);
    client.publish(topic, '{}', { qos: 1 });
    await closed;
  });
});

test('health, readiness and metrics are served, and no metric names a pump', async () => {
  const get = (path: string) => fetch(`http://127.0.0.1:${broker.httpPort}${path}`);
  expect((await get('/healthz')).status).toBe(200);
  expect((await get('/readyz')).status).toBe(200);
  expect((await get('/nothing')).status).toBe(404);
  const metrics = await (await get('/metrics')).text();
  expect(metrics).toContain('dripwatch_broker_messages_received_total');
  expect(metrics).not.toContain('PUMP-');
});
