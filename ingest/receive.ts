import { brokerStampBytes, readStamp } from '#schemas/messages/broker-stamp.ts';
import { hello, reply } from '#schemas/messages/control.ts';
import { brokerRefused, canary } from '#schemas/messages/live.ts';
import { readBatch } from '#schemas/messages/read-batch.ts';
import { storableText } from '#schemas/messages/text.ts';
import { maxMessageBytes, type PumpTopic, parsePumpTopic } from '#schemas/topics.ts';
import type { Incoming, IncomingUnreadable, RawMessage } from './incoming.ts';

export type Reply = {
  pump: string;
  shard: number;
  id: string;
  ok: boolean;
  error: string | null;
  missing: [number, number][] | null;
};

export type Received =
  | { take: RawMessage }
  | { take: IncomingUnreadable }
  | { reply: Reply }
  /** A last will is only a hint: silence is judged by records. */
  | { ignore: 'will' | 'foreign topic' };

type ParsedJson = { ok: true; value: unknown } | { ok: false };

function parseJson(bytes: Buffer): ParsedJson {
  try {
    return { ok: true, value: JSON.parse(bytes.toString('utf8')) };
  } catch {
    return { ok: false };
  }
}

/**
 * Takes one MQTT message from its topic. Nothing throws.
 * @param receivedAt arrival at the socket, ms since 1970
 */
export function receive(
  topics: Map<string, PumpTopic | null>,
  shardOfPump: (pump: string) => number,
  topic: string,
  payload: Buffer,
  receivedAt: number,
): Received {
  let parsed = topics.get(topic);
  if (parsed === undefined) {
    parsed = parsePumpTopic(topic);
    // One pump, one shard, one writer: a topic with another shard's prefix is nobody's.
    if (parsed && parsed.shard !== shardOfPump(parsed.pump)) parsed = null;
    if (topics.size > maxRememberedTopics) topics.clear();
    topics.set(topic, parsed);
  }
  if (parsed === null || parsed.direction !== 'up') return { ignore: 'foreign topic' };
  const { pump, shard, lane } = parsed;
  if (lane === 'will') return { ignore: 'will' };
  // Behind a foreign broker nobody else holds the limit.
  if (payload.length > maxMessageBytes + brokerStampBytes) {
    const reason = `message: ${payload.length} bytes, at most ${maxMessageBytes}`;
    return { take: unreadable({ pump, shard, lane, receivedAt }, reason, null, payload.length) };
  }
  if (lane !== 'reply') return { take: { what: 'raw', pump, shard, lane, receivedAt, payload } };

  const json = parseJson(payload);
  const read = json.ok ? reply.safeParse(json.value) : null;
  if (read?.success) {
    const { id, ok, error, missing } = read.data;
    return { reply: { pump, shard, id, ok, error: error ?? null, missing: missing ?? null } };
  }
  const from = { pump, shard, lane, receivedAt };
  return { take: unreadable(from, 'reply: not of the expected form', payload, payload.length) };
}

/** Reads a waiting message, strictly. What can't be read becomes an `unreadable` with its bytes. Nothing throws. */
export function readMessage(message: RawMessage): Incoming {
  const { pump, shard, lane, receivedAt, payload } = message;
  const from = { pump, shard, lane, receivedAt };
  try {
    return readStrictly(message, from);
  } catch (error) {
    // Nobody foresaw this one: it may cost itself, and nothing that waits beside it.
    const reason = storableText(`message: ${error instanceof Error ? error.message : String(error)}`.slice(0, 300));
    return unreadable(from, reason, payload, payload.length);
  }
}

function readStrictly(message: RawMessage, from: From): Incoming {
  const { pump, shard, lane, receivedAt } = message;
  const stamped = lane === 'alarm' ? readStamp(message.payload) : null;
  const bytes = stamped ? message.payload.subarray(0, stamped.payload.length) : message.payload;
  const brokerAt = stamped ? stamped.brokerAt : null;
  const json = parseJson(bytes);
  if (!json.ok) return unreadable(from, 'message: not JSON', bytes, bytes.length);
  if (lane === 'hello') {
    const read = hello.safeParse(json.value);
    if (read.success) return { what: 'hello', pump, shard, receivedAt, hello: read.data };
    const first = read.error.issues[0];
    return unreadable(from, `hello: ${first?.path.join('.')}: ${first?.message}`, bytes, bytes.length);
  }
  const batch = readBatch(json.value);
  if (!batch.ok) return unreadable(from, batch.reason, bytes, bytes.length);
  const { envelope, records, rejected } = batch;
  return {
    what: 'batch',
    pump,
    shard,
    lane,
    receivedAt,
    brokerAt,
    epoch: envelope.epoch,
    boot: envelope.boot,
    sentAt: batch.sentAt,
    uptimeMs: envelope.uptimeMs ?? null,
    records,
    rejected,
  };
}

type From = { pump: string; shard: number; lane: string; receivedAt: number };

function unreadable(from: From, reason: string, raw: Uint8Array | null, rawBytes: number): IncomingUnreadable {
  return { what: 'unreadable', ...from, reason, raw, rawBytes, times: 1 };
}

const maxRememberedTopics = 300_000;

/** The broker's list of what it would not route: kept among the rejected records, without bytes. */
export function receiveRefused(
  payload: Buffer,
  shardOfPump: (pump: string) => number,
  receivedAt: number,
): Incoming | null {
  const json = parseJson(payload);
  const read = json.ok ? brokerRefused.safeParse(json.value) : null;
  if (!read?.success) return null;
  const { pump, bytes, lane, reason } = read.data;
  return {
    what: 'unreadable',
    pump,
    shard: shardOfPump(pump),
    lane: storableText(lane ?? 'unknown'),
    receivedAt,
    reason: storableText(reason),
    raw: null,
    rawBytes: bytes,
    times: 1,
  };
}

/** A canary of an api process, or null. */
export function readCanary(payload: Buffer): { api: string; n: number } | null {
  const json = parseJson(payload);
  const read = json.ok ? canary.safeParse(json.value) : null;
  return read?.success ? read.data : null;
}
