import { randomBytes, randomInt } from 'node:crypto';
import mqtt from 'mqtt';
import type { Logger } from 'pino';
import { canaryEcho } from '#schemas/messages/live.ts';
import { serviceTopics } from '#schemas/topics.ts';

const echoPattern = /^dw\/1\/live\/[^/]+\/canary$/;
/** What a worker said longer ago is no news of its database. */
const heardLatelyMs = 20_000;

export type ServiceLink = {
  linked(): boolean;
  /** Sends a canary that every ingest worker echoes. */
  sendCanary(): void;
  /** Ages in ms, null: never heard. */
  heard(): { echoAgeMs: number | null; apiEchoAgeMs: number | null; databaseDownSince: number | null };
  close(): Promise<void>;
};

/** The account svc-watchdog: sends canaries of its own and hears ingest's echoes to them and to those of the api. */
export function linkAsService(
  { mqttUrl, tlsCa, token }: { mqttUrl: string; tlsCa: Buffer | null; token: string },
  log: Logger,
): ServiceLink {
  const name = `watchdog-${randomBytes(4).toString('hex')}`;
  const client = mqtt.connect(mqttUrl, {
    protocolVersion: 4,
    clientId: `svc-${name}`,
    username: 'svc-watchdog',
    password: token,
    clean: true,
    keepalive: 10,
    connectTimeout: 5_000,
    reconnectPeriod: randomInt(500, 1_500),
    reconnectOnConnackError: true,
    queueQoSZero: false,
    resubscribe: false,
    ...(tlsCa === null ? {} : { ca: tlsCa }),
  });
  let n = 0;
  let subscribed = false;
  let echoAt: number | null = null;
  let apiEchoAt: number | null = null;
  const workers = new Map<string, { at: number; databaseDownSince: number | null }>();

  client.on('connect', () => {
    client.subscribe(serviceTopics.allLive, { qos: 0 }, (error, granted) => {
      if (error) log.warn({ err: error }, 'the live topics could not be subscribed');
      else if (granted?.some(({ qos }) => qos === 128)) log.error('the broker refuses the live topics to svc-watchdog');
      else subscribed = true;
    });
  });
  client.on('close', () => {
    subscribed = false;
  });
  client.on('error', (error) => log.debug({ err: error }, 'no link to the broker'));
  client.on('message', (topic, payload) => {
    if (!echoPattern.test(topic)) return;
    const echo = canaryEcho.safeParse(parse(payload)).data;
    if (echo === undefined) return;
    const now = performance.now();
    if (echo.api === name) echoAt = now;
    else if (!echo.api.startsWith('watchdog-')) apiEchoAt = now;
    workers.set(echo.worker, { at: now, databaseDownSince: echo.databaseDownSince });
  });

  return {
    linked: () => subscribed && client.connected,
    sendCanary: () => {
      n += 1;
      if (client.connected) client.publish(serviceTopics.canary(name), JSON.stringify({ api: name, n }), { qos: 0 });
    },
    heard: () => {
      const now = performance.now();
      for (const [worker, { at }] of workers) if (now - at > heardLatelyMs) workers.delete(worker);
      const downs = [...workers.values()].flatMap(({ databaseDownSince }) => databaseDownSince ?? []);
      return {
        echoAgeMs: echoAt === null ? null : now - echoAt,
        apiEchoAgeMs: apiEchoAt === null ? null : now - apiEchoAt,
        databaseDownSince: downs.length === 0 ? null : Math.min(...downs),
      };
    },
    close: () => client.endAsync(true).then(() => undefined),
  };
}

function parse(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return null;
  }
}
