import { resolve } from 'node:path';
import { pino } from 'pino';
import type { Api } from '../../api/api.ts';
import { readIngestConfig } from '../../ingest/config.ts';
import { type Ingest, startIngest } from '../../ingest/ingest.ts';
import { buildDashboard } from '../../scripts/supervisor/build-dashboard.ts';
import { testApi } from './api.ts';
import { type TestBroker, testBroker } from './broker.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { waitFor } from './wait-for.ts';

const root = resolve(import.meta.dirname, '../..');

export interface Stack {
  database: TestDatabase;
  broker: TestBroker;
  ingest: Ingest;
  api: Api;
  /** Where a browser or an HTTP client finds it. */
  url: string;
  close: () => Promise<void>;
}

export interface StackOptions {
  /** Serve the built dashboard; it is built first where it is not up to date. */
  dashboard?: boolean;
  /** Settings of single services, by their environment names. */
  env?: Record<string, string>;
  /** Puts on record what is there before any service starts: the api looks only every 30 s for pumps that it was not told of. */
  onRecord?: (database: TestDatabase) => Promise<void>;
}

/**
 * The whole platform in this process, on free ports, over a database of its own: broker, ingest and api are ready when this
 * returns. Call in `beforeAll` and its `close` in `afterAll`.
 */
export async function startStack({ dashboard = false, env = {}, onRecord }: StackOptions = {}): Promise<Stack> {
  const closes: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const one of closes.splice(0).reverse()) await one();
  };
  try {
    const database = await testDatabase();
    closes.push(database.close);
    await onRecord?.(database);
    const broker = await testBroker(database.url, env);
    closes.push(broker.close);
    const links = { DATABASE_URL: database.url, MQTT_URL: broker.url, DATA_DIR: broker.dataDir, INGEST_HTTP_PORT: '0' };
    const log = pino({ level: process.env.TEST_LOG ?? 'silent' });
    const ingest = await startIngest(readIngestConfig({ ...links, ...env }), { log });
    closes.push(ingest.close);
    if (dashboard) await buildDashboard(root, () => {}, new AbortController().signal);
    const dashboardDir: Record<string, string> = dashboard ? { DASHBOARD_DIR: resolve(root, 'dashboard/dist') } : {};
    const api = await testApi(broker, database.url, { ...dashboardDir, ...env });
    closes.push(api.close);
    await waitFor(async () => (await fetch(`http://127.0.0.1:${ingest.httpPort}/readyz`)).ok, {
      timeoutMs: 20_000,
      what: 'ingest is ready',
    });
    return { database, broker, ingest, api, url: api.url, close };
  } catch (error) {
    await close();
    throw error;
  }
}
