import { createHash } from 'node:crypto';
import { shardOf } from '#schemas/topics.ts';

// Ids that any worker derives alike, so that what is met twice is one row.

const namespace = Buffer.from('6f1c1b0e5d1f4c0c9f0a3b7d2e8a4c61', 'hex');

/** RFC 9562 §5.5: a UUID from a name, SHA-1. */
export function uuid5(name: string): string {
  const digest = createHash('sha1').update(namespace).update(name).digest();
  digest[6] = ((digest[6] as number) & 0x0f) | 0x50;
  digest[8] = ((digest[8] as number) & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function alertId(pump: string, epoch: string, seq: number, rule: string): string {
  return uuid5(`alert ${pump} ${epoch} ${seq} ${rule}`);
}

export function infusionId(pump: string, epoch: string, pumpInfusion: number): string {
  return uuid5(`infusion ${pump} ${epoch} ${pumpInfusion}`);
}

/** Shard of a pump: first byte of sha256(pump id) modulo 16. */
export function shardOfPump(pump: string): number {
  return shardOf(createHash('sha256').update(pump).digest()[0] as number);
}
