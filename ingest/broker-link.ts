import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import mqtt from 'mqtt';
import type { Logger } from 'pino';
import * as z from 'zod';
import { ConfigError } from '#schemas/config.ts';
import { shardFilter } from '#schemas/topics.ts';
import type { IngestConfig } from './config.ts';

// The link to the broker: QoS 0 both ways, since the pumps' journals recover what a broken link drops. Always read,
// never block the socket.

export type BrokerLink = {
  /** Subscribed, as far as the broker said. */
  isUp: () => boolean;
  publish: (topic: string, payload: string, qos?: 0 | 1) => void;
  subscribe: (shards: readonly number[]) => Promise<void>;
  unsubscribe: (shards: readonly number[]) => Promise<void>;
  close: () => Promise<void>;
};

const tokensFile = z.object({ serviceTokens: z.object({ 'svc-ingest': z.string() }) });

async function readToken(path: string): Promise<string> {
  const read = await readFile(path, 'utf8').then(
    (text) => tokensFile.safeParse(JSON.parse(text)),
    () => null,
  );
  if (read?.success) return read.data.serviceTokens['svc-ingest'];
  throw new ConfigError(`SERVICE_TOKENS_FILE: got ${path}; expected a JSON file with serviceTokens["svc-ingest"]`);
}

/**
 * Connects and stays connected. `onMessage` is called for each message, with its time of arrival in ms since 1970.
 * @param alwaysTopics subscribed from the first connection on, beside the shards
 */
export async function linkToBroker(
  config: Pick<IngestConfig, 'mqttUrl' | 'serviceTokensFile' | 'tlsCa'>,
  log: Logger,
  alwaysTopics: readonly string[],
  onMessage: (topic: string, payload: Buffer, receivedAt: number) => void,
): Promise<BrokerLink> {
  const password = await readToken(config.serviceTokensFile);
  const ca = config.tlsCa ? await readFile(config.tlsCa) : undefined;
  const client = mqtt.connect(config.mqttUrl, {
    clientId: `svc-ingest-${randomBytes(6).toString('hex')}`,
    username: 'svc-ingest',
    password,
    protocolVersion: 4,
    clean: true,
    keepalive: 10,
    // [MQTT-3.1.2-24] the broker cuts after one and a half keepalives; so do we.
    connectTimeout: 5_000,
    reconnectPeriod: 500 + Math.floor(Math.random() * 1_000),
    reconnectOnConnackError: true,
    queueQoSZero: false,
    resubscribe: false,
    ...(ca ? { ca } : {}),
  });
  const shards = new Set<number>();
  let subscribed = false;

  const filters = () => [...alwaysTopics, ...[...shards].map(shardFilter)];
  client.on('message', (topic, payload) => onMessage(topic, payload, Date.now()));
  client.on('error', (error) => log.warn({ err: error }, 'broker'));
  client.on('close', () => {
    if (subscribed) log.warn('the link to the broker broke');
    subscribed = false;
  });
  client.on('connect', () => {
    const { stream } = client;
    withDeadline(client.subscribeAsync(filters(), { qos: 0 })).then(
      () => {
        subscribed = client.stream === stream;
        log.info({ shards: shards.size }, 'subscribed');
      },
      (error) => {
        log.warn({ err: error }, 'not subscribed: connecting again');
        // A connection that hears nothing is worse than none: the next one subscribes to everything.
        stream.destroy();
      },
    );
  });

  return {
    isUp: () => subscribed && client.connected,
    publish: (topic, payload, qos = 0) => {
      // An acknowledgement that finds no link is not queued: it would be old by then.
      if (client.connected) client.publish(topic, payload, { qos });
    },
    async subscribe(added) {
      for (const shard of added) shards.add(shard);
      // While disconnected the next connection subscribes to everything.
      if (!client.connected || added.length === 0) return;
      const { stream } = client;
      await withDeadline(client.subscribeAsync(added.map(shardFilter), { qos: 0 })).catch((error) => {
        log.warn({ err: error }, 'not subscribed: connecting again');
        stream.destroy();
      });
    },
    async unsubscribe(removed) {
      for (const shard of removed) shards.delete(shard);
      if (client.connected && removed.length > 0) await withDeadline(client.unsubscribeAsync(removed.map(shardFilter)));
    },
    close: () => client.endAsync(true),
  };
}

/** A broker that answers nothing for so long is not waited for, ms. */
const answerWithinMs = 5_000;

function withDeadline<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no answer from the broker in ${answerWithinMs} ms`)),
      answerWithinMs,
    );
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
