import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isAlive } from '../../scripts/database/leftover.ts';
import { livingPid, notePid, stopLeftoverServices, takeDataDir } from '../../scripts/supervisor/processes.ts';
import { type ServiceOptions, startService } from '../../scripts/supervisor/service.ts';
import { waitFor } from '../support/wait-for.ts';

function temporary(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'dripwatch-service-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  mkdirSync(join(dataDir, 'run'));
  return dataDir;
}

async function start(program: string, options: Partial<ServiceOptions> = {}) {
  const dataDir = temporary();
  const lines: string[] = [];
  writeFileSync(join(dataDir, 'program.mjs'), program);
  const service = await startService({
    name: 'thing',
    args: [join(dataDir, 'program.mjs')],
    env: { PATH: process.env.PATH },
    cwd: dataDir,
    dataDir,
    readyUrl: null,
    readyWithinMs: 10_000,
    graceMs: 5_000,
    say: (line) => lines.push(line),
    signal: new AbortController().signal,
    ...options,
  });
  onTestFinished(service.close);
  const pid = () => waitFor(() => livingPid(join(dataDir, 'run', 'thing.json')), { what: 'a running service' });
  return { service, dataDir, lines, pid };
}

const idle = 'setInterval(() => {}, 1000);';

test('a service that ends is started again, and the terminal says so', async () => {
  const { pid, lines } = await start(idle);
  const first = await pid();
  process.kill(first, 'SIGKILL');
  await waitFor(() => lines.some((line) => line === 'thing is running again'), { what: 'the restart' });
  expect(await pid()).not.toBe(first);
  expect(lines[0]).toBe('thing ended (SIGKILL); starting it again in 0.5 s');
});

test('a service that ends before it is ready is a failed start that quotes its last words', async () => {
  const program = 'console.error(\'PORT: got "x"; expected a port number\'); process.exit(1);';
  await expect(start(program, { readyUrl: 'http://127.0.0.1:9/readyz' })).rejects.toThrow(
    'thing ended before it was ready (exit code 1):\n  PORT: got "x"; expected a port number',
  );
});

test('a service that never gets ready is a failed start and is stopped', async () => {
  const program =
    "import { createServer } from 'node:http'; createServer((q, s) => s.writeHead(503).end('no database')).listen(process.env.LISTEN, '127.0.0.1');";
  const { claimPort } = await import('../../scripts/supervisor/ports.ts');
  const port = await claimPort('the port', 0, '127.0.0.1');
  const options = {
    readyUrl: `http://127.0.0.1:${port}/readyz`,
    readyWithinMs: 1_500,
    env: { PATH: process.env.PATH, LISTEN: String(port) },
  };
  await expect(start(program, options)).rejects.toThrow('thing was not ready after 1.5 s: it answers 503 no database');
  await expect(fetch(options.readyUrl)).rejects.toThrow();
});

test('warnings reach the terminal in short lines, everything reaches the log', async () => {
  const program = `
    setTimeout(() => {
      console.log(JSON.stringify({ level: 30, time: 1, msg: 'all is well' }));
      console.log(JSON.stringify({ level: 40, time: 1, msg: 'slow', err: { message: 'timeout' } }));
      console.error('not JSON at all');
    }, 300);
    ${idle}`;
  const { lines, dataDir } = await start(program);
  await waitFor(() => lines.length >= 2, { what: 'two lines' });
  expect(lines.sort()).toEqual(['thing: not JSON at all', 'thing: slow: timeout']);
  expect(readFileSync(join(dataDir, 'logs', 'thing.log'), 'utf8')).toContain('all is well');
});

test('a service that ignores SIGTERM is killed when its grace time is over', async () => {
  const program = `process.on('SIGTERM', () => {}); process.stdout.write('{"level":40,"msg":"deaf"}\\n'); ${idle}`;
  const { service, pid, dataDir, lines } = await start(program, { graceMs: 500 });
  const id = await pid();
  await waitFor(() => readFileSync(join(dataDir, 'logs', 'thing.log'), 'utf8').includes('deaf'), {
    what: 'the handler',
  });
  await service.close();
  expect(isAlive(id)).toBe(false);
  expect(lines).toContain('thing did not end in 0.5 s and is killed');
  expect(existsSync(join(dataDir, 'run', 'thing.json'))).toBe(false);
});

test('what a killed supervisor left behind is stopped, and a reused process number is not', async () => {
  const { pid, dataDir, service } = await start(idle);
  const id = await pid();
  const stranger = spawn(process.execPath, ['-e', idle], { stdio: 'ignore' });
  onTestFinished(() => void stranger.kill());
  writeFileSync(join(dataDir, 'run', 'other.json'), JSON.stringify({ pid: stranger.pid, startedAt: 'long ago' }));
  expect(await stopLeftoverServices(join(dataDir, 'run'), ['thing'])).toEqual(['thing']);
  expect(isAlive(id)).toBe(false);
  expect(stranger.pid !== undefined && isAlive(stranger.pid)).toBe(true);
  await service.close();
});

test('a data directory has one supervisor at a time', () => {
  const dataDir = temporary();
  const giveUp = takeDataDir(dataDir);
  expect(() => takeDataDir(dataDir)).toThrow(
    `Dripwatch already runs on ${dataDir} (process ${process.pid}); stop it first.`,
  );
  giveUp();
  notePid(join(dataDir, 'supervisor.json'), 2 ** 22 - 7);
  takeDataDir(dataDir)();
});
