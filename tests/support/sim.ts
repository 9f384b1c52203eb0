import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import { onTestFinished } from 'vitest';
import { readStamp } from '#schemas/messages/broker-stamp.ts';
import { type ReadBatch, readBatch } from '#schemas/messages/read-batch.ts';
import type { JournalRecord } from '#schemas/messages/record.ts';
import { acceptSeq, type Cursor, declareGone, missingRanges, newCursor } from '#schemas/rules/cursor.ts';
import { parsePumpTopic, shardCount, shardFilter, topicPrefix } from '#schemas/topics.ts';
import { readCommandLine } from '../../firmware-sim/command-line.ts';
import type { Context } from '../../firmware-sim/context.ts';
import { openCredentials } from '../../firmware-sim/provision/credentials.ts';
import { connectService, provisionPump, type TestBroker } from './broker.ts';
import type { TestDatabase } from './database.ts';

/** A data directory of this test alone. */
export function simFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dripwatch-sim-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Where no api is needed: nothing listens there. */
export const noApi = 'http://127.0.0.1:9';

/** Puts pumps into the database and their credentials into the simulator's folder, as provisioning does. */
export async function provisionFor(folder: string, database: TestDatabase, ids: readonly string[]): Promise<void> {
  const credentials = openCredentials(folder, noApi);
  for (const id of ids) {
    const { token, prefix } = await provisionPump(database.pool, id);
    credentials.keep(id, { topicPrefix: prefix, username: id, token });
  }
}

/** A simulator's command line as a context: what it prints is kept, and `stop` is Ctrl-C. */
export function simContext(
  args: readonly string[],
  folder: string,
  brokerUrl: string,
  api = noApi,
): { context: Context; printed: string[]; errors: unknown[]; stop: () => void } {
  const line = readCommandLine([...args, '--data-dir', folder, '--broker', brokerUrl, '--api', api]);
  if (line.command === 'help') throw new Error('help runs nothing');
  const stop = new AbortController();
  const printed: string[] = [];
  const errors: unknown[] = [];
  onTestFinished(() => stop.abort());
  return {
    context: {
      options: line.options,
      config: { DATA_DIR: folder, MQTT_URL: brokerUrl },
      progress: { show() {}, say() {}, end() {} },
      print: (text) => printed.push(text),
      signal: stop.signal,
      onError: (error) => errors.push(error),
    },
    printed,
    errors,
    stop: () => stop.abort(),
  };
}

export type Heard = { pump: string; lane: string; batch: ReadBatch; at: number };

/** A platform in miniature: keeps each record once and acknowledges it, by the real cursor. */
export type Acknowledging = {
  heard: Heard[];
  hellos: { pump: string; body: unknown; at: number }[];
  /** Records kept, by pump and epoch, in order of arrival. */
  records(pump: string): JournalRecord[];
  cursor(pump: string): Cursor;
  /** How many records arrived that were there already. */
  doubles: number;
  acknowledging: boolean;
  client: MqttClient;
};

/** Answers pumps on a broker until the test ends. */
export async function acknowledgeAll(broker: TestBroker): Promise<Acknowledging> {
  const client = await connectService(broker, 'svc-ingest');
  const journals = new Map<string, { cursor: Cursor; records: JournalRecord[] }>();
  const newest = new Map<string, string>();
  const journalOf = (pump: string, epoch: string) => {
    const key = `${pump} ${epoch}`;
    const journal = journals.get(key) ?? { cursor: newCursor(), records: [] };
    journals.set(key, journal);
    newest.set(pump, key);
    return journal;
  };
  const platform: Acknowledging = {
    heard: [],
    hellos: [],
    doubles: 0,
    acknowledging: true,
    client,
    records: (pump) => journals.get(newest.get(pump) ?? '')?.records ?? [],
    cursor: (pump) => journals.get(newest.get(pump) ?? '')?.cursor ?? newCursor(),
  };
  client.on('message', (on, payload) => {
    const topic = parsePumpTopic(on);
    if (topic?.direction !== 'up') return;
    if (topic.lane === 'hello')
      platform.hellos.push({ pump: topic.pump, body: JSON.parse(payload.toString()), at: Date.now() });
    if (topic.lane !== 'telemetry' && topic.lane !== 'alarm' && topic.lane !== 'event') return;
    const text = readStamp(payload).payload.toString();
    const batch = readBatch(parse(text));
    platform.heard.push({ pump: topic.pump, lane: topic.lane, batch, at: Date.now() });
    if (!batch.ok) return;
    const { cursor, records } = journalOf(topic.pump, batch.envelope.epoch);
    for (const { record } of batch.records) {
      if (acceptSeq(cursor, record.seq) === 'seen') platform.doubles += 1;
      else records.push(record);
      if (record.kind === 'gone') declareGone(cursor, record.from, record.to);
    }
    for (const { seq } of batch.rejected) if (seq !== null) acceptSeq(cursor, seq);
    if (!platform.acknowledging) return;
    const ack = {
      epoch: batch.envelope.epoch,
      upTo: cursor.upTo,
      missing: missingRanges(cursor),
      window: 1_000,
      at: new Date().toISOString(),
    };
    client.publish(`${topicPrefix(topic.shard, topic.pump)}/down/ack`, JSON.stringify(ack));
  });
  await client.subscribeAsync(Array.from({ length: shardCount }, (_, shard) => shardFilter(shard)));
  return platform;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
