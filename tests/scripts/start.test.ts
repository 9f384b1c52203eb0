import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { isAlive } from '../../scripts/database/leftover.ts';
import { buildDashboard } from '../../scripts/supervisor/build-dashboard.ts';
import { livingPid } from '../../scripts/supervisor/processes.ts';
import { Person } from '../support/api.ts';
import { waitFor } from '../support/wait-for.ts';

const root = resolve(import.meta.dirname, '../..');
const pumpList = z.object({ items: z.array(z.object({ presence: z.string() })) });
const services = ['broker', 'ingest', 'api', 'firmware-sim', 'watchdog'];

beforeAll(async () => {
  await buildDashboard(root, () => {}, new AbortController().signal);
}, 120_000);

function dataDirectory(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'dripwatch-start-'));
  onTestFinished(async () => {
    // What a failed test leaves running would write into the folder for ever.
    const pids = [...services.map((name) => livingPid(join(dataDir, 'run', `${name}.json`))), databasePid(dataDir)];
    for (const pid of pids) if (pid !== null) process.kill(pid, 'SIGKILL');
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });
  return dataDir;
}

function databasePid(dataDir: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(join(dataDir, 'database', 'postmaster.pid'), 'utf8'), 10);
    return isAlive(pid) ? pid : null;
  } catch {
    return null;
  }
}

/** `npm start` over a data directory, as the launcher runs it. */
function start(dataDir: string, args: string[] = [], env: Record<string, string> = {}) {
  const ports = { MQTT_PORT: '0', PORT: '0', BROKER_HTTP_PORT: '0', INGEST_HTTP_PORT: '0', WATCHDOG_HTTP_PORT: '0' };
  const child = spawn(process.execPath, ['scripts/run.mjs', 'scripts/start.ts', ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir, ...ports, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, lines };
}

async function untilRunning({ child, lines }: ReturnType<typeof start>): Promise<{ url: string; password: string }> {
  return await waitFor(
    () => {
      if (child.exitCode !== null) throw new Error(`it ended:\n${lines.join('\n')}`);
      const url = /Dripwatch runs: (\S+)/.exec(lines.join('\n'))?.[1];
      const password = /password {2}(\S+)/.exec(lines.join('\n'))?.[1];
      return url !== undefined && password !== undefined ? { url, password } : null;
    },
    { timeoutMs: 60_000, what: 'the welcome' },
  );
}

async function untilEnded(child: ChildProcess): Promise<number | null> {
  return await waitFor(() => (child.exitCode === null && child.signalCode === null ? null : { code: child.exitCode }), {
    timeoutMs: 30_000,
    what: 'the end of npm start',
  }).then(({ code }) => code);
}

async function recordsJournaled(dataDir: string): Promise<{ committed: number; stored: number }> {
  const client = new pg.Client({ connectionString: readFileSync(join(dataDir, 'database.url'), 'utf8').trim() });
  await client.connect();
  try {
    const { rows } = await client.query<{ committed: string; stored: string }>(`
      select coalesce(sum(up_to), 0) as committed,
             (select count(*) from (select distinct pump_id, epoch_no, seq from telemetry) t) as stored from journal`);
    return { committed: Number(rows[0]?.committed), stored: Number(rows[0]?.stored) };
  } finally {
    await client.end();
  }
}

test('npm start brings live pumps, Ctrl-C stops everything, and the next start goes on with the same data', async () => {
  const dataDir = dataDirectory();
  const first = start(dataDir, ['--pumps', '3']);
  const { url, password } = await untilRunning(first);
  const person = await Person.signIn({ url }, 'clinician@demo.dripwatch', password);
  await waitFor(
    async () => {
      const { items } = pumpList.parse((await person.get('/pumps')).body);
      return items.filter((pump) => pump.presence === 'online').length === 3;
    },
    { timeoutMs: 30_000, what: 'three live pumps' },
  );
  const page = await fetch(url, { headers: { accept: 'text/html' } });
  expect(page.headers.get('content-type')).toContain('text/html');
  const before = await waitFor(
    async () => {
      const counted = await recordsJournaled(dataDir);
      return counted.committed > 0 ? counted : null;
    },
    { what: 'committed records' },
  );
  const pids = services.map((name) => livingPid(join(dataDir, 'run', `${name}.json`)) ?? 0);
  expect(pids.every((pid) => pid > 0)).toBe(true);
  const database = databasePid(dataDir) ?? 0;

  first.child.kill('SIGINT');
  expect(await untilEnded(first.child)).toBe(0);
  expect([...pids, database].filter(isAlive)).toEqual([]);
  expect(first.lines.at(-1)).toBe('Stopped.');

  const second = start(dataDir, ['--pumps', '3']);
  const again = await untilRunning(second);
  expect(again.password).toBe(password);
  expect((await recordsJournaled(dataDir)).committed).toBeGreaterThanOrEqual(before.committed);
  const later = await Person.signIn(again, 'clinician@demo.dripwatch', password);
  expect(pumpList.parse((await later.get('/pumps')).body).items).toHaveLength(3);
  second.child.kill('SIGTERM');
  expect(await untilEnded(second.child)).toBe(0);
}, 180_000);

test('a second npm start on the same data says who has it, and one after kill -9 takes over', async () => {
  const dataDir = dataDirectory();
  const first = start(dataDir, ['--no-sim']);
  await untilRunning(first);
  const second = start(dataDir, ['--no-sim']);
  expect(await untilEnded(second.child)).toBe(1);
  expect(second.lines).toEqual([`Dripwatch already runs on ${dataDir} (process ${first.child.pid}); stop it first.`]);

  first.child.kill('SIGKILL');
  await untilEnded(first.child);
  const third = start(dataDir, ['--no-sim']);
  await untilRunning(third);
  expect(third.lines).toContain('stopped what an earlier run left behind: watchdog, broker, ingest, api');
  third.child.kill('SIGINT');
  expect(await untilEnded(third.child)).toBe(0);
}, 180_000);

test('a wrong setting of a service ends the start with the line that the service gave', async () => {
  const dataDir = dataDirectory();
  const { child, lines } = start(dataDir, ['--no-sim'], { MQTT_PLAIN: 'perhaps' });
  expect(await untilEnded(child)).toBe(1);
  expect(lines.join('\n')).toContain(
    'broker ended before it was ready (exit code 1):\n  MQTT_PLAIN: got "perhaps"; expected allow',
  );
  expect(databasePid(dataDir)).toBe(null);
}, 90_000);
