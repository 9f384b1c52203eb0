import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type pg from 'pg';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { type ServiceAccount, shardOf, topicPrefix } from '#schemas/topics.ts';
import { type Broker, startBroker } from '../../broker/broker.ts';
import { readBrokerConfig } from '../../broker/config.ts';

export interface TestBroker extends Broker {
  dataDir: string;
  tokens: Record<ServiceAccount, string>;
  /** Ends the broker and starts another over the same data directory, on the same ports. */
  restart: (env?: Record<string, string>) => Promise<void>;
}

/** A broker on free ports with a data directory and service tokens of its own. The caller closes it. */
export async function testBroker(databaseUrl: string, env: Record<string, string> = {}): Promise<TestBroker> {
  const dataDir = mkdtempSync(join(tmpdir(), 'dripwatch-broker-'));
  const token = () => randomBytes(32).toString('hex');
  const tokens = { 'svc-ingest': token(), 'svc-api': token(), 'svc-watchdog': token(), 'svc-sim': token() };
  writeFileSync(join(dataDir, 'secrets.json'), JSON.stringify({ serviceTokens: tokens }), { mode: 0o600 });
  const settings = {
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    MQTT_PORT: '0',
    MQTTS_PORT: '0',
    BROKER_HTTP_PORT: '0',
    ...env,
  };
  const log = pino({ level: env.LOG_LEVEL ?? 'silent' });
  const first = await startBroker(readBrokerConfig(settings), { log });
  const { port, tlsPort, httpPort, url } = first;
  let current = first;
  return {
    port,
    tlsPort,
    httpPort,
    url,
    dataDir,
    tokens,
    restart: async (changed = {}) => {
      await current.close();
      const ports = { MQTT_PORT: `${port}`, MQTTS_PORT: `${tlsPort ?? 0}`, BROKER_HTTP_PORT: `${httpPort}` };
      current = await startBroker(readBrokerConfig({ ...settings, ...ports, ...changed }), { log });
    },
    close: async () => {
      await current.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Like {@link testBroker}, closed when the running test ends. */
export async function brokerForThisTest(databaseUrl: string, env: Record<string, string> = {}): Promise<TestBroker> {
  const broker = await testBroker(databaseUrl, env);
  onTestFinished(broker.close);
  return broker;
}

export interface TestPump {
  id: string;
  token: string;
  /** `dw/1/0f/PUMP-0001` */
  prefix: string;
  credentialId: string;
}

/** Puts a pump with one credential into the database. */
export async function provisionPump(db: pg.Pool, id: string): Promise<TestPump> {
  const shard = shardOf(createHash('sha256').update(id).digest()[0] ?? 0);
  await db.query(
    `insert into pump (pump_id, shard, model, serial) values ($1, $2, 'test', $1) on conflict (pump_id) do nothing`,
    [id, shard],
  );
  const token = randomBytes(32).toString('hex');
  const { rows } = await db.query<{ credential_id: string }>(
    'insert into credential (pump_id, token_hash) values ($1, $2) returning credential_id',
    [id, createHash('sha256').update(token).digest()],
  );
  return { id, token, prefix: topicPrefix(shard, id), credentialId: rows[0]?.credential_id ?? '' };
}

/** Connects once as a pump or a service; no reconnecting. @throws Error with the CONNACK's `code` when refused */
export async function connectAs(
  broker: Pick<Broker, 'url'>,
  account: { id: string; token: string },
  options: IClientOptions = {},
): Promise<MqttClient> {
  const client = await mqtt.connectAsync(
    broker.url,
    {
      clientId: account.id,
      username: account.id,
      password: account.token,
      protocolVersion: 4,
      keepalive: 30,
      reconnectPeriod: 0,
      ...options,
    },
    false,
  );
  // A link that the broker cuts shows as `close`; without a listener its error would end the test run.
  client.on('error', () => {});
  onTestFinished(() => void client.end(true));
  return client;
}

/** Connects as a service account. */
export function connectService(broker: TestBroker, account: ServiceAccount): Promise<MqttClient> {
  return connectAs(broker, { id: account, token: broker.tokens[account] });
}

/** Fulfilled when the broker has ended this connection. Ask before doing what ends it. */
export function untilClosed(client: MqttClient): Promise<void> {
  return new Promise((done) => client.once('close', () => done()));
}

/** Everything that this client is sent from now on, in order. */
export function collect(client: MqttClient): { topic: string; payload: Buffer; qos: number; retain: boolean }[] {
  const messages: ReturnType<typeof collect> = [];
  client.on('message', (topic, payload, { qos, retain }) => messages.push({ topic, payload, qos, retain }));
  return messages;
}

/** One of the broker's own numbers; labels as they stand in the metrics, for instance `reason="foreign-topic"`. */
export async function brokerMetric(broker: Broker, name: string, labels = ''): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${broker.httpPort}/metrics`)).text();
  const start = `dripwatch_broker_${name}${labels === '' ? '' : `{${labels}}`} `;
  const line = text.split('\n').find((candidate) => candidate.startsWith(start));
  return line === undefined ? 0 : Number(line.slice(start.length));
}
