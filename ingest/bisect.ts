import { storableText } from '#schemas/messages/text.ts';
import { Unbuildable } from './database.ts';
import type { Incoming, IncomingBatch } from './incoming.ts';

// A value that the schemas let through and the database refuses must not hold up its neighbours.

/** Halves of what a refused transaction held, down to single records; null when nothing is left to halve. */
export function halve(held: readonly Incoming[]): [Incoming[], Incoming[]] | null {
  if (held.length > 1) {
    const middle = held.length >>> 1;
    return [held.slice(0, middle), held.slice(middle)];
  }
  const only = held[0];
  if (only?.what !== 'batch') return null;
  const { records, rejected } = only;
  if (records.length + rejected.length <= 1) return null;
  if (records.length > 0 && rejected.length > 0) {
    return [[{ ...only, rejected: [] }], [{ ...only, records: [] }]];
  }
  const middle = (records.length + rejected.length) >>> 1;
  const part = (from: number, to: number): IncomingBatch => ({
    ...only,
    records: records.slice(from, to),
    rejected: rejected.slice(from, to),
  });
  return [[part(0, middle)], [part(middle, records.length + rejected.length)]];
}

/** The record that the database or our own code refuses, as a rejected one with its raw form and the database's reason. */
export function rejectAlone(incoming: Incoming, error: unknown): Incoming {
  const by = error instanceof Unbuildable ? 'ingest' : 'database';
  const reason = storableText(`${by}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 300));
  if (incoming.what === 'batch') {
    const [read] = incoming.records;
    const [already] = incoming.rejected;
    if (read) {
      const { record } = read;
      return { ...incoming, records: [], rejected: [{ seq: record.seq, kind: record.kind, reason, raw: record }] };
    }
    // Even its own reason or kind can't be stored: only the raw bytes are kept.
    if (already) return { ...incoming, rejected: [{ ...already, kind: null, reason }] };
    return incoming;
  }
  const raw = Buffer.from(JSON.stringify(incoming.what === 'hello' ? incoming.hello : { lane: incoming.lane }));
  return {
    what: 'unreadable',
    pump: incoming.pump,
    shard: incoming.shard,
    lane: incoming.what === 'hello' ? 'hello' : 'unknown',
    receivedAt: incoming.receivedAt,
    reason,
    raw: incoming.what === 'unreadable' ? incoming.raw : raw,
    rawBytes: raw.length,
    times: 1,
  };
}
