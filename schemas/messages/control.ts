import * as z from 'zod';
import { epochId } from './envelope.ts';
import { bootCount, shortText } from './record.ts';
import { wireTime } from './time.ts';

const seq = z.int().min(1);
const range = z.tuple([seq, seq]);

/** `up/hello`: once per connection, first. */
export const hello = z.object({
  v: z.literal(1),
  epoch: epochId,
  previousEpoch: epochId.nullish(),
  boot: bootCount,
  first: z.int().min(0).nullish(),
  last: z.int().min(0).nullish(),
  model: shortText.nullish(),
  serial: shortText.nullish(),
  firmware: shortText.nullish(),
  libraryVersion: shortText.nullish(),
  sampleEveryS: z.number().positive().max(86_400).nullish(),
  sentAt: wireTime.nullish(),
  uptimeMs: z.number().min(0).nullish(),
});
export type Hello = z.infer<typeof hello>;

/** `up/will`: a hint that the link broke. */
export const will = z.object({ epoch: epochId, boot: bootCount.nullish() });
export type Will = z.infer<typeof will>;

/** `down/ack`: every record ≤ `upTo` is committed; `missing` are ranges above it that were not seen. */
export const ack = z.object({
  epoch: epochId,
  upTo: z.int().min(0),
  missing: z.array(range).max(16),
  window: z.int().min(1),
  at: wireTime,
});
export type Ack = z.infer<typeof ack>;

const part = {
  version: z.string().max(120),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  part: z.int().min(1),
  parts: z.int().min(1),
  data: z.string().max(72_000),
};

/** `down/cmd`: the whole way down to a pump. There is nothing here that touches therapy, and nothing may be added. */
export const command = z.discriminatedUnion('cmd', [
  z.object({
    id: z.string().max(64),
    cmd: z.literal('backfill'),
    args: z.object({ epoch: epochId, ranges: z.array(range).min(1).max(16) }),
  }),
  z.object({ id: z.string().max(64), cmd: z.literal('hello'), args: z.object({}) }),
  z.object({ id: z.string().max(64), cmd: z.literal('time'), args: z.object({ at: wireTime }) }),
  z.object({ id: z.string().max(64), cmd: z.literal('library'), args: z.object(part) }),
  z.object({ id: z.string().max(64), cmd: z.literal('firmware'), args: z.object(part) }),
]);
export type Command = z.infer<typeof command>;

/** `up/reply`: a pump's answer to a command. */
export const reply = z.object({
  id: z.string().max(64),
  ok: z.boolean(),
  error: z.string().max(500).nullish(),
  /** Of a `library` part: the parts that the pump lacks now; [] = it has everything. A pump need not say it. */
  missing: z
    .array(z.tuple([z.int().min(1), z.int().min(1)]))
    .max(16)
    .nullish(),
});
export type Reply = z.infer<typeof reply>;
