import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openJournal } from '../../firmware-sim/journal/journal.ts';
import { fileStore } from '../../firmware-sim/journal/store.ts';
import { pumpIds } from '../../firmware-sim/run-fleet.ts';
import { type TestBroker, testBroker } from '../support/broker.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { acknowledgeAll, noApi, provisionFor, simFolder } from '../support/sim.ts';
import { waitFor } from '../support/wait-for.ts';

const root = resolve(import.meta.dirname, '../..');

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

function simulator(args: readonly string[], folder: string): { child: ChildProcess; output: () => string } {
  const where = ['--data-dir', folder, '--broker', broker.url, '--api', noApi];
  const child = spawn(process.execPath, ['scripts/run.mjs', 'firmware-sim/main.ts', ...args, ...where], {
    cwd: root,
    env: { ...process.env, DATA_DIR: folder },
  });
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    text += chunk;
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, output: () => text };
}

const exitOf = async (child: ChildProcess) => child.exitCode ?? (await once(child, 'exit'))[0];

async function folderFor(prefix: string, pumps: number): Promise<string> {
  const folder = simFolder();
  await provisionFor(
    folder,
    database,
    pumpIds(prefix, pumps).map(({ id }) => id),
  );
  return folder;
}

test.each([
  ['wrong use', ['fleet', '--pumps', 'many'], 2, '--pumps: got "many"; expected a whole number from 1 to 100000'],
  ['a file that is not there', ['replay', '/nowhere/x.csv'], 2, '/nowhere/x.csv: no such file'],
  ['no password', ['fleet', '--pumps', '1', '--prefix', 'NEW-'], 2, 'demo-password: no such file'],
])('%s ends with one line and its exit code', async (_, args, code, words) => {
  const { child, output } = simulator(args, simFolder());
  expect(await exitOf(child)).toBe(code);
  expect(output()).toContain(words);
  expect(output()).not.toContain('    at ');
});

test('a malformed file is refused with its place, and nothing is written or sent', async () => {
  const folder = simFolder();
  const file = join(folder, 'bad.csv');
  writeFileSync(
    file,
    'patient,infusion,offset_s,action,drug,dose,dose_unit,rate_ml_h,weight_kg\nP1,I1,0,start,x,,,fast,\n',
  );
  const data = join(folder, 'data');
  mkdirSync(data);
  const { child, output } = simulator(['replay', file], data);
  expect(await exitOf(child)).toBe(2);
  expect(output()).toContain(
    'bad.csv: line 2, column 8 (rate_ml_h): got "fast"; expected mL/h from 0 to 2000, or nothing',
  );
  expect(readdirSync(data)).toEqual([]);
});

test('told to stop it ends well within two seconds, and leaves whole journals', async () => {
  const folder = await folderFor('TERM-', 4);
  const platform = await acknowledgeAll(broker);
  const { child } = simulator(['fleet', '--pumps', '4', '--prefix', 'TERM-', '--quiet'], folder);
  await waitFor(() => platform.hellos.length === 4 && platform.cursor('TERM-0004').upTo > 50);
  const began = Date.now();
  child.kill('SIGTERM');
  expect(await exitOf(child)).toBe(0);
  expect(Date.now() - began).toBeLessThan(2_000);
  const journal = openJournal(
    fileStore(join(folder, 'journals/TERM-0004.journal'), 'close'),
    { capacity: 1e6 },
    () => 'x',
  );
  expect(journal.last).toBeGreaterThan(50);
  expect(existsSync(join(folder, 'TERM-lock'))).toBe(false);
});

test('killed again and again while it writes, no pump loses or repeats a number', async () => {
  const folder = await folderFor('KILL-', 3);
  const platform = await acknowledgeAll(broker);
  const args = ['fleet', '--pumps', '3', '--prefix', 'KILL-', '--quiet', '--history', '0'];
  const past = ['--speed', '600', '--minutes', '100000'];
  for (let round = 1; round <= 3; round += 1) {
    const { child } = simulator([...args, ...past], folder);
    const before = platform.cursor('KILL-0001').upTo;
    await waitFor(() => platform.cursor('KILL-0001').upTo > before + 40, { timeoutMs: 20_000 });
    child.kill('SIGKILL');
    await exitOf(child);
  }
  const drained = simulator([...args, '--drain', '--json'], folder);
  expect(await exitOf(drained.child)).toBe(0);
  const totals = JSON.parse(drained.output());
  expect(totals.acknowledged).toBe(totals.journaled);
  const stored = pumpIds('KILL-', 3).map(({ id }) => platform.records(id));
  expect(stored.reduce((sum, records) => sum + records.length, 0)).toBe(totals.journaled);
  for (const records of stored) {
    const inOrder = records.toSorted((a, b) => a.seq - b.seq);
    expect(inOrder.map(({ seq }) => seq)).toEqual(inOrder.map((_, index) => index + 1));
    const infused = new Map<number, number>();
    for (const record of inOrder) {
      if (record.kind !== 'sample' || !record.infusion) continue;
      expect(record.infusedMl ?? 0).toBeGreaterThanOrEqual(infused.get(record.infusion) ?? 0);
      infused.set(record.infusion, record.infusedMl ?? 0);
    }
  }
}, 90_000);

test('two simulators never write the same journals', async () => {
  const folder = await folderFor('LOCK-', 1);
  const platform = await acknowledgeAll(broker);
  const args = ['fleet', '--pumps', '1', '--prefix', 'LOCK-', '--quiet'];
  simulator(args, folder);
  await waitFor(() => platform.hellos.length === 1);
  const second = simulator(args, folder);
  expect(await exitOf(second.child)).toBe(1);
  expect(second.output()).toMatch(/process \d+ already runs the pumps LOCK-… of .*; choose others with --prefix/);
});

test('credentials are readable by their owner only', async () => {
  const folder = await folderFor('MODE-', 1);
  expect(statSync(join(folder, 'credentials/MODE-0001.json')).mode & 0o777).toBe(0o600);
});
