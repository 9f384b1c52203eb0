// One MQTT connection, from CONNECT to its end. A link opens a new one each time; nothing is carried over.
import { Socket } from 'node:net';
import mqtt from 'mqtt';
import type { WireMessage } from '../faults/wire.ts';

export type Credential = { topicPrefix: string; username: string; token: string };

export type ConnectionEvents = {
  /** Connected, and subscribed to acknowledgements and commands. */
  ready(): void;
  message(topic: string, payload: Buffer): void;
  /** Over, told once. @param refused the broker did not accept the credential */
  lost(why: string | null, refused: boolean): void;
};

export type Connection = {
  /** Sends at QoS 1. @param done called when the broker has it, or the connection is over */
  publish(message: WireMessage, done: () => void): void;
  /** Drops the socket without a DISCONNECT; tells nobody. */
  cut(): void;
  /** Sends DISCONNECT where the broker still listens; a dead link is not waited for. */
  close(): Promise<void>;
};

const keepaliveS = 30;
const patienceMs = 800;

// CONNACK return codes [MQTT-3.2.2.3]: bad user name or password, not authorized.
const refusals: readonly unknown[] = [4, 5];

/** Opens a connection as a pump, with the last will `{epoch, boot}`. */
export function openConnection(
  brokerUrl: string,
  pump: string,
  credential: Credential,
  will: { epoch: string; boot: number },
  events: ConnectionEvents,
): Connection {
  const topic = (lane: string) => `${credential.topicPrefix}/${lane}`;
  const client = mqtt.connect(brokerUrl, {
    protocolVersion: 4,
    clientId: pump,
    username: credential.username,
    password: credential.token,
    clean: true,
    keepalive: keepaliveS,
    reconnectPeriod: 0,
    connectTimeout: 10_000,
    queueQoSZero: false,
    resubscribe: false,
    will: { topic: topic('up/will'), payload: Buffer.from(JSON.stringify(will)), qos: 1, retain: false },
  });
  let over = false;
  const lost = (why: string | null, refused: boolean) => {
    if (over) return;
    over = true;
    client.end(true);
    events.lost(why, refused);
  };
  client.on('error', (error) => lost(error.message, 'code' in error && refusals.includes(error.code)));
  client.on('close', () => lost(null, false));
  client.on('message', (on, payload) => {
    if (!over) events.message(on, payload);
  });
  client.on('connect', () => {
    if (client.stream instanceof Socket) client.stream.setNoDelay(true);
    client.subscribe({ [topic('down/ack')]: { qos: 0 }, [topic('down/cmd')]: { qos: 1 } }, (error) => {
      if (over) return;
      if (error) lost(error.message, false);
      else events.ready();
    });
  });

  return {
    publish(message, done) {
      // An error here is a broken link, which 'close' tells; the journal sends again.
      client.publish(message.topic, message.payload, { qos: 1 }, () => done());
    },
    cut() {
      over = true;
      client.stream.destroy();
      client.end(true);
    },
    async close() {
      over = true;
      if (client.connected) {
        const patience = new Promise<void>((resolve) => setTimeout(resolve, patienceMs).unref());
        await Promise.race([client.endAsync(false), patience]);
      }
      client.end(true);
    },
  };
}
