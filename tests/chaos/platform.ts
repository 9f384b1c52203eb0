// The platform of a run: a private database, a broker, two ingest workers and an api, each a process of its own behind
// links that can be disturbed.
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startProcess, stopProcess } from '../support/processes.ts';
import { waitFor } from '../support/wait-for.ts';
import { type ChaosDatabase, startChaosDatabase } from './database.ts';
import { type MosquittoFiles, mosquittoCommand, writeMosquittoFiles } from './mosquitto.ts';
import { type LinkName, links, type ServiceName, services } from './schedule.ts';
import { startTcpLink, type TcpLink } from './tcp-link.ts';

/** A supervisor would wait as long before it starts a crashed service again. */
const crashPauseMs = 500;
export const demoPassword = 'demo password of a chaos run';

export type BrokerKind = 'aedes' | 'mosquitto';

/** What is done to ingest beside the faults of the schedule. */
export type IngestAtRisk = {
  /** Modules that are loaded into each worker before its own code. */
  imports: readonly string[];
  /** @returns the port at which ingest is to find the database, which listens at the given one */
  databasePort(port: number): Promise<number>;
  started(worker: ChildProcess): void;
  /** Whether this end was meant. */
  meant(worker: ChildProcess): boolean;
};

export type Platform = {
  folder: string;
  /** The database itself, past every link. */
  databaseUrl: string;
  apiUrl: string;
  /** The broker itself, past every link. */
  mqttPort: number;
  /** Where services answer for health and metrics; null: not at all (a foreign broker). */
  httpPorts: Readonly<Record<ServiceName, number | null>>;
  links: Record<LinkName, TcpLink>;
  /** SIGKILL, then started again at once. False when the service was not up. */
  kill(service: ServiceName): Promise<boolean>;
  /** SIGSTOP for a while: a process that believes that no time has passed. */
  freeze(service: ServiceName, ms: number): Promise<boolean>;
  /** The database's own process and disk. */
  database: Pick<ChaosDatabase, 'stop' | 'slowDisk' | 'fullDisk' | 'diskNotHere'>;
  /** Waits until everything that should run is ready. */
  settle(timeoutMs: number): Promise<void>;
  /** Resident memory of a service, bytes; null where /proc does not say. */
  memory(service: ServiceName): number | null;
  /** The process that runs now. */
  pid(service: ServiceName): number | undefined;
  /** Where /readyz and /metrics answer; null for a foreign broker. */
  httpPort(service: ServiceName): number | null;
  /** Tells a foreign broker which pumps there are. */
  admitPumps(credentials: readonly { username: string; token: string }[]): void;
  /** Services that ended although nobody killed them, in words. */
  readonly crashes: readonly string[];
  close(): Promise<void>;
};

export type PlatformOptions = {
  /** Services reach broker and database without a link between: for what is measured, not disturbed. */
  direct?: boolean;
  atRisk?: IngestAtRisk | null;
  /** The database on a disk that can be slow and full, where this machine allows one. */
  ownDisk?: boolean;
  /** The built dashboard, where browsers are to open it. */
  dashboardDir?: string;
};

/**
 * Starts all parts in `folder`.
 * @param log one line for a person
 */
