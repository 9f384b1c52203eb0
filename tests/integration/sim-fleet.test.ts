import { afterAll, beforeAll, expect, test } from 'vitest';
import { pumpIds, runFleet } from '../../firmware-sim/run-fleet.ts';
import { type TestBroker, testBroker } from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { acknowledgeAll, provisionFor, simContext, simFolder } from '../support/sim.ts';
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

async function fleetFolder(prefix: string, pumps: number): Promise<string> {
  const folder = simFolder();
  await provisionFor(
    folder,
    database,
    pumpIds(prefix, pumps).map(({ id }) => id),
  );
  return folder;
}

test('a fleet says hello first, sends its history and its present, and ends with everything acknowledged', async () => {
  const folder = await fleetFolder('LIVE-', 3);
  const platform = await acknowledgeAll(broker);
  const args = ['fleet', '--pumps', '3', '--prefix', 'LIVE-', '--history', '1', '--minutes', '0.05'];
  const { context, printed, errors } = simContext(args, folder, broker.url);
  expect(await runFleet(context)).toBe(0);
  expect(errors).toEqual([]);
  expect(printed).toHaveLength(1);
  const [, journaled, acknowledged] = /journaled = (\d+), acknowledged = (\d+)/.exec(printed[0] ?? '') ?? [];
  expect(Number(journaled)).toBeGreaterThan(180);
  expect(acknowledged).toBe(journaled);
  const stored = pumpIds('LIVE-', 3).flatMap(({ id }) => platform.records(id));
  expect(stored).toHaveLength(Number(journaled));
  expect(platform.doubles).toBe(0);
  expect(platform.heard.filter(({ batch }) => !batch.ok || batch.rejected.length > 0)).toEqual([]);
  expect(platform.hellos.map(({ pump }) => pump).sort()).toEqual(['LIVE-0001', 'LIVE-0002', 'LIVE-0003']);
});

test('a fleet that is started again goes on with its numbers, and resends only what was not acknowledged', async () => {
  const folder = await fleetFolder('AGAIN-', 2);
  const platform = await acknowledgeAll(broker);
  const args = ['fleet', '--pumps', '2', '--prefix', 'AGAIN-', '--history', '0.5'];
  const first = simContext(args, folder, broker.url);
  const running = runFleet(first.context);
  await waitFor(() => platform.cursor('AGAIN-0002').upTo > 30 && platform.cursor('AGAIN-0001').upTo > 30);
  platform.acknowledging = false;
  first.stop();
  expect(await running).toBe(0);
  const before = platform.records('AGAIN-0001').length;
  platform.acknowledging = true;
  const second = simContext([...args, '--minutes', '0.03'], folder, broker.url);
  expect(await runFleet(second.context)).toBe(0);
  const after = platform.records('AGAIN-0001');
  expect(after.length).toBeGreaterThan(before);
  expect(after.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(after.map((_, index) => index + 1));
  const totals = after.flatMap((record) =>
    record.kind === 'sample' && record.infusion === 1 ? [record.infusedMl ?? 0] : [],
  );
  expect(totals).toEqual([...totals].sort((a, b) => a - b));
  expect(after.filter((record) => record.kind === 'device' && record.event === 'boot')).toHaveLength(2);
});

test('a fleet replaying the past at speed leaves records in the past and ends by itself', async () => {
  const folder = await fleetFolder('PAST-', 2);
  const platform = await acknowledgeAll(broker);
  const args = ['fleet', '--pumps', '2', '--prefix', 'PAST-', '--speed', '100000', '--minutes', '600'];
  const { context } = simContext(args, folder, broker.url);
  const began = Date.now();
  expect(await runFleet(context)).toBe(0);
  const stored = platform.records('PAST-0001');
  expect(stored.length).toBeGreaterThan(600);
  const times = stored.map(({ at }) => Date.parse(at));
  expect(Math.min(...times)).toBeLessThan(began - 590 * 60_000);
  expect(Math.max(...times)).toBeLessThanOrEqual(Date.now());
  expect(Math.max(...times)).toBeGreaterThan(began - 5 * 60_000);
});
