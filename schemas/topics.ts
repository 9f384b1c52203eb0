// The only place where topics are spelled.

/** How many shards the fleet is split into; a shard is the unit of ownership of an ingest worker. */
export const shardCount = 16;

/** A pump id: 1 to 64 characters, never a service account's name. */
export const pumpIdPattern = /^(?!svc-)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The watchdog's pump: with status `testing` it alerts nobody and is nobody's; screens do not show it. */
export const canaryPumpId = 'CANARY-1';

/** What a pump may publish. */
export const upLanes = ['telemetry', 'alarm', 'event', 'hello', 'will', 'reply'] as const;
export type UpLane = (typeof upLanes)[number];

/** Lanes that carry batches of journal records. */
export const batchLanes = ['telemetry', 'alarm', 'event'] as const;
export type BatchLane = (typeof batchLanes)[number];

/** What a pump may subscribe to: acknowledgements and commands; never therapy. */
export const downLanes = ['ack', 'cmd'] as const;
export type DownLane = (typeof downLanes)[number];

/** @param digestFirstByte first byte of sha256(pump id); the caller hashes, since schemas do no IO. */
export function shardOf(digestFirstByte: number): number {
  return digestFirstByte % shardCount;
}

/** Two hex digits, 00 to 0f. */
export function shardName(shard: number): string {
  return shard.toString(16).padStart(2, '0');
}

/** `dw/1/0f/PUMP-0001`: handed out at provisioning, opaque to the pump. */
export function topicPrefix(shard: number, pump: string): string {
  return `dw/1/${shardName(shard)}/${pump}`;
}

export type PumpTopic =
  | { shard: number; pump: string; direction: 'up'; lane: UpLane }
  | { shard: number; pump: string; direction: 'down'; lane: DownLane };

const pumpTopicPattern = /^dw\/1\/(0[0-9a-f])\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/(up|down)\/([a-z]+)$/;

/** Reads a pump's topic; null for any other topic, wildcards included. */
export function parsePumpTopic(topic: string): PumpTopic | null {
  const match = pumpTopicPattern.exec(topic);
  if (!match) return null;
  const [, shardHex = '', pump = '', direction, lane = ''] = match;
  const shard = Number.parseInt(shardHex, 16);
  if (!pumpIdPattern.test(pump)) return null;
  if (direction === 'up') {
    const up = upLanes.find((name) => name === lane);
    return up ? { shard, pump, direction: 'up', lane: up } : null;
  }
  const down = downLanes.find((name) => name === lane);
  return down ? { shard, pump, direction: 'down', lane: down } : null;
}

/** Filters that an ingest worker subscribes to for one shard it owns. */
export function shardFilter(shard: number): string {
  return `dw/1/${shardName(shard)}/+/up/+`;
}

/** Topics that only service accounts see. Live topics carry committed state, `provisional` excepted. */
export const serviceTopics = {
  livePumps: (shard: number) => `dw/1/live/${shardName(shard)}/pumps`,
  liveAlerts: (shard: number) => `dw/1/live/${shardName(shard)}/alerts`,
  liveReplies: (shard: number) => `dw/1/live/${shardName(shard)}/reply`,
  provisional: (worker: string) => `dw/1/live/${worker}/provisional`,
  canaryEcho: (worker: string) => `dw/1/live/${worker}/canary`,
  allLive: 'dw/1/live/+/+',
  canary: (api: string) => `dw/1/canary/${api}`,
  allCanaries: 'dw/1/canary/+',
  /** The broker lists what it refused (oversize, foreign topic), so that ingest can keep it in the rejected records. */
  refused: 'dw/1/broker/refused',
  /** Credentials changed: brokers re-read them and cut the links of retired pumps. */
  credentials: 'dw/1/api/credentials',
} as const;

/** MQTT accounts of the services; their tokens are random, per installation. */
export const serviceAccounts = ['svc-ingest', 'svc-api', 'svc-watchdog', 'svc-sim'] as const;
export type ServiceAccount = (typeof serviceAccounts)[number];

/** Bytes of the largest batch; a longer message closes the link. */
export const maxMessageBytes = 64 * 1024;
/** Bytes that an unauthenticated connection may send before CONNACK. */
export const maxConnectBytes = 4 * 1024;
/** Records in the largest batch. */
export const maxBatchRecords = 200;