export async function startPlatform(
  folder: string,
  broker: BrokerKind,
  log: (line: string) => void,
  { direct = false, atRisk = null, ownDisk = false, dashboardDir = join(folder, 'no-dashboard') }: PlatformOptions = {},
): Promise<Platform> {
  const dataDir = join(folder, 'data');
  const logs = join(folder, 'logs');
  for (const made of [dataDir, logs]) mkdirSync(made, { recursive: true, mode: 0o700 });
  const token = () => randomBytes(32).toString('hex');
  const serviceTokens = { 'svc-ingest': token(), 'svc-api': token(), 'svc-watchdog': token(), 'svc-sim': token() };
  writeFileSync(join(dataDir, 'secrets.json'), JSON.stringify({ serviceTokens }), { mode: 0o600 });

  const crashes: string[] = [];
  const database = await startChaosDatabase(folder, ownDisk, log, (words) => crashes.push(words));
  const { port: databasePort, url: databaseUrl } = database;

  const mqtt = await freePort();
  const brokerHttp = await freePort();
  const ingest1 = await freePort();
  const ingest2 = await freePort();
  const http = await freePort();
  const link: Record<LinkName, TcpLink> = {
    pumps: await startTcpLink(mqtt),
    services: await startTcpLink(mqtt),
    database: await startTcpLink(databasePort),
    screens: await startTcpLink(http),
  };
  const throughLink = new URL(databaseUrl);
  throughLink.port = `${link.database.port}`;
  const env = {
    DATABASE_URL: direct ? databaseUrl : throughLink.href,
    DATA_DIR: dataDir,
    LOG_LEVEL: 'info',
    MQTT_PORT: `${mqtt}`,
    MQTT_URL: `mqtt://127.0.0.1:${direct ? mqtt : link.services.port}`,
    BROKER_HTTP_PORT: `${brokerHttp}`,
    PORT: `${http}`,
    DASHBOARD_DIR: dashboardDir,
    DEMO: '1',
    DEMO_PASSWORD: demoPassword,
  };
  const ingestDatabase = new URL(env.DATABASE_URL);
  if (atRisk) ingestDatabase.port = `${await atRisk.databasePort(databasePort)}`;
  const httpPorts: Record<ServiceName, number | null> = {
    broker: broker === 'aedes' ? brokerHttp : null,
    'ingest-1': ingest1,
    'ingest-2': ingest2,
    api: http,
  };
  const foreign: MosquittoFiles | null =
    broker === 'mosquitto' ? writeMosquittoFiles(join(folder, 'mosquitto'), mqtt, serviceTokens) : null;

  const running = new Map<ServiceName, ChildProcess>();
  const asked = new Set<ChildProcess>();
  const outputs = Object.fromEntries(services.map((name) => [name, openSync(join(logs, `${name}.log`), 'a')]));
  const frozen = new Set<ServiceName>();
  let closing = false;

  const start = (service: ServiceName) => {
    const child = launch(service);
    running.set(service, child);
    child.once('exit', (code, signal) => {
      if (closing || asked.has(child)) return;
      if (atRisk?.meant(child)) {
        start(service);
        return;
      }
      crashes.push(`${service} ended by itself with ${signal ?? code}`);
      setTimeout(() => {
        if (!closing) start(service);
      }, crashPauseMs);
    });
    if (service.startsWith('ingest')) atRisk?.started(child);
  };
  const launch = (service: ServiceName): ChildProcess => {
    const output = outputs[service];
    if (service === 'broker' && foreign) return mosquittoCommand(foreign, output);
    const [module = ''] = service.split('-');
    if (module !== 'ingest') return startProcess(`${module}/main.ts`, [], env, output);
    const ownEnv = { ...env, DATABASE_URL: ingestDatabase.href, INGEST_HTTP_PORT: `${httpPorts[service]}` };
    return startProcess(`${module}/main.ts`, [], ownEnv, output, atRisk?.imports);
  };
  const isAlive = (service: ServiceName) => {
    const child = running.get(service);
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  };
  const answers = async (service: ServiceName, path: string) => {
    const port = httpPorts[service];
    if (port === null) return isAlive(service);
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(1_000) }).catch(
      () => null,
    );
    await reply?.body?.cancel();
    return reply?.ok ?? false;
  };

  const platform: Platform = {
    folder,
    databaseUrl,
    apiUrl: `http://127.0.0.1:${http}`,
    mqttPort: mqtt,
    httpPorts,
    links: link,
    crashes,
    database,
    async kill(service) {
      if (closing || frozen.has(service) || !(await answers(service, '/healthz'))) return false;
      const child = running.get(service);
      if (!child || !isAlive(service)) return false;
      const ended = once(child, 'exit');
      asked.add(child);
      child.kill('SIGKILL');
      await ended;
      if (!closing) start(service);
      return true;
    },
    async freeze(service, ms) {
      const child = running.get(service);
      if (closing || !child || frozen.has(service) || !(await answers(service, '/healthz'))) return false;
      frozen.add(service);
      child.kill('SIGSTOP');
      await pause(ms);
      child.kill('SIGCONT');
      frozen.delete(service);
      return true;
    },
    async settle(timeoutMs) {
      for (const one of links) link[one].mend();
      await database.settled();
      for (const service of services) {
        await waitFor(() => answers(service, '/readyz'), { timeoutMs, everyMs: 100, what: `${service} is ready` });
      }
    },
    memory(service) {
      const file = `/proc/${running.get(service)?.pid}/status`;
      if (!existsSync(file)) return null;
      const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(file, 'utf8'))?.[1];
      return kilobytes === undefined ? null : Number(kilobytes) * 1024;
    },
    pid: (service) => running.get(service)?.pid,
    httpPort: (service) => httpPorts[service],
    admitPumps(credentials) {
      const child = running.get('broker');
      if (!foreign) return;
      foreign.admit(credentials);
      child?.kill('SIGHUP');
    },
    async close() {
      closing = true;
      for (const service of frozen) running.get(service)?.kill('SIGCONT');
      for (const child of running.values()) await stopProcess(child);
      for (const one of links) await link[one].close();
      await database.close();
    },
  };
  try {
    for (const service of services) start(service);
    await platform.settle(60_000);
    return platform;
  } catch (error) {
    await platform.close();
    throw error;
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no free port on 127.0.0.1');
  return address.port;
}
