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

/** How many records it brings, for the bounds of a transaction and of the queue. */
export function weight(incoming: Incoming): number {
  return incoming.what === 'batch' ? incoming.records.length + incoming.rejected.length : 1;
}

/** Leads the next transaction instead of waiting for company. */
export function isUrgent(incoming: Incoming): boolean {
  return incoming.what === 'hello' || incoming.lane === 'alarm';
}
