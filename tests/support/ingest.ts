import { randomBytes } from 'node:crypto';
import type { MqttClient } from 'mqtt';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { type Ack, ack } from '#schemas/messages/control.ts';
import { readIngestConfig } from '../../ingest/config.ts';
import { type Ingest, startIngest } from '../../ingest/ingest.ts';
import { collect, connectAs, type TestBroker, type TestPump } from './broker.ts';
import { waitFor } from './wait-for.ts';

/** An ingest worker of its own for a test, beside a test's broker and database. */
export async function ingestForThisTest(
  broker: TestBroker,
  databaseUrl: string,
  env: Record<string, string> = {},
): Promise<Ingest> {
  const config = readIngestConfig({
    DATABASE_URL: databaseUrl,
    MQTT_URL: broker.url,
    DATA_DIR: broker.dataDir,
    INGEST_HTTP_PORT: '0',
    ...env,
  });
  const ingest = await startIngest(config, { log: pino({ level: process.env.TEST_LOG ?? 'silent' }) });
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await ingest.close();
  };
  onTestFinished(close);
  await waitFor(async () => (await fetch(`http://127.0.0.1:${ingest.httpPort}/readyz`)).status === 200, {
    timeoutMs: 15_000,
    what: 'ingest is ready',
  });
  return { ...ingest, close };
}

/** A pump as simple as a foreign client: it numbers records and publishes batches. */
export class HandPump {
  seq = 0;
  readonly epoch: string;
  readonly acks: Ack[] = [];
  readonly #client: MqttClient;
  readonly #pump: TestPump;

  private constructor(pump: TestPump, client: MqttClient, epoch: string) {
    this.#pump = pump;
    this.#client = client;
    this.epoch = epoch;
  }

  static async connect(broker: TestBroker, pump: TestPump, epoch = randomBytes(8).toString('hex')): Promise<HandPump> {
    const client = await connectAs(broker, pump);
    const hand = new HandPump(pump, client, epoch);
    client.on('message', (topic, payload) => {
      if (topic.endsWith('/down/ack')) hand.acks.push(ack.parse(JSON.parse(payload.toString())));
    });
    await client.subscribeAsync([`${pump.prefix}/down/ack`, `${pump.prefix}/down/cmd`], { qos: 1 });
    return hand;
  }

  /** A record with the next seq, `at` now unless said. */
  record(fields: Record<string, unknown>): Record<string, unknown> {
    this.seq += 1;
    return { seq: this.seq, at: new Date().toISOString(), ...fields };
  }

  sample(fields: Record<string, unknown> = {}): Record<string, unknown> {
    return this.record({ kind: 'sample', infusion: 1, state: 'delivering', rateMlPerH: 5, infusedMl: 1, ...fields });
  }

  async send(
    lane: 'telemetry' | 'alarm' | 'event',
    records: unknown[],
    envelope: Record<string, unknown> = {},
  ): Promise<void> {
    const batch = { v: 1, epoch: this.epoch, boot: 1, sentAt: new Date().toISOString(), records, ...envelope };
    await this.raw(lane, JSON.stringify(batch));
  }

  async raw(lane: string, payload: string | Buffer): Promise<void> {
    await this.#client.publishAsync(`${this.#pump.prefix}/up/${lane}`, payload, { qos: 1 });
  }

  /** Fulfilled when the platform says that everything up to `seq` is committed. */
  async acknowledged(seq = this.seq): Promise<Ack> {
    return waitFor(() => this.acks.find((given) => given.epoch === this.epoch && given.upTo >= seq), {
      timeoutMs: 15_000,
      what: `${this.#pump.id}: acknowledgement up to ${seq}, heard ${JSON.stringify(this.acks.at(-1))}`,
    });
  }

  /** Calls back with every message that this pump is sent from now on. */
  onMessage(listener: (topic: string, payload: Buffer) => void): void {
    this.#client.on('message', (topic, payload) => listener(topic, payload));
  }

  /** Everything that this pump is sent from now on. */
  collect(): ReturnType<typeof collect> {
    return collect(this.#client);
  }
}
