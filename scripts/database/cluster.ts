import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { EngineName } from './binaries.ts';
import { initialise, readOrMakePassword, serverEnvironment } from './initialise.ts';
import { stopLeftover, stopServer } from './leftover.ts';
import { findPlace, type Place, type PlaceOptions, parentOf, pinEngine } from './place.ts';
import { commandFor } from './run-as.ts';

export interface ClusterOptions extends PlaceOptions {
  /** Everything about the cluster lives here, except what `location` in it names. Made with mode 700. */
  dataDir: string;
  /** Called with a line for a person. */
  log?: (line: string) => void;
  /** False: no flushing to disk, so a power cut may cost the data. For tests. */
  durable?: boolean;
  /** A port to listen on; default: a free one. */
  port?: number;
}

export interface Cluster {
  /** `postgresql://…` on loopback with a password of its own, for the database `dripwatch`. */
  url: string;
  port: number;
  engine: EngineName;
  major: number;
  /** The server's process id. */
  pid: number;
  /** Fulfilled with a short reason when the server ends, asked for or not. */
  ended: Promise<string>;
  /** Ends the server after a clean shutdown; clients are disconnected at once. */
  close: () => Promise<void>;
}

const startDeadlineMs = 60_000;
const user = 'dripwatch';

/**
 * Starts a private PostgreSQL server over a data directory, making it first where it is new. A server left over from a
 * supervisor that was killed is stopped first. The server listens on loopback only.
 *
 * @throws Error with the reason, and the server's last words where it has some
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { dataDir, log = () => {}, durable = true } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const place = findPlace(dataDir, options);
  const password = readOrMakePassword(dataDir);
  const leftover = await stopLeftover(place.clusterDir);
  if (leftover !== null) log(`stopped a database server left over from an earlier run (process ${leftover})`);
  if (!existsSync(place.clusterDir)) {
    log(`making a database (${place.binaries.engine}, PostgreSQL ${place.binaries.major})`);
    pinEngine(dataDir, place.binaries);
    await initialise(place, user, password, durable);
  }

  const logFile = join(dataDir, 'logs', 'database.log');
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > 10_000_000) renameSync(logFile, `${logFile}.1`);
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const since = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
    const server = launch(place, port, logFile, durable);
    const url = `postgresql://${user}:${password}@127.0.0.1:${port}/dripwatch`;
    const problem = await untilReady(server, url.replace(/dripwatch$/, 'postgres'));
    if (problem === null && server.child.pid !== undefined) {
      await ensureDatabase(url);
      const { pid } = server.child;
      const { engine, major } = place.binaries;
      return { url, port, engine, major, pid, ended: server.ended, close: async () => stopServer(pid) };
    }
    if (server.child.pid !== undefined) await stopServer(server.child.pid);
    const words = readFileSync(logFile).subarray(since).toString('utf8').trim().split('\n').slice(-6).join('\n');
    // Backends of a killed server need a moment to notice; a port can be taken between choosing and binding.
    const passing = /pre-existing shared memory block|could not create any TCP\/IP sockets/.test(words);
    if (!passing || attempt === 5) throw new Error(`The database server did not start: ${problem}\n${words}`);
    await delay(500);
  }
}

interface Server {
  child: ChildProcess;
  ended: Promise<string>;
}

function launch(place: Place, port: number, logFile: string, durable: boolean): Server {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    max_connections: '200',
    shared_buffers: '128MB',
    // A report over months may take one processor, not those that an alarm's commit needs.
    max_parallel_workers_per_gather: '0',
    // A refused row's values stand in DETAIL and CONTEXT, a patient's reference among them: not in a log.
    log_error_verbosity: 'terse',
    // A link cut in the middle of a transaction must free its locks soon.
    tcp_keepalives_idle: '5',
    tcp_keepalives_interval: '2',
    tcp_keepalives_count: '3',
  };
  if (place.binaries.engine === 'timescaledb') {
    settings.shared_preload_libraries = 'timescaledb';
    settings['timescaledb.telemetry_level'] = 'off';
    settings['timescaledb.max_background_workers'] = '16';
    settings.max_worker_processes = '40';
  }
  if (!durable) Object.assign(settings, { fsync: 'off', full_page_writes: 'off' });
  const args = ['-D', place.clusterDir];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);

  const {
    command,
    args: commandArgs,
    identity,
  } = commandFor(place.runAs, join(place.binaries.binDir, 'postgres'), args);
  const output = openSync(logFile, 'a', 0o600);
  // Its own process group: a terminal's Ctrl-C must not reach it before the services are down.
  const child = spawn(command, commandArgs, {
    ...identity,
    cwd: parentOf(place),
    detached: true,
    stdio: ['ignore', output, output],
    env: serverEnvironment(),
  });
  closeSync(output);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  return { child, ended };
}

/** Waits for the server to answer; the reason when it does not. */
async function untilReady(server: Server, url: string): Promise<string | null> {
  const deadline = Date.now() + startDeadlineMs;
  let ended: string | null = null;
  server.ended.then((reason) => {
    ended = reason;
  });
  for (;;) {
    if (ended !== null) return ended;
    const answer = await ask(url);
    if (answer === null) return null;
    if (Date.now() > deadline) return `no answer in ${startDeadlineMs / 1000} s (${answer})`;
    await delay(30);
  }
}

async function ask(url: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // Without a listener an error on an idle connection would end this process.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await client.end();
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url.replace(/dripwatch$/, 'postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = 'dripwatch'");
    if (rowCount === 0) await client.query('CREATE DATABASE dripwatch');
  } finally {
    await client.end();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1.');
  return address.port;
}
