import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseStartArguments } from '../../scripts/supervisor/arguments.ts';
import { claimPort, claimSpare } from '../../scripts/supervisor/ports.ts';
import { resetDataDir } from '../../scripts/supervisor/reset.ts';
import { ensureDemoPassword, ensureServiceTokens } from '../../scripts/supervisor/secrets.ts';
import { calmly, lineForTerminal } from '../../scripts/supervisor/terminal-lines.ts';

function temporary(): string {
  const dir = mkdtempSync(join(tmpdir(), 'dripwatch-start-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

test.each([
  [[], { pumps: 24, reset: false, help: false }],
  [['--pumps', '200'], { pumps: 200, reset: false, help: false }],
  [['--pumps=1', '--reset'], { pumps: 1, reset: true, help: false }],
  [['--no-sim'], { pumps: 0, reset: false, help: false }],
  [['--help'], { pumps: 24, reset: false, help: true }],
])('npm start -- %j is understood', (args, expected) => {
  expect(parseStartArguments(args)).toEqual(expected);
});

test.each([
  [['--pumps'], '--pumps: got “”; expected a number from 1 to 5000'],
  [['--pumps', '0'], '--pumps: got “0”; expected a number from 1 to 5000'],
  [['--pumps', '5001'], '--pumps: got “5001”; expected a number from 1 to 5000'],
  [['--pumps=2.5'], '--pumps: got “2.5”; expected a number from 1 to 5000'],
  [['--no-sim', '--pumps', '3'], '--no-sim and --pumps contradict each other'],
  [['--reset=yes'], '--reset takes no value; see npm start -- --help'],
  [['pumps'], 'unknown argument “pumps”; see npm start -- --help'],
])('npm start -- %j is refused with a reason', (args, message) => {
  expect(() => parseStartArguments(args)).toThrow(message);
});

test('a taken port is reported with the variable that moves it', async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  onTestFinished(() => void server.close());
  await expect(claimPort('MQTT_PORT', port, '127.0.0.1')).rejects.toThrow(
    `Port ${port} is taken by another program: set MQTT_PORT to another one.`,
  );
  // One that nobody needs to know moves by itself, unless it was asked for.
  const spare = await claimSpare('BROKER_HTTP_PORT', undefined, port, '127.0.0.1');
  expect(spare).toBeGreaterThan(0);
  expect(spare).not.toBe(port);
  expect(await claimSpare('BROKER_HTTP_PORT', undefined, spare, '127.0.0.1')).toBe(spare);
  await expect(claimSpare('BROKER_HTTP_PORT', port, 3001, '127.0.0.1')).rejects.toThrow('set BROKER_HTTP_PORT');
});

test('secrets are random, kept, and readable by their owner only', () => {
  const [one, other] = [temporary(), temporary()];
  const file = ensureServiceTokens(one);
  const before = readFileSync(file, 'utf8');
  expect(ensureServiceTokens(one)).toBe(file);
  expect(readFileSync(file, 'utf8')).toBe(before);
  expect(readFileSync(ensureServiceTokens(other), 'utf8')).not.toBe(before);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  // What else the file holds, the canary pump's token, outlives a new service account.
  const { serviceTokens, ...kept } = { ...JSON.parse(before), canary: { pump: 'CANARY-1', token: 'kept' } };
  writeFileSync(file, JSON.stringify({ ...kept, serviceTokens: { ...serviceTokens, 'svc-watchdog': undefined } }));
  ensureServiceTokens(one);
  const after = JSON.parse(readFileSync(file, 'utf8'));
  expect(after.canary).toEqual(kept.canary);
  expect(after.serviceTokens['svc-ingest']).toBe(serviceTokens['svc-ingest']);
  expect(after.serviceTokens['svc-watchdog']).toHaveLength(43);
  const { password, file: passwordFile } = ensureDemoPassword(one, undefined);
  expect(password.length).toBeGreaterThanOrEqual(16);
  expect(statSync(passwordFile).mode & 0o777).toBe(0o600);
  expect(ensureDemoPassword(one, undefined).password).toBe(password);
  expect(ensureDemoPassword(one, 'given by a person').password).toBe('given by a person');
  expect(ensureDemoPassword(other, undefined).password).not.toBe(password);
});

test('a reset deletes what is ours, says so, and leaves other files alone', async () => {
  const dataDir = temporary();
  ensureServiceTokens(dataDir);
  ensureDemoPassword(dataDir, undefined);
  mkdirSync(join(dataDir, 'database', 'base'), { recursive: true });
  writeFileSync(join(dataDir, 'engine'), 'embedded 18\n');
  writeFileSync(join(dataDir, 'thesis.txt'), 'not ours');
  const { deleted, kept } = await resetDataDir(dataDir);
  expect(deleted.map((path) => path.slice(dataDir.length + 1)).sort()).toEqual([
    'database',
    'demo-password',
    'engine',
    'secrets.json',
  ]);
  expect(kept).toEqual([join(dataDir, 'thesis.txt')]);
  expect(readdirSync(dataDir)).toEqual(['thesis.txt']);
});

test.each([
  ['{"level":30,"msg":"started"}', null],
  ['{"level":40,"msg":"slow"}', 'slow'],
  ['{"level":50,"msg":"cannot write","err":{"message":"disk full"}}', 'cannot write: disk full'],
  ['{"level":50,"err":{"message":"disk full"}}', 'disk full'],
  ['{"level":50,"msg":"disk full","err":{"message":"disk full"}}', 'disk full'],
  ['Error: last words', 'Error: last words'],
  ['{"some":"object"}', '{"some":"object"}'],
  ['   ', null],
])('of the log line %s the terminal shows %j', (line, shown) => {
  expect(lineForTerminal(line)).toBe(shown);
});

test('a line that repeats is shown once in a while, with how often it came', () => {
  const lines: string[] = [];
  let now = 0;
  const say = calmly((line) => lines.push(line), { everyMs: 10_000, now: () => now });
  for (; now < 10_000; now += 1_000) say(`broker: refused pump ${now}`);
  say('api: something else');
  say(`broker: refused pump ${now}`);
  expect(lines).toEqual([
    'broker: refused pump 0',
    'api: something else',
    'broker: refused pump 10000 (and 9 more like it)',
  ]);
});
