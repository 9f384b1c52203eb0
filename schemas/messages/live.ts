import * as z from 'zod';

// Topics between our own services (topics.ts, serviceTopics). Published by ingest after the commit, read by the api.

/** Last known state of one pump, as committed. Times are milliseconds since 1970 of the server's clock. */
export const livePump = z.object({
  id: z.string(),
  epochNo: z.int(),
  seq: z.int(),
  infusion: z.int().nullable(),
  state: z.string().nullable(),
  rateMlPerH: z.number().nullable(),
  infusedMl: z.number().nullable(),
  vtbiRemainingMl: z.number().nullable(),
  reservoirMl: z.number().nullable(),
  pressureKpa: z.number().nullable(),
  batteryPct: z.number().nullable(),
  mains: z.boolean().nullable(),
  lastSampleAt: z.number().nullable(),
  lastContactAt: z.number(),
  silentSince: z.number().nullable(),
  completeThrough: z.number().nullable(),
  missing: z.int(),
});
export type LivePump = z.infer<typeof livePump>;

/** `live/{shard}/pumps`: pumps that changed since the last such message, at most four times a second. */
export const livePumps = z.object({ at: z.number(), pumps: z.array(livePump) });

/** `live/{shard}/alerts`: only a hint that the feed's head moved; the feed itself is read from the database. */
export const liveAlerts = z.object({ head: z.int() });

/** `live/{shard}/reply`: a pump's answer to a command. */
export const liveReply = z.object({
  pump: z.string(),
  id: z.string(),
  ok: z.boolean(),
  error: z.string().nullable(),
  /** Parts of a library that the pump lacks; null: it did not say. */
  missing: z
    .array(z.tuple([z.int(), z.int()]))
    .nullable()
    .default(null),
});
export type LiveReply = z.infer<typeof liveReply>;

/** An alert that is evaluated but can't be recorded, since the database is away. */
export const provisionalAlert = z.object({
  id: z.string(),
  pump: z.string(),
  type: z.string(),
  priority: z.enum(['high', 'medium', 'low']),
  message: z.string(),
  raisedAt: z.number(),
  receivedAt: z.number(),
  late: z.boolean(),
});
export type ProvisionalAlert = z.infer<typeof provisionalAlert>;

/** `live/{worker}/provisional`: the full set every 5 s during a database outage; an empty set ends it. Expires in 15 s. */
export const liveProvisional = z.object({
  at: z.number(),
  since: z.number().nullable(),
  alerts: z.array(provisionalAlert),
});

/** `canary/{api}`: sent by each api process; `live/{worker}/canary`: each ingest worker's echo, with what it owns. */
export const canary = z.object({ api: z.string(), n: z.int() });
export const canaryEcho = z.object({
  api: z.string(),
  n: z.int(),
  worker: z.string(),
  shards: z.array(z.int()),
  /** When the database began to fail; null while it answers. */
  databaseDownSince: z.number().nullable(),
  // A worker that does not say it is no reason to call the path broken.
  /** Age of the oldest message that waits to be committed, ms; 0: none waits. */
  behindMs: z.number().default(0),
});

export type CanaryEcho = z.infer<typeof canaryEcho>;

/** `dw/1/broker/refused`: what the broker would not route. */
export const brokerRefused = z.object({
  pump: z.string(),
  at: z.number(),
  bytes: z.int(),
  lane: z.string().nullish(),
  reason: z.string().max(300),
});
