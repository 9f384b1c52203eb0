import type { Hello } from '#schemas/messages/control.ts';
import type { ReadRecord, RejectedRecord } from '#schemas/messages/read-batch.ts';

// What arrived at the socket, read once and waiting for its transaction.

/** A readable batch. Times are ms since 1970. */
export type IncomingBatch = {
  what: 'batch';
  pump: string;
  shard: number;
  lane: 'telemetry' | 'alarm' | 'event';
  receivedAt: number;
  brokerAt: number | null;
  epoch: string;
  boot: number;
  sentAt: number;
  uptimeMs: number | null;
  records: ReadRecord[];
  rejected: RejectedRecord[];
};

export type IncomingHello = { what: 'hello'; pump: string; shard: number; receivedAt: number; hello: Hello };

/** A message of which nothing was consumed: unreadable, or refused by the broker (then without bytes). */
export type IncomingUnreadable = {
  what: 'unreadable';
  pump: string;
  shard: number;
  lane: string;
  receivedAt: number;
  reason: string;
  raw: Uint8Array | null;
  rawBytes: number;
  times: number;
};

export type Incoming = IncomingBatch | IncomingHello | IncomingUnreadable;

/**
 * A message as it arrived, not yet read. It is read when its transaction is built: bytes outside the heap cost nothing
 * while they wait, parsed records cost the garbage collector a third of the CPU per message.
 */
export type RawMessage = {
  what: 'raw';
  pump: string;
  shard: number;
  lane: 'telemetry' | 'alarm' | 'event' | 'hello';
  receivedAt: number;
  payload: Buffer;
};

/** What waits for a transaction. */
export type Waiting = RawMessage | Incoming;

/** The same in memory of its own: a slice of what the socket read keeps up to 64 kB alive for a few hundred bytes. */
export function toWaitLong(waiting: Waiting): Waiting {
  return waiting.what === 'raw' ? { ...waiting, payload: Buffer.from(waiting.payload) } : waiting;
}

/** Records that it brings. */
export function recordsIn(incoming: Incoming): number {
  return incoming.what === 'batch' ? incoming.records.length + incoming.rejected.length : 1;
}

/** What an object of the heap and a Buffer cost beside the bytes themselves, about. */
const objectBytes = 300;

/** Bytes that it holds, about, for the bound on what may wait. */
export function bytesOf(waiting: Waiting): number {
  if (waiting.what === 'raw') return waiting.payload.length + objectBytes;
  return waiting.what === 'batch' ? objectBytes * recordsIn(waiting) : objectBytes;
}

/** Leads the next transaction instead of waiting for company. */
export function isUrgent(waiting: Waiting): boolean {
  return waiting.what === 'hello' || waiting.lane === 'alarm' || waiting.lane === 'hello';
}
