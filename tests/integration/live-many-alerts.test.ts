import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Api } from '../../api/api.ts';
import { addPerson, Person, testApi } from '../support/api.ts';
import { addPumps, addTechnicalAlerts, changeAlerts } from '../support/board.ts';
import { type TestBroker, testBroker } from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { waitFor } from '../support/wait-for.ts';

// A board of thousands, as after a regional outage: it goes to a screen in parts, and a screen that asks again and again
// gets it once.

let database: TestDatabase;
let broker: TestBroker;
let api: Api;
let ids: string[];

beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  await addPumps(database.pool, 'BED', 600);
  ids = await addTechnicalAlerts(database.pool, 1_200);
  api = await testApi(broker, database.url);
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

test('alerts come first, newest first, 250 a part, and the parts say whether more follow', async () => {
  const screen = await (await Person.signIn(api, await addPerson(database.pool, 'technician'))).live();
  await screen.next('hello', ({ feedEpoch }) => feedEpoch !== '');
  screen.send({ type: 'resume', feedEpoch: null, last: 0 });
  await screen.next('snapshot', ({ last }) => last);
  const parts = screen.of('snapshot');
  expect(
    parts.map(({ part, alerts, pumps, moreAlerts, last }) => [part, alerts.length, pumps.length, moreAlerts, last]),
  ).toEqual([
    ...[1, 2, 3, 4].map((part) => [part, 250, 0, true, false]),
    [5, 200, 0, false, false],
    [6, 0, 500, false, false],
    [7, 0, 100, false, true],
  ]);
  expect(parts.flatMap(({ alerts }) => alerts.map(({ id }) => id))).toEqual([...ids].reverse());
  expect(new Set(parts.map(({ head }) => head)).size).toBe(1);
});

test('who asks while a snapshot is on its way gets that one, and every change meanwhile', async () => {
  const screen = await (await Person.signIn(api, await addPerson(database.pool, 'technician'))).live();
  await screen.next('hello', ({ feedEpoch }) => feedEpoch !== '');
  const asked = 50;
  for (let n = 0; n < asked; n += 1) screen.send({ type: 'resume', feedEpoch: null, last: 0 });
  await changeAlerts(database.pool, "condition = 'ended', ended_at = now()", `alert_id = '${ids[0]}'`);
  await screen.next('alert', ({ alert }) => alert.id === ids[0] && alert.condition === 'ended');
  await waitFor(() => screen.of('snapshot').at(-1)?.last);
  const begun = screen.of('snapshot').filter(({ part }) => part === 1).length;
  expect(begun).toBeGreaterThan(0);
  expect(begun).toBeLessThan(asked / 2);
});
