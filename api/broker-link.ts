import { randomBytes } from 'node:crypto';
import mqtt from 'mqtt';
import type { Logger } from 'pino';
import { serviceTopics } from '#schemas/topics.ts';

export type BrokerLink = {
  /** Begins to connect, and goes on trying for ever. */
  start(): void;
  /** Called with every message under the live topics. */
  onLive(listener: (topic: string, payload: Buffer) => void): void;
  /** Called after each connection, once the live topics are heard. */
  onReady(listener: () => void): void;
  connected(): boolean;
  /**
   * Publishes one message; nothing is kept for later.
   * @returns false while there is no connection
   */
  publish(topic: string, message: unknown, qos: 0 | 1): Promise<boolean>;
  close(): Promise<void>;
};

/** The api's connection to the broker. Making one does no IO. */
export function createBrokerLink(
  { url, token, name }: { url: string; token: string; name: string },
  log: Logger,
): BrokerLink {
  const client = mqtt.connect(url, {
    manualConnect: true,
    protocolVersion: 4,
    clientId: `svc-api-${name}`,
    username: 'svc-api',
    password: token,
    clean: true,
    keepalive: 15,
    connectTimeout: 5_000,
    reconnectOnConnackError: true,
    // Several processes that lost the same broker come back one after another.
    reconnectPeriod: 300 + (randomBytes(2).readUInt16BE() % 1_200),
    queueQoSZero: false,
    resubscribe: false,
  });
  const listeners: ((topic: string, payload: Buffer) => void)[] = [];
  const readyListeners: (() => void)[] = [];
  let wasConnected = false;

  client.on('connect', () => {
    wasConnected = true;
    log.info('connected to the broker');
    client.subscribe(serviceTopics.allLive, { qos: 0 }, (error, granted) => {
      if (error) log.warn({ err: error }, 'the live topics could not be subscribed');
      else if (granted?.some((grant) => grant.qos === 128)) log.error('the broker refuses the live topics to svc-api');
      else for (const ready of readyListeners) ready();
    });
  });
  client.on('close', () => {
    if (wasConnected) log.warn('the connection to the broker closed');
    wasConnected = false;
  });
  client.on('error', (error) => log.warn({ err: error }, 'the broker connection failed'));
  client.on('message', (topic, payload) => {
    for (const listener of listeners) listener(topic, payload);
  });

  return {
    start: () => {
      client.connect();
    },
    onLive: (listener) => {
      listeners.push(listener);
    },
    onReady: (listener) => {
      readyListeners.push(listener);
    },
    connected: () => client.connected,
    publish: async (topic, message, qos) => {
      if (!client.connected) return false;
      const text = JSON.stringify(message);
      if (qos === 0) {
        client.publish(topic, text, { qos });
        return true;
      }
      return new Promise((resolve) => {
        // No acknowledgement of the broker within 5 s counts as not sent.
        const timer = setTimeout(() => resolve(false), 5_000);
        client.publish(topic, text, { qos }, (error) => {
          clearTimeout(timer);
          resolve(error === undefined || error === null);
        });
      });
    },
    close: () => client.endAsync(true).then(() => undefined),
  };
}
