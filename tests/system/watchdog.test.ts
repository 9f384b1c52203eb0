import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { canaryPumpId } from '#schemas/topics.ts';
import { type Cluster, startCluster } from '../../scripts/database/cluster.ts';
import { migrate } from '../../scripts/migrate.ts';
import { ensureCanary } from '../../scripts/supervisor/canary.ts';
import { claimPort } from '../../scripts/supervisor/ports.ts';
import { ensureServiceTokens } from '../../scripts/supervisor/secrets.ts';
import { startProcess, stopProcess } from '../support/processes.ts';
import { waitFor } from '../support/wait-for.ts';
import { webhookReceiverForThisTest } from '../support/webhook-receiver.ts';

// Broker, ingest, api and watchdog as processes of their own over a database of their own; one part is stopped at a time.

const mustPageWithinMs = 60_000;
const mustRecoverWithinMs = 60_000;
type Part = 'broker' | 'ingest' | 'api';

let dataDir = '';
let database: Cluster;
let env: Record<string, string> = {};
const running = new Map<Part, ChildProcess>();
const readyUrl = (part: string) => `${env[`WATCHDOG_${part.toUpperCase()}_URL`]}/readyz`;

async function start(part: Part): Promise<void> {
  running.set(part, startProcess(`${part}/main.ts`, [], env));
  await waitFor(async () => (await fetch(readyUrl(part))).ok, { timeoutMs: 40_000, what: `${part} is ready` });
}

async function kill(part: Part): Promise<void> {
  const child = running.get(part);
  if (child === undefined) throw new Error(`${part} does not run`);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'dripwatch-watchdog-'));
  database = await startCluster({ dataDir, engine: 'embedded', durable: false });
  await migrate(database.url, { log: () => {} });
  ensureServiceTokens(dataDir);
  await ensureCanary(database.url, join(dataDir, 'secrets.json'));
  const port = (name: string) => claimPort(name, 0, '127.0.0.1');
  const [mqtt, broker, ingest, api] = [
    await port('mqtt'),
    await port('broker'),
    await port('ingest'),
    await port('api'),
  ];
  env = {
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    LOG_LEVEL: process.env.TEST_LOG ?? 'silent',
    MQTT_PORT: `${mqtt}`,
    MQTT_URL: `mqtt://127.0.0.1:${mqtt}`,
    BROKER_HTTP_PORT: `${broker}`,
    INGEST_HTTP_PORT: `${ingest}`,
    PORT: `${api}`,
    WATCHDOG_BROKER_URL: `http://127.0.0.1:${broker}`,
    WATCHDOG_INGEST_URL: `http://127.0.0.1:${ingest}`,
    WATCHDOG_API_URL: `http://127.0.0.1:${api}`,
  };
  for (const part of ['broker', 'ingest', 'api'] as const) await start(part);
}, 120_000);

afterAll(async () => {
  for (const child of running.values()) await stopProcess(child);
  await database?.close();
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

/** A watchdog that pages a receiver of webhooks and pings somebody who counts. */
async function watched() {
  const receiver = await webhookReceiverForThisTest();
  let pings = 0;
  const pinged = createServer((_request, response) => {
    pings += 1;
    response.end();
  }).listen(0, '127.0.0.1');
  await once(pinged, 'listening');
  const address = pinged.address();
  onTestFinished(() => void pinged.close());
  const settings = {
    WEBHOOK_URL: receiver.url,
    WEBHOOK_SECRET: receiver.secret,
    WATCHDOG_PING_URL: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`,
    WATCHDOG_HTTP_PORT: '0',
  };
  const child = startProcess('watchdog/main.ts', [], { ...env, ...settings });
  onTestFinished(() => stopProcess(child));
  await waitFor(() => pings > 0, { timeoutMs: 40_000, what: 'a good round' });
  return { hooks: receiver.hooks, pings: () => pings, stop: () => stopProcess(child) };
}

const stops: [what: string, part: string, stop: () => Promise<void>, again: () => Promise<void>][] = [
  ['the broker is killed', 'broker', () => kill('broker'), () => start('broker')],
  ['ingest is killed', 'ingest', () => kill('ingest'), () => start('ingest')],
  [
    'ingest hangs',
    'ingest',
    async () => void running.get('ingest')?.kill('SIGSTOP'),
    async () => void running.get('ingest')?.kill('SIGCONT'),
  ],
  ['the api is killed', 'api', () => kill('api'), () => start('api')],
  [
    'the database stops',
    'database',
    () => database.close(),
    async () => {
      database = await startCluster({ dataDir, engine: 'embedded', durable: false, port: database.port });
    },
  ],
];

// Each takes a minute or more of waiting; the suite stops one, LONG_TESTS=1 all of them in turn.
const inTurn = process.env.LONG_TESTS === '1' ? stops : stops.filter(([what]) => what === 'ingest is killed');

test.each(inTurn)(
  '%s: paged once within 60 s, told when it is over, and pinged only while all is well',
  async (what, part, stop, again) => {
    const { hooks, pings, stop: stopWatchdog } = await watched();
    const stoppedAt = Date.now();
    await stop();
    await waitFor(() => hooks.length > 0, { timeoutMs: mustPageWithinMs, everyMs: 100, what: `the page: ${what}` });
    const paged = (hooks[0]?.heardAt ?? 0) - stoppedAt;
    expect(hooks[0]).toMatchObject({ type: 'watchdog.failing', data: { alert: 'canary-late' } });
    expect(hooks[0]?.data.components).toContain(part);
    expect(paged).toBeLessThanOrEqual(mustPageWithinMs);

    const pingsBefore = pings();
    await again();
    const mendedAt = Date.now();
    expect(pings()).toBe(pingsBefore);
    await waitFor(() => hooks.length > 1, { timeoutMs: mustRecoverWithinMs, everyMs: 100, what: `the end: ${what}` });
    const recovered = (hooks[1]?.heardAt ?? 0) - mendedAt;
    expect(hooks[1]?.type).toBe('watchdog.recovered');
    expect(pings()).toBeGreaterThan(pingsBefore);
    await stopWatchdog();
    expect(hooks).toHaveLength(2);
    const seconds = (ms: number) => (ms / 1000).toFixed(1);
    process.stderr.write(
      `watchdog: ${what}: paged after ${seconds(paged)} s (${hooks[0]?.data.components.join(', ')}), told the end ${seconds(recovered)} s after it\n`,
    );
  },
  240_000,
);

test('the canary obeys the protocol through all of it: every record stored once or declared gone, and no alert', async () => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  onTestFinished(() => client.end());
  const { rows } = await client.query(
    `select (select count(distinct epoch_no)::int from journal where pump_id = $1) as epochs,
            (select up_to::int from journal where pump_id = $1) as committed,
            (select highest::int from journal where pump_id = $1) as highest,
            (select count(*)::int from telemetry where pump_id = $1) as stored,
            (select count(distinct seq)::int from telemetry where pump_id = $1) as different,
            (select count(*)::int from alert where pump_id = $1) as alerts,
            (select status from pump where pump_id = $1) as status`,
    [canaryPumpId],
  );
  const { committed } = rows[0];
  expect(committed).toBeGreaterThan(inTurn.length);
  expect(rows[0]).toEqual({
    epochs: 1,
    committed,
    highest: committed,
    stored: committed,
    different: committed,
    alerts: 0,
    status: 'testing',
  });
});
