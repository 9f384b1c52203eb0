import type { EventEmitter } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import type { Logger } from 'pino';
import { serviceTopics } from '#schemas/topics.ts';
import { cutSlow } from './authorize.ts';
import type { BrokerConfig } from './config.ts';
import { keepaliveLimitS } from './connect.ts';
import { openCredentials } from './credentials.ts';
import { createDecisions } from './decisions.ts';
import { FramingGuard, guardSocket } from './framing-guard.ts';
import { startHealthServer } from './health-server.ts';
import { aedesHooks } from './hooks.ts';
import { createLinks, type Link } from './links.ts';
import { openListeners } from './listeners.ts';
import { createMetrics } from './metrics.ts';
import { createQuietLog } from './quiet-log.ts';
import { createRefusals, type Refused } from './refusals.ts';
import { readServiceTokens } from './service-tokens.ts';
import { writeUnheld } from './unheld-writes.ts';

export interface Broker {
  /** Plain MQTT. */
  port: number;
  /** MQTTS; null without a certificate. */
  tlsPort: number | null;
  httpPort: number;
  /** `mqtt://…` of the plain listener, for services on this machine. */
  url: string;
  /** Cuts every link and ends; within 5 s also while the database is away. */
  close(): Promise<void>;
}

/** What a PUBLISH has between its fixed header and its payload: topic length, topic, packet id. */
const publishOverheadBytes = 256;
const connectMs = 10_000;
/** A service that reads nothing for so long is cut; those who publish to it may have to wait for it meanwhile. */
const drainMs = 10_000;
const maxTopicLevels = 10;

/**
 * Starts the broker: MQTT 3.1.1 with identity, access table and limits; nothing is kept beyond a connection.
 * @throws ConfigError for a setting that can't be used; Error when a port is taken
 */
export async function startBroker(config: BrokerConfig, deps: { log: Logger }): Promise<Broker> {
  const { log } = deps;
  const closers: (() => Promise<void>)[] = [];
  let closing: Promise<void> | null = null;
  const close = () => {
    closing ??= (async () => {
      for (const step of closers.reverse()) await step();
      log.info('broker closed');
    })();
    return closing;
  };

  try {
    await mkdir(config.DATA_DIR, { recursive: true, mode: 0o700 });
    const services = await readServiceTokens(config.SERVICE_TOKENS_FILE ?? join(config.DATA_DIR, 'secrets.json'));
    const quiet = createQuietLog();
    const links = createLinks();
    const metrics = createMetrics(links);
    const linkOf = new WeakMap<object, Link>();
    const guardOf = new WeakMap<object, FramingGuard>();

    const credentials = await openCredentials({
      databaseUrl: config.DATABASE_URL,
      dataDir: config.DATA_DIR,
      log,
      changed(stillValid) {
        for (const link of links.all()) {
          if (link.kind !== 'pump' || stillValid(link.account, link.credentialId)) continue;
          metrics.cut.inc();
          log.info({ client: link.clientId }, 'link cut: pump retired or credential revoked');
          link.conn.destroy();
        }
      },
    });
    closers.push(credentials.close);

    const refusals = createRefusals({ log, quiet, metrics, publish: (refused) => publishRefused(aedes, log, refused) });
    const decisions = createDecisions({
      log,
      quiet,
      links,
      metrics,
      refusals,
      services,
      credentials,
      admitted(conn, link) {
        linkOf.set(conn, link);
        guardOf.get(conn)?.admit(link.maxPayloadBytes + publishOverheadBytes);
        if (link.kind === 'pump') writeUnheld(conn, link.maxQueuedBytes, () => cutSlow(link, metrics));
      },
    });
    const hooks = aedesHooks(decisions, (hook, error) => {
      metrics.hookErrors.inc({ hook });
      quiet(`hook ${hook}`, (swallowed) => log.error({ hook, err: error, swallowed }, 'a decision failed and refused'));
    });
    const aedes = new Aedes({
      ...hooks,
      // Otherwise one frozen subscriber stalls every topic.
      concurrency: 0,
      connectTimeout: connectMs,
      drainTimeout: drainMs,
      keepaliveLimit: keepaliveLimitS,
      maxTopicLevels,
    });
    // Its type leaves this event out; without a listener it would end the process.
    const emitter: EventEmitter = aedes;
    emitter.on('error', (error: unknown) => log.error({ err: error }, 'aedes'));
    aedes.on('clientReady', (client) => {
      const link = links.of(client);
      // [MQTT-3.1.4-2] aedes has closed the older link, unless that was closing by itself at the same moment.
      for (const older of link ? links.others(link) : []) older.conn.destroy();
    });
    aedes.on('clientError', (client, error) => log.debug({ client: client.id, error: error.message }, 'link ended'));
    aedes.on('connectionError', (_client, error) => log.debug({ error: error.message }, 'link ended before CONNACK'));
    await aedes.listen();
    closers.push(() => new Promise((done) => aedes.close(() => done())));
    aedes.subscribe(
      serviceTopics.credentials,
      (_packet, done) => {
        credentials.refresh();
        done();
      },
      () => {},
    );

    const listeners = await openListeners(config, log, (socket) => {
      const guard = new FramingGuard();
      guardOf.set(socket, guard);
      guardSocket(socket, guard, ({ reason, bytes }) => {
        const link = linkOf.get(socket) ?? null;
        const detail = `${reason} (${bytes} bytes)`;
        if (link) refusals.list(reason, link, bytes, detail, null);
        else refusals.note(reason, null, detail);
      });
      aedes.handle(socket);
    });
    closers.push(listeners.close);

    const health = await startHealthServer({
      port: config.BROKER_HTTP_PORT,
      host: config.HOST,
      registry: metrics.registry,
      notReady: () => (credentials.loaded ? null : 'no credentials: no answer from the database, and no mirror'),
    });
    closers.push(health.close);

    const { port, tlsPort, url } = listeners;
    log.info({ port, tlsPort, httpPort: health.port }, 'broker listens');
    return { port, tlsPort, httpPort: health.port, url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function publishRefused(aedes: Aedes, log: Logger, refused: Refused): void {
  const packet = {
    cmd: 'publish',
    topic: serviceTopics.refused,
    payload: Buffer.from(JSON.stringify(refused)),
    // Higher ones are numbered before they are emitted, and what overtakes them meanwhile makes them look like doubles.
    qos: 0,
    retain: false,
    dup: false,
  } as const;
  aedes.publish(packet, (error) => {
    if (error) log.warn({ error: error.message, refused }, 'a refusal could not be listed');
  });
}
