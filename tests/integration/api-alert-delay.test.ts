import { afterAll, beforeAll, expect, test } from 'vitest';
import { alertDelay } from '#schemas/http/report-alert-delay.ts';
import { parseCsv } from '#schemas/library/csv.ts';
import type { Api } from '../../api/api.ts';
import { addPerson, Person, shape, testApi } from '../support/api.ts';
import { addAlert } from '../support/board.ts';
import { type TestBroker, testBroker } from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let database: TestDatabase;
let broker: TestBroker;
let api: Api;
let nurse: Person;
beforeAll(async () => {
  database = await testDatabase();
  broker = await testBroker(database.url);
  api = await testApi(broker, database.url);
  nurse = await Person.signIn(api, await addPerson(database.pool, 'clinician'));
});
afterAll(async () => {
  await api?.close();
  await broker?.close();
  await database?.close();
});

const day = '2026-03-01';
const span = `from=${day}T00:00:00Z&to=2026-03-03T00:00:00Z`;

/** An alert of this minute of a day, whose hops took 10, 20 … ms times `scale`. */
async function measured(on: string, minute: number, scale: number, change = ''): Promise<void> {
  const id = await addAlert(database.pool, { priority: minute === 0 ? 'high' : 'medium' });
  const at = `timestamptz '${on}T00:${String(minute).padStart(2, '0')}:00Z'`;
  const after = (ms: number) => `${at} + interval '${ms * scale} milliseconds'`;
  await database.pool.query(
    `update alert set raised_at = ${at}, broker_at = ${at}, received_at = ${after(10)}, committed_at = ${after(30)},
            sent_at = ${after(60)}, rendered_at = ${after(100)}, seen_at = ${after(1000)}, accepted_at = ${after(2100)}
            ${change} where alert_id = $1`,
    [id],
  );
}

test('delays are told by hop and by day; late and technical alerts stand apart', async () => {
  await measured(day, 0, 1);
  await measured(day, 1, 3);
  await measured('2026-03-02', 0, 1);
  await measured(day, 2, 100, ', late = true');
  await measured(day, 3, 100, ", audience = 'technician'");
  const report = shape(alertDelay, await nurse.get(`/reports/alert-delay?${span}`));
  const of = (hop: string, hops = report.hops) => hops.find((one) => one.hop === hop);
  expect(report.alerts).toBe(3);
  expect(of('brokerToIngest')).toEqual({ hop: 'brokerToIngest', measured: 3, p50: 10, p95: 28, max: 30 });
  expect(of('receivedToAccepted')).toMatchObject({ measured: 3, p50: 2090, max: 6270 });
  expect(report.days.map((one) => [one.day, one.alerts])).toEqual([
    ['2026-03-02', 1],
    [day, 2],
  ]);
  expect(of('renderedToSeen', report.days[1]?.hops)).toMatchObject({ measured: 2, p50: 1800 });
  const high = shape(alertDelay, await nurse.get(`/reports/alert-delay?${span}&priority=high`));
  expect(high.alerts).toBe(2);
});

test('what somebody answered by telephone before a screen painted it has no delay since it was painted', async () => {
  await measured('2026-03-05', 0, 1);
  await database.pool.query(
    `update alert set rendered_at = accepted_at + interval '30 minutes' where raised_at = '2026-03-05T00:00:00Z'`,
  );
  const asked = 'from=2026-03-05T00:00:00Z&to=2026-03-06T00:00:00Z';
  const { hops } = shape(alertDelay, await nurse.get(`/reports/alert-delay?${asked}`));
  const of = (hop: string) => hops.find((one) => one.hop === hop);
  for (const hop of ['renderedToSeen', 'renderedToAccepted']) {
    expect(of(hop)).toMatchObject({ measured: 0, p50: null, max: null });
  }
  expect(of('receivedToAccepted')).toMatchObject({ measured: 1, p50: 2090 });
});

test('the same stands in the CSV; a span without alerts names every hop', async () => {
  const { headers } = await nurse.get(`/reports/alert-delay?${span}`);
  expect(headers.get('content-type')).toContain('application/json');
  const csv = await fetch(`${api.url}/api/v1/reports/alert-delay?${span}&format=csv`, {
    headers: { cookie: nurse.cookie },
  });
  expect(csv.headers.get('content-type')).toContain('text/csv');
  const read = parseCsv(await csv.text());
  const rows = read.ok ? read.rows.map(({ cells }) => cells) : [];
  expect(rows[0]).toEqual(['day', 'hop', 'alerts_measured', 'p50_ms', 'p95_ms', 'max_ms']);
  expect(rows).toContainEqual(['all', 'brokerToIngest', '3', '10', '28', '30']);
  expect(rows).toHaveLength(1 + 3 * 9);
  const empty = shape(
    alertDelay,
    await nurse.get('/reports/alert-delay?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z'),
  );
  expect([empty.alerts, empty.hops.length, empty.days]).toEqual([0, 9, []]);
});

test.each([
  ['from=2026-03-03T00:00:00Z&to=2026-03-01T00:00:00Z', 'before'],
  ['from=yesterday', 'RFC 3339'],
  ['from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z', '400 days'],
  ['priority=urgent', 'priority'],
  ['from=2999-01-01T00:00:00Z', 'before'],
  ['hop=x', 'hop'],
])('a wrong filter is refused in words: %s', async (query, words) => {
  const { status, body } = await nurse.get(`/reports/alert-delay?${query}`);
  expect(status).toBe(400);
  expect(JSON.stringify(body)).toContain(words);
});
