import { createHash } from 'node:crypto';
import type { Pump } from '#schemas/http/shapes.ts';
import { shardOf, topicPrefix } from '#schemas/topics.ts';
import { holdsWhenRead, type WorkRow } from './rules/work-now.ts';

/** A row of sql/pump_item.sql. `statusSet` is what a person said; null where nobody did. */
export type PumpRow = Omit<Pump, 'topicPrefix' | 'work' | 'away'> & {
  shard: number;
  statusSet: Pump['status'] | null;
  /** Announced work and expected absences, as far as there are any. */
  holds: WorkRow;
};

export function toPump(row: PumpRow): Pump {
  return {
    id: row.id,
    model: row.model,
    serial: row.serial,
    firmware: row.firmware,
    libraryVersion: row.libraryVersion,
    libraryAssigned: row.libraryAssigned,
    status: row.status,
    presence: row.presence,
    state: row.state,
    rateMlPerH: row.rateMlPerH,
    infusedMl: row.infusedMl,
    vtbiRemainingMl: row.vtbiRemainingMl,
    reservoirMl: row.reservoirMl,
    pressureKpa: row.pressureKpa,
    batteryPct: row.batteryPct,
    mains: row.mains,
    pumpInfusion: row.pumpInfusion,
    infusion: row.infusion,
    drug: row.drug,
    lastSampleAt: row.lastSampleAt,
    lastContactAt: row.lastContactAt,
    silentSince: row.silentSince,
    completeThrough: row.completeThrough,
    missing: Math.max(0, row.missing),
    ...holdsWhenRead(row.holds),
    epochNo: row.epochNo,
    seq: row.seq,
    topicPrefix: topicPrefix(row.shard, row.id),
  };
}

/** The shard of a pump id: first byte of its sha-256, modulo 16. */
export function shardOfPump(id: string): number {
  return shardOf(createHash('sha256').update(id).digest()[0] ?? 0);
}
