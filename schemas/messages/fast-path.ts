import { maxBatchRecords } from '../topics.ts';
import type { Envelope } from './envelope.ts';
import { pumpStates, type SampleRecord } from './record.ts';
import { readTime } from './time.ts';

// Nearly everything that arrives is a good sample in a good envelope. These hand-written checks accept only what the zod
// schemas accept (fast-path.test.ts proves it by property); whatever they don't know goes to the schemas.

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

/** Milliseconds since 1970, or null for what is no time. */
function timeOf(value: unknown): number | null {
  return typeof value === 'string' && value.length <= 64 ? readTime(value) : null;
}

/** A sample that is certainly valid, with its time in ms since 1970. Null says nothing. */
export function readUsualSample(raw: Record<string, unknown>): { record: SampleRecord; pumpAt: number } | null {
  if (!isSampleButForTime(raw)) return null;
  const pumpAt = timeOf(raw.at);
  return pumpAt === null ? null : { record: raw, pumpAt };
}

/** Its time is not looked at: reading it tells whether it is one. */
function isSampleButForTime(raw: Record<string, unknown>): raw is SampleRecord {
  return (
    raw.kind === 'sample' &&
    isOrdinal(raw.seq) &&
    states.has(raw.state) &&
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

/** An envelope that is certainly valid, with the time at which it was sent; its records are yet to be read. */
export function readUsualEnvelope(raw: Record<string, unknown>): { envelope: Envelope; sentAt: number } | null {
  if (!isEnvelopeButForTime(raw)) return null;
  const sentAt = timeOf(raw.sentAt);
  return sentAt === null ? null : { envelope: raw, sentAt };
}

function isEnvelopeButForTime(raw: Record<string, unknown>): raw is Envelope {
  return (
    raw.v === 1 &&
    isEpoch(raw.epoch) &&
    isBoot(raw.boot) &&
    isOptional(raw.uptimeMs, 0, Number.MAX_VALUE) &&
    Array.isArray(raw.records) &&
    raw.records.length >= 1 &&
    raw.records.length <= maxBatchRecords
  );
}
