import { expect, test } from 'vitest';
import { serviceTopics } from '#schemas/topics.ts';
import { addPerson, apiForThisTest, Person } from '../support/api.ts';
import { brokerForThisTest, connectService } from '../support/broker.ts';
import { testDatabase } from '../support/database.ts';

test('a platform that commits late is one alert for the technical on-call, however many api processes see it', async () => {
  const database = await testDatabase();
  try {
    const broker = await brokerForThisTest(database.url);
    const apis = await Promise.all([1, 2].map(() => apiForThisTest(broker, database.url)));
    const email = await addPerson(database.pool, 'technician');
    const people = await Promise.all(apis.map((api) => Person.signIn(api, email)));
    const screens = await Promise.all(people.map((person) => person.live()));
    for (const screen of screens) screen.send({ type: 'resume', feedEpoch: null, last: 0 });
    await Promise.all(screens.map((screen) => screen.next('snapshot', ({ last }) => last)));

    const worker = await connectService(broker, 'svc-ingest');
    const echo = { api: 'another', n: 1, worker: 'late', shards: [0], databaseDownSince: null, behindMs: 21_000 };
    await worker.publishAsync(serviceTopics.canaryEcho('late'), JSON.stringify(echo));
    const told = await Promise.all(screens.map((screen) => screen.next('alert')));
    for (const { alert } of told) {
      expect(alert).toMatchObject({ type: 'platform-delayed', audience: 'technical-on-call', pump: null });
      expect(alert).toMatchObject({ condition: 'active', detail: { behindMs: 21_000, silent: 0, high: [] } });
    }
    const { rows } = await database.pool.query('select alert_id as id from alert');
    expect(rows).toEqual([{ id: told[0]?.alert.id }]);
  } finally {
    await database.close();
  }
});
