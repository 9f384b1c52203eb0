import { maxBatchRecords } from '../topics.ts';
import type { Envelope } from './envelope.ts';
import { pumpStates, type SampleRecord } from './record.ts';
import { readTime } from './time.ts';

// Nearly everything that arrives is a good sample in a good envelope. These hand-written checks say yes only to what the
// zod schemas say yes to (fast-path.test.ts proves it by property); whatever they don't know goes to the schemas.

const states = new Set<unknown>(pumpStates);

function isOrdinal(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

/** Absent, or a number within bounds; NaN and infinities are in no bounds. */
function isOptional(value: unknown, least: number, most: number): boolean {
  return value === undefined || value === null || (typeof value === 'number' && value >= least && value <= most);
}

function isBoot(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 2_147_483_647;
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 64 && readTime(value) !== null;
}

/** Certain that `raw` is a valid sample. False says nothing. */
export function isUsualSample(raw: Record<string, unknown>): raw is SampleRecord {
  return (
    raw.kind === 'sample' &&
    isOrdinal(raw.seq) &&
    states.has(raw.state) &&
    isTime(raw.at) &&
    (raw.infusion === undefined || raw.infusion === null || isOrdinal(raw.infusion)) &&
    (raw.boot === undefined || raw.boot === null || isBoot(raw.boot)) &&
    (raw.mains === undefined || raw.mains === null || typeof raw.mains === 'boolean') &&
    isOptional(raw.uptimeMs, 0, Number.MAX_VALUE) &&
    isOptional(raw.rateMlPerH, 0, 2000) &&
    isOptional(raw.infusedMl, 0, 100_000) &&
    isOptional(raw.vtbiRemainingMl, 0, 100_000) &&
    isOptional(raw.reservoirMl, 0, 100_000) &&
    isOptional(raw.pressureKpa, -100, 500) &&
    isOptional(raw.batteryPct, 0, 100) &&
    isOptional(raw.temperatureC, -100, 200) &&
    isOptional(raw.signalDbm, -200, 50)
  );
}

function isEpoch(value: unknown): boolean {
  if (typeof value !== 'string' || value.length !== 16) return false;
  for (let i = 0; i < 16; i += 1) {
    const code = value.charCodeAt(i);
    if (!((code >= 48 && code <= 57) || (code >= 97 && code <= 102))) return false;
  }
  return true;
}

/** Certain that `raw` is a valid envelope; its records are yet to be read. False says nothing. */
export function isUsualEnvelope(raw: Record<string, unknown>): raw is Envelope {
  return (
    raw.v === 1 &&
    isEpoch(raw.epoch) &&
    isBoot(raw.boot) &&
    isTime(raw.sentAt) &&
    isOptional(raw.uptimeMs, 0, Number.MAX_VALUE) &&
    Array.isArray(raw.records) &&
    raw.records.length >= 1 &&
    raw.records.length <= maxBatchRecords
  );
}
