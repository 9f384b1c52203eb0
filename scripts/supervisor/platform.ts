import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFlags } from '../node-flags.ts';
import { buildDashboard } from './build-dashboard.ts';
import { ensureCanary } from './canary.ts';
import type { SupervisorConfig } from './config.ts';
import { type Database, openDatabase } from './database.ts';
import { makeDemoCare } from './demo-care.ts';
import { claimPort, claimSpare } from './ports.ts';
import { stopLeftoverServices, takeDataDir } from './processes.ts';
import { ensureDemoPassword, ensureServiceTokens, writeWhole } from './secrets.ts';
import { type Service, type ServiceOptions, startService } from './service.ts';

/** Ends come in this order: the watchdog, whom a stop is no outage, then who sends first, who stores last. */
const stopOrder = ['watchdog', 'firmware-sim', 'broker', 'ingest', 'api'];

export interface PlatformOptions {
  config: SupervisorConfig;
  /** Everything else that services may read from the environment. */
  env: NodeJS.ProcessEnv;
  /** Simulated pumps; 0 for none. */
  pumps: number;
  /** The project's folder. */
  root: string;
  /** A line for the terminal. */
  say: (line: string) => void;
  /** Gives up a start that is under way. */
  signal: AbortSignal;
}

export interface Platform {
  url: string;
  databaseEngine: string;
  demo: { password: string };
  /** Stops everything in order, the database last. */
  close: () => Promise<void>;
  /** Stops everything at once; the database still closes its files properly. */
  kill: () => Promise<void>;
}

