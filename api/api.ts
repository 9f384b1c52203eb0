import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { answerAlert } from './alert-answers.ts';
import { buildApp } from './app.ts';
import { createSealer } from './audit/sealer.ts';
import { createBrokerLink } from './broker-link.ts';
import { type ApiConfig, readServiceToken } from './config.ts';
import { createDatabase, isDatabaseAway } from './database.ts';
import { makeDemoUsers } from './demo-users.ts';
import type { ApiDeps } from './deps.ts';
import { createDistributor } from './distribution/distributor.ts';
import { keepDowntimeFile } from './downtime/file.ts';
import { createSelfAlerts } from './escalation/self-alerts.ts';
import { createEscalation } from './escalation/worker.ts';
import { publishDemoLibrary } from './library/demo.ts';
import { createDatabaseWatch } from './live/database-watch.ts';
import { createLive } from './live/live.ts';
import { createMetrics } from './metrics.ts';
import { createNotify } from './notify/notify.ts';
import { putDemoOnCall } from './on-call/demo.ts';
import { createFailedSignIns } from './sessions/failed-sign-ins.ts';
import { createPasswords } from './sessions/password.ts';
import { createSessions } from './sessions/sessions.ts';

export type Api = { port: number; url: string; close(): Promise<void> };

/**
 * Makes everything the api works with, without any IO.
 * @param token the api's own MQTT token
 * @param publicUrl asked at each request, since a port of 0 is known only once listening
 * @param now the time, ms since 1970
 */
export function createApiParts(
  config: ApiConfig,
  token: string,
  log: Logger,
  publicUrl: () => URL,
  now: () => number = Date.now,
) {
  const name = randomBytes(4).toString('hex');
  const url = config.DATABASE_URL;
  const metrics = createMetrics();
  const db = createDatabase(
    { url, connections: 8, statementTimeoutMs: 10_000, connectTimeoutMs: 3_000, name: 'dripwatch-api' },
    log,
  );
  // What screens are fed with never queues behind reports.
  const liveDb = createDatabase(
    { url, connections: 3, statementTimeoutMs: 5_000, connectTimeoutMs: 2_000, name: 'dripwatch-api-live' },
    log,
  );
  const notify = createNotify(config, { log, metrics, publicUrl });
  const sessions = createSessions(db, { demo: config.DEMO, now });
  const broker = createBrokerLink({ url: config.MQTT_URL, token, name }, log);
  const sealer = createSealer(liveDb, log);
  const distributor = createDistributor({ db, broker }, log);
  const databaseWatch = createDatabaseWatch(
    { url, name: 'dripwatch-api-probe' },
    {
      now,
      log,
      changed: (up) => {
        if (!up) return;
        live.feedHint();
        escalation.resume();
      },
    },
  );
  const live = createLive({
    db: liveDb,
    broker,
    sessions,
    databaseWatch,
    metrics,
    now,
    log,
    seen: (signedIn, id) => {
      const input = { kind: 'seen', by: signedIn.user.id } as const;
      return answerAlert({ db, feedChanged: () => live.feedHint() }, signedIn, id, { action: 'seen', input });
    },
  });
  // Its own: a flood of alerts to be answered for never waits for screens or reports.
  const escalationDb = createDatabase(
    { url, connections: 2, statementTimeoutMs: 5_000, connectTimeoutMs: 2_000, name: 'dripwatch-api-escalation' },
    log,
  );
  const escalation = createEscalation({ db: escalationDb, log, feedChanged: () => live.feedHint() });
  const selfAlerts = createSelfAlerts({ db: escalationDb, now, log, feedChanged: () => live.feedHint() });
  const state = { prepared: false };
  const deps: ApiDeps = {
    config,
    db,
    broker,
    sessions,
    passwords: createPasswords(),
    failedSignIns: createFailedSignIns(),
    databaseWatch,
    live,
    notify,
    metrics,
    log,
    now,
    publicUrl,
    prepared: () => state.prepared,
    escalating: () => escalation.isOnTime(),
  };
  return {
    deps,
    liveDb,
    escalationDb,
    escalation,
    selfAlerts,
    sealer,
    distributor,
    prepared: () => (state.prepared = true),
  };
}

/**
 * Starts the api: listens at once and stays up whether or not database and broker answer; `/readyz` tells.
 * @throws ConfigError for a missing token file; the listen error where the port is taken
 */
export async function startApi(config: ApiConfig, { log, now }: { log: Logger; now?: () => number }): Promise<Api> {
  let url = new URL(config.PUBLIC_URL ?? `http://${config.HOST}:${config.PORT}`);
  const { deps, liveDb, escalationDb, escalation, selfAlerts, sealer, distributor, prepared } = createApiParts(
    config,
    readServiceToken(config),
    log,
    () => url,
    now,
  );
  const { db, broker, live, notify, databaseWatch } = deps;
  const app = await buildApp(deps);
  await app.listen({ port: config.PORT, host: config.HOST });
  const port = portOf(app.server.address());
  if (config.PUBLIC_URL === undefined) url = new URL(`http://${hostInUrl(config.HOST)}:${port}`);

  const stopping = new AbortController();
  broker.start();
  databaseWatch.start();
  live.start();
  sealer.start();
  const downtimeFile = keepDowntimeFile(db, config.DOWNTIME_DIR ?? join(config.DATA_DIR, 'downtime'), deps);
  downtimeFile.start();
  escalation.start();
  selfAlerts.start();
  distributor.start();
  notify.start();
  const preparation = prepare().then(prepared, (error: unknown) => {
    if (!stopping.signal.aborted) log.error({ err: error }, 'the demo users and library could not be made');
  });

  async function prepare(): Promise<void> {
    const password = config.DEMO_PASSWORD;
    if (!config.DEMO || password === undefined) return;
    for (;;) {
      try {
        await makeDemoUsers(db, deps.passwords, password);
        await putDemoOnCall(db);
        return await publishDemoLibrary(db, deps.now);
      } catch (error) {
        if (!isDatabaseAway(error)) throw error;
        await delay(500, undefined, { signal: stopping.signal });
      }
    }
  }

  log.info({ url: url.href }, 'the api listens');
  return {
    port,
    url: url.href.replace(/\/$/, ''),
    close: async () => {
      stopping.abort();
      live.closeScreens();
      await app.close();
      await live.close();
      await distributor.close();
      await broker.close();
      await preparation;
      await notify.close();
      await selfAlerts.close();
      await escalation.close();
      await escalationDb.close();
      await downtimeFile.close();
      await sealer.close();
      await databaseWatch.close();
      await liveDb.close();
      await db.close();
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return address.port;
}

/** What a browser on this machine calls the address that we listen on. */
function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
