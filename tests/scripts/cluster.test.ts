import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { findInstalledTimescale } from '../../scripts/database/binaries.ts';
import { type ClusterOptions, startCluster } from '../../scripts/database/cluster.ts';
import { isAlive } from '../../scripts/database/leftover.ts';
import { removePlace } from '../../scripts/database/place.ts';
import { waitFor } from '../support/wait-for.ts';

const isRoot = process.getuid?.() === 0;

function dataDirectory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'dripwatch-cluster-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, 'data');
}

async function start(dataDir: string, options: Partial<ClusterOptions> = {}) {
  const cluster = await startCluster({ dataDir, engine: 'embedded', durable: false, ...options });
  onTestFinished(cluster.close);
  return cluster;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('data is still there after a clean stop and start', async () => {
  const dataDir = dataDirectory();
  const first = await start(dataDir);
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await first.close();
  expect(await first.ended).toBe('exit code 0');
  const second = await start(dataDir);
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('the log of a refused row holds none of its values', async () => {
  const dataDir = dataDirectory();
  const { url } = await start(dataDir);
  await query(url, 'CREATE TABLE patient (reference text UNIQUE)');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  const insert = () => client.query('INSERT INTO patient VALUES ($1)', ['MRN-4711']);
  await insert();
  await expect(insert()).rejects.toThrow('duplicate key');
  const log = () => readFileSync(join(dataDir, 'logs', 'database.log'), 'utf8');
  await waitFor(() => log().includes('STATEMENT:  INSERT INTO patient'));
  expect(log()).not.toContain('MRN-4711');
});

test('a server whose supervisor was killed is stopped and its data taken over', async () => {
  const dataDir = dataDirectory();
  const forgotten = await start(dataDir);
  await query(forgotten.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  const lines: string[] = [];
  const second = await start(dataDir, { log: (line) => lines.push(line) });
  expect(isAlive(forgotten.pid)).toBe(false);
  expect(lines.join()).toContain(`process ${forgotten.pid}`);
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('a server killed with -9 leaves a data directory that starts again', async () => {
  const dataDir = dataDirectory();
  const first = await start(dataDir);
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  process.kill(first.pid, 'SIGKILL');
  expect(await first.ended).toBe('SIGKILL');
  const second = await start(dataDir);
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('a pid file that names another program is ignored and that program left alone', async () => {
  const dataDir = dataDirectory();
  const first = await start(dataDir);
  await first.close();
  writeFileSync(join(dataDir, 'database', 'postmaster.pid'), `${process.pid}\n${join(dataDir, 'database')}\n`);
  const second = await start(dataDir);
  expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('an interrupted first start is made anew', async () => {
  const dataDir = dataDirectory();
  mkdirSync(join(dataDir, 'database.new', 'half-made'), { recursive: true });
  const cluster = await start(dataDir);
  expect(await query(cluster.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('nobody connects without the password of this data directory, which only its owner can read', async () => {
  const dataDir = dataDirectory();
  const cluster = await start(dataDir);
  await expect(query(cluster.url.replace(/:[^:@]+@/, ':guess@'), 'SELECT 1')).rejects.toThrow(
    /password authentication/,
  );
  expect(statSync(join(dataDir, 'database.password')).mode & 0o777).toBe(0o600);
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
});

test('a data directory stays with the engine and version that made it', async () => {
  const dataDir = dataDirectory();
  const cluster = await start(dataDir);
  await cluster.close();
  expect(readFileSync(join(dataDir, 'engine'), 'utf8')).toBe(`embedded ${cluster.major}\n`);
  const again = await start(dataDir, { engine: 'timescaledb' });
  expect(again.engine).toBe('embedded');
  await again.close();
  writeFileSync(join(dataDir, 'engine'), 'timescaledb 99\n');
  await expect(startCluster({ dataDir })).rejects.toThrow(
    /was made by PostgreSQL with TimescaleDB 99, which is not here/,
  );
});

test.runIf(isRoot)('root starts it in place below a folder closed to everybody else', async () => {
  const dataDir = dataDirectory();
  const closed = join(dataDir, '..');
  chmodSync(closed, 0o700);
  const cluster = await start(dataDir);
  expect(await query(cluster.url, 'SELECT current_user AS name')).toEqual([{ name: 'dripwatch' }]);
  expect(existsSync(join(dataDir, 'location'))).toBe(false);
  expect(statSync(join(dataDir, 'database')).uid).toBe(0);
});

test.runIf(isRoot)('where user namespaces are refused, the cluster moves to a folder of a system user', async () => {
  const dataDir = dataDirectory();
  const relocateTo = mkdtempSync(join('/var/lib', 'dripwatch-test-'));
  onTestFinished(() => rmSync(relocateTo, { recursive: true, force: true }));
  chmodSync(relocateTo, 0o755);
  const inPlace = await start(dataDir);
  await query(inPlace.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await inPlace.close();
  const moved = await start(dataDir, { runAs: 'system-user', relocateTo });
  const location = readFileSync(join(dataDir, 'location'), 'utf8').trim();
  expect(location.startsWith(`${relocateTo}/`)).toBe(true);
  expect(statSync(join(location, 'database')).uid).not.toBe(0);
  expect(await query(moved.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  await moved.close();
  const later = await start(dataDir, { relocateTo });
  expect(await query(later.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  await later.close();
  removePlace(dataDir);
  expect(existsSync(location)).toBe(false);
});

test('an installed PostgreSQL counts only with TimescaleDB, and the newest comes first', async () => {
  const root = dataDirectory();
  for (const [major, module] of [
    ['14', 'timescaledb.so'],
    ['15', 'plpgsql.so'],
    ['16', 'timescaledb.so'],
    ['17', 'timescaledb.so'],
  ] as const) {
    for (const folder of ['bin', 'lib'])
      mkdirSync(join(root, 'usr/lib/postgresql', major, folder), { recursive: true });
    writeFileSync(join(root, 'usr/lib/postgresql', major, 'bin/postgres'), '');
    writeFileSync(join(root, 'usr/lib/postgresql', major, 'lib', module), '');
  }
  expect(findInstalledTimescale(root).map((one) => one.major)).toEqual([17, 16]);
});

test('when the server dies, whoever started it is told', async () => {
  const cluster = await start(dataDirectory());
  let reason: string | null = null;
  cluster.ended.then((why) => {
    reason = why;
  });
  process.kill(cluster.pid, 'SIGQUIT');
  await waitFor(() => reason, { what: 'the end of the server' });
});
