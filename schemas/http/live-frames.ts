import * as z from 'zod';
import { provisionalAlert } from '../messages/live.ts';
import { alert } from './alert.ts';
import { pump } from './shapes.ts';

// `GET /api/v1/live`, WebSocket. Ages: the client turns (`at` − a time in the frame) into a duration and counts on with
// its own monotonic clock; the two clocks are never compared.

export const serverFrame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), feedEpoch: z.string(), head: z.int() }),
  /** Alerts first (from `part: 1`, pumps empty), 250 a frame, then pumps in frames of 500; `last` on the final one. */
  z.object({
    type: z.literal('snapshot'),
    head: z.int(),
    at: z.number(),
    alerts: z.array(alert),
    pumps: z.array(pump),
    part: z.int(),
    /** Alerts of this snapshot are still to come: it may not be read as all there is. */
    moreAlerts: z.boolean().default(false),
    last: z.boolean(),
  }),
  z.object({ type: z.literal('alert'), seq: z.int(), at: z.number(), alert }),
  z.object({ type: z.literal('pumps'), at: z.number(), items: z.array(pump) }),
  z.object({
    type: z.literal('provisional'),
    at: z.number(),
    since: z.number().nullable(),
    alerts: z.array(provisionalAlert),
  }),
  z.object({
    type: z.literal('tick'),
    head: z.int(),
    at: z.number(),
    /** Since the newest record or canary came through broker and ingest, over the slowest shard; null: never yet. */
    pathAgeMs: z.number().nullable(),
    db: z.object({ up: z.boolean(), downSince: z.number().nullable() }),
    fleet: z.object({ pumps: z.int(), silent: z.int() }),
    screens: z.int(),
  }),
  z.object({ type: z.literal('error'), message: z.string() }),
]);
export type ServerFrame = z.infer<typeof serverFrame>;

export const clientFrame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('resume'), feedEpoch: z.string().max(64).nullable(), last: z.int().min(0) }),
  z.object({ type: z.literal('rendered'), seq: z.int().min(0) }),
  z.object({ type: z.literal('seen'), seq: z.int().min(0) }),
  /** A person touched this window so long ago: told on a gesture, at most twice a minute, and after connecting. */
  z.object({ type: z.literal('present'), agoMs: z.number().min(0).max(31_536_000_000) }),
  z.object({ type: z.literal('watch'), pumps: z.array(z.string().max(64)).max(500) }),
]);
export type ClientFrame = z.infer<typeof clientFrame>;

export { notMonitoredAfterMs, staleAfterMs, tickEveryMs } from './live-times.ts';
