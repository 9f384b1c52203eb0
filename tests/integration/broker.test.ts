import { afterAll, beforeAll, expect, test } from 'vitest';
import { shardFilter } from '#schemas/topics.ts';
import { connectAs, connectService, provisionPump, type TestBroker, testBroker } from '../support/broker.ts';
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

test('a message of a pump reaches ingest', async () => {
  const pump = await provisionPump(database.pool, 'PUMP-0001');
  const ingest = await connectService(broker, 'svc-ingest');
  const got: string[] = [];
  ingest.on('message', (topic) => got.push(topic));
  await ingest.subscribeAsync(shardFilter(15));
  const client = await connectAs(broker, pump);
  await client.publishAsync(`${pump.prefix}/up/telemetry`, '{}', { qos: 1 });
  await waitFor(() => got.length === 1);
  expect(got).toEqual([`${pump.prefix}/up/telemetry`]);
});
