import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { databaseForThisTest } from '../support/database.ts';
import { startProcess, stopProcess } from '../support/processes.ts';
import { waitFor } from '../support/wait-for.ts';

const root = resolve(import.meta.dirname, '../..');
const pumps = 200;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await new Promise((done) => server.close(done));
  return port;
}

/** Broker, ingest and api as processes of their own, which can be killed and started again on the same ports. */
async function platform(databaseUrl: string) {
  const dataDir = mkdtempSync(join(tmpdir(), 'dripwatch-kill-'));
  const token = () => randomBytes(32).toString('hex');
  const serviceTokens = { 'svc-ingest': token(), 'svc-api': token(), 'svc-watchdog': token(), 'svc-sim': token() };
  writeFileSync(join(dataDir, 'secrets.json'), JSON.stringify({ serviceTokens }), { mode: 0o600 });
  writeFileSync(join(dataDir, 'demo-password'), 'demo password of a test', { mode: 0o600 });
  const [mqtt, brokerHttp, ingestHttp, http] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const env = {
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    MQTT_PORT: `${mqtt}`,
    MQTT_URL: `mqtt://127.0.0.1:${mqtt}`,
    BROKER_HTTP_PORT: `${brokerHttp}`,
    INGEST_HTTP_PORT: `${ingestHttp}`,
    PORT: `${http}`,
    DEMO: '1',
    DEMO_PASSWORD: 'demo password of a test',
  };
  const ready = { broker: brokerHttp, ingest: ingestHttp, api: http };
  const running = new Map<keyof typeof ready, ChildProcess>();
  const start = async (name: keyof typeof ready) => {
    running.set(name, startProcess(`${name}/main.ts`, [], env));
    await waitFor(async () => (await fetch(`http://127.0.0.1:${ready[name]}/readyz`)).ok, {
      timeoutMs: 40_000,
      what: `${name} is ready`,
    });
  };
  onTestFinished(async () => {
    for (const child of running.values()) await stopProcess(child);
    rmSync(dataDir, { recursive: true, force: true });
  });
  for (const name of ['broker', 'ingest', 'api'] as const) await start(name);
  const killAndStart = async (name: keyof typeof ready) => {
    const child = running.get(name);
    const ended = child && once(child, 'exit');
    child?.kill('SIGKILL');
    await ended;
    await start(name);
  };
  return { env, dataDir, api: `http://127.0.0.1:${http}`, killAndStart };
}

test('broker, ingest and api killed in turn under 200 pumps: what was journaled is committed, once', async () => {
  const { url, pool: db } = await databaseForThisTest();
  const { env, dataDir, api, killAndStart } = await platform(url);
  const simulate = (...args: string[]) => {
    const fleet = ['fleet', '--pumps', `${pumps}`, '--history', '0', '--alarm-rate', '60', '--seed', '5'];
    const where = [
      '--api',
      api,
      '--broker',
      env.MQTT_URL,
      '--password-file',
      join(dataDir, 'demo-password'),
      '--quiet',
    ];
    const child = spawn(process.execPath, ['scripts/run.mjs', 'firmware-sim/main.ts', ...fleet, ...where, ...args], {
      cwd: root,
      env: { ...process.env, ...env },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    return { child, output: () => output };
  };
  const committed = async () =>
    Number((await db.query('select coalesce(sum(records), 0) as n from journal')).rows[0].n);
  const moreThan = (known: number) =>
    waitFor(async () => (await committed()) > known, { timeoutMs: 60_000, what: `more than ${known} records` });

  const { child } = simulate();
  await waitFor(async () => Number((await db.query('select count(*) as n from pump_state')).rows[0].n) === pumps, {
    timeoutMs: 90_000,
    what: 'every pump is heard',
  });
  for (let round = 1; round <= 2; round += 1) {
    for (const name of ['broker', 'ingest', 'api'] as const) {
      await killAndStart(name);
      await moreThan((await committed()) + pumps / 4);
    }
  }
  child.kill('SIGINT');
  await waitFor(() => child.exitCode !== null, { timeoutMs: 15_000, what: 'the simulator ends' });

  const drained = simulate('--drain', '--json');
  await waitFor(() => drained.child.exitCode !== null, { timeoutMs: 90_000, what: 'everything is acknowledged' });
  const summary = JSON.parse(drained.output().trim().split('\n').at(-1) ?? '');
  expect(summary.acknowledged).toBe(summary.journaled);

  const { rows } = await db.query(`
    with record as (
      select pump_id, epoch_no, seq from telemetry union all select pump_id, epoch_no, seq from programme
      union all select pump_id, epoch_no, seq from delivery union all select pump_id, epoch_no, seq from bolus
      union all select pump_id, epoch_no, seq from limit_alert union all select pump_id, epoch_no, seq from device_event
      union all select pump_id, epoch_no, seq from alarm union all select pump_id, epoch_no, seq from gone where seq is not null
      union all select pump_id, epoch_no, seq from rejected_record where seq is not null)
    select count(*)::int as stored, count(distinct (pump_id, epoch_no, seq))::int as different,
           (select sum(up_to)::int from journal) as acknowledged,
           (select count(*)::int from alarm a where phase = 'start' and not exists
              (select from alert where alert.pump_id = a.pump_id and alert.epoch_no = a.epoch_no
                  and (alert.alarm = a.alarm or alert.times > 1))) as alarms_without_alert
      from record`);
  expect(rows[0]).toEqual({
    stored: summary.journaled,
    different: summary.journaled,
    acknowledged: summary.journaled,
    alarms_without_alert: 0,
  });
  process.stderr.write(
    `killed each twice: records journaled = ${summary.journaled}, committed = ${rows[0].stored}, doubled 0\n`,
  );
}, 300_000);