/**
 * Starts database, broker, ingest, api, simulator and watchdog over one data directory and keeps them running. What an earlier
 * run left behind is stopped first.
 *
 * @throws Error with a line or two for a person, or the signal's reason; whatever was started is stopped again
 */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { config, root, say, signal } = options;
  const dataDir = config.DATA_DIR;
  mkdirSync(join(dataDir, 'run'), { recursive: true, mode: 0o700 });
  const giveUpDataDir = takeDataDir(dataDir);
  const services: Service[] = [];
  const urlFile = join(dataDir, 'database.url');
  let database: Database | null = null;
  let closing = false;
  // While everything is being stopped, that links break is no news.
  const sayWhileRunning = (line: string) => {
    if (!closing) say(line);
  };

  const close = async () => {
    closing = true;
    for (const name of stopOrder) await services.find((service) => service.name === name)?.close();
    rmSync(urlFile, { force: true });
    await database?.close();
    giveUpDataDir();
  };

  try {
    const leftover = await stopLeftoverServices(join(dataDir, 'run'), stopOrder);
    if (leftover.length > 0) say(`stopped what an earlier run left behind: ${leftover.join(', ')}`);
    const ports = {
      MQTT_PORT: await claimPort('MQTT_PORT', config.MQTT_PORT, '127.0.0.1'),
      PORT: await claimPort('PORT', config.PORT, config.HOST),
      BROKER_HTTP_PORT: await claimSpare('BROKER_HTTP_PORT', config.BROKER_HTTP_PORT, 3001, '127.0.0.1'),
      INGEST_HTTP_PORT: await claimSpare('INGEST_HTTP_PORT', config.INGEST_HTTP_PORT, 3002, '127.0.0.1'),
      WATCHDOG_HTTP_PORT: await claimSpare('WATCHDOG_HTTP_PORT', config.WATCHDOG_HTTP_PORT, 3003, '127.0.0.1'),
    };
    const tokensFile = config.SERVICE_TOKENS_FILE ?? ensureServiceTokens(dataDir);
    const demo = ensureDemoPassword(dataDir, config.DEMO_PASSWORD);

    // Both are awaited even when one fails, so that whatever did start is known and stopped.
    const [opened, built] = await Promise.allSettled([openDatabase(config, say), buildDashboard(root, say, signal)]);
    if (opened.status === 'rejected') throw opened.reason;
    database = opened.value;
    if (built.status === 'rejected') throw built.reason;
    writeWhole(urlFile, `${database.url}\n`);
    await ensureCanary(database.url, join(dataDir, 'secrets.json'));

    const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
    const local = `http://${/^(0\.0\.0\.0|\[::\])$/.test(host) ? '127.0.0.1' : host}:${ports.PORT}`;
    const url = config.PUBLIC_URL ?? local;
    const { DEMO_PASSWORD: _kept, ...inherited } = options.env;
    const shared: NodeJS.ProcessEnv = {
      ...inherited,
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      SERVICE_TOKENS_FILE: tokensFile,
      MQTT_URL: options.env.MQTT_URL ?? `mqtt://127.0.0.1:${ports.MQTT_PORT}`,
      // HOST is the api's; the others only tell this machine how they are.
      HOST: '127.0.0.1',
    };
    for (const [name, port] of Object.entries(ports)) shared[name] = String(port);
    const problems: unknown[] = [];
    const failed = new AbortController();
    const start = async (name: string, args: string[], rest: Partial<ServiceOptions>) => {
      signal.throwIfAborted();
      const common = {
        cwd: root,
        dataDir,
        say: sayWhileRunning,
        signal: AbortSignal.any([signal, failed.signal]),
        readyWithinMs: 45_000,
        graceMs: 10_000,
        readyUrl: null,
        env: shared,
      };
      try {
        services.push(await startService({ ...common, name, args: [...(nodeFlags[name] ?? []), ...args], ...rest }));
      } catch (error) {
        problems.push(error);
        // The others may wait for this one: they give up.
        failed.abort();
      }
    };

    // At once, since each finds the others by itself.
    await Promise.all([
      start('broker', ['broker/main.ts'], { readyUrl: `http://127.0.0.1:${ports.BROKER_HTTP_PORT}/readyz` }),
      start('ingest', ['ingest/main.ts'], { readyUrl: `http://127.0.0.1:${ports.INGEST_HTTP_PORT}/readyz` }),
      start('api', ['api/main.ts'], {
        readyUrl: `${local}/readyz`,
        env: { ...shared, HOST: config.HOST, PUBLIC_URL: url, DEMO: '1', DEMO_PASSWORD: demo.password },
      }),
    ]);
    // The first is the reason; those after it gave up.
    if (problems.length > 0) throw problems[0];
    if (options.pumps > 0) {
      await makeDemoCare({ api: local, password: demo.password, pumps: options.pumps, signal }).catch(
        (error: unknown) => say(`the demo's patients could not all be made: ${String(error)}`),
      );
      await start('firmware-sim', [...simulatorArguments(options.pumps, local, demo.file, shared.MQTT_URL ?? '')], {
        graceMs: 5_000,
      });
      if (problems.length > 0) throw problems[0];
    }
    // Last, so that it finds everything at work.
    await start('watchdog', ['watchdog/main.ts'], {
      readyUrl: `http://127.0.0.1:${ports.WATCHDOG_HTTP_PORT}/readyz`,
      env: {
        ...shared,
        // It needs no database of its own.
        DATABASE_URL: undefined,
        WATCHDOG_BROKER_URL: `http://127.0.0.1:${ports.BROKER_HTTP_PORT}`,
        WATCHDOG_INGEST_URL: `http://127.0.0.1:${ports.INGEST_HTTP_PORT}`,
        WATCHDOG_API_URL: local,
      },
    });
    if (problems.length > 0) throw problems[0];
    return {
      url,
      databaseEngine: database.engine,
      demo,
      close,
      kill: async () => {
        for (const service of services) service.kill();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function simulatorArguments(pumps: number, apiUrl: string, passwordFile: string, brokerUrl: string): string[] {
  return [
    ...['firmware-sim/main.ts', 'fleet', '--pumps', String(pumps), '--api', apiUrl],
    ...['--user', 'technician@demo.dripwatch', '--password-file', passwordFile, '--broker', brokerUrl],
  ];
}
