import type * as z from 'zod';
import { type Envelope, envelope } from './envelope.ts';
import { readUsualEnvelope, readUsualSample } from './fast-path.ts';
import { jsonText } from './json.ts';
import { type JournalRecord, type RecordKind, recordSchemas, requiredFields } from './record.ts';
import { storableText } from './text.ts';
import { readTime } from './time.ts';

/** A record that was read, with the optional fields that had to be dropped ("temperatureC: …"). */
export type ReadRecord = {
  record: JournalRecord;
  /** The record's `at`, ms since 1970. */
  pumpAt: number;
  fieldErrors: string | null;
};

/** A record that can't be stored as what it claims to be. `seq` is null when even that was unreadable. */
export type RejectedRecord = { seq: number | null; kind: string | null; reason: string; raw: unknown };

export type ReadBatch =
  | {
      ok: true;
      envelope: Envelope /** ms since 1970 */;
      sentAt: number;
      records: ReadRecord[];
      rejected: RejectedRecord[];
    }
  | { ok: false; reason: string };

function describe(error: z.ZodError): string {
  const issues = error.issues.map((issue) => `${issue.path.join('.') || 'message'}: ${issue.message}`);
  return storableText(issues.join(' · ').slice(0, 500));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Seq as far as it can be trusted, also of a record that is otherwise bad. */
function readSeq(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1 ? value : null;
}

function kindOf(value: unknown): RecordKind | null {
  return typeof value === 'string' && Object.hasOwn(recordSchemas, value) ? (value as RecordKind) : null;
}

function accepted(record: JournalRecord, fieldErrors: string | null): ReadRecord {
  return { record, pumpAt: readTime(record.at) ?? 0, fieldErrors };
}

/**
 * Reads one record. A fault in an optional field drops that field and says so; a fault in a required one rejects.
 */
export function readRecord(raw: unknown): ReadRecord | RejectedRecord {
  if (!isObject(raw)) return { seq: null, kind: null, reason: 'record: expected an object', raw };
  const usual = readUsualSample(raw);
  if (usual) return { record: usual.record, pumpAt: usual.pumpAt, fieldErrors: null };
  const kind = kindOf(raw.kind);
  if (kind === null) {
    const said = storableText(jsonText(raw.kind).slice(0, 80));
    const reason = `kind: ${said} is none of ${Object.keys(recordSchemas).join(', ')}`;
    return {
      seq: readSeq(raw.seq),
      kind: typeof raw.kind === 'string' ? storableText(raw.kind.slice(0, 40)) : null,
      reason,
      raw,
    };
  }
  const first = recordSchemas[kind].safeParse(raw);
  if (first.success) return accepted(first.data, null);

  const required = requiredFields[kind];
  const faulty = new Set(first.error.issues.map((issue) => String(issue.path[0] ?? '')));
  const fatal = [...faulty].some((field) => field === '' || required.includes(field));
  if (fatal) return { seq: readSeq(raw.seq), kind, reason: describe(first.error), raw };

  const kept = Object.fromEntries(Object.entries(raw).filter(([field]) => !faulty.has(field)));
  const second = recordSchemas[kind].safeParse(kept);
  if (second.success) return accepted(second.data, describe(first.error));
  return { seq: readSeq(raw.seq), kind, reason: describe(second.error), raw };
}

/**
 * Reads a parsed batch: the envelope strictly, then each record by itself, so that one bad record costs only itself.
 * @param message the outcome of JSON.parse
 */
export function readBatch(message: unknown): ReadBatch {
  const usual = isObject(message) ? readUsualEnvelope(message) : null;
  if (usual) return readRecords(usual.envelope, usual.sentAt);
  const read = envelope.safeParse(message);
  if (!read.success) return { ok: false, reason: describe(read.error) };
  return readRecords(read.data, readTime(read.data.sentAt) ?? 0);
}

function readRecords(read: Envelope, sentAt: number): ReadBatch {
  const records: ReadRecord[] = [];
  const rejected: RejectedRecord[] = [];
  for (const raw of read.records) {
    const outcome = readRecord(raw);
    if ('record' in outcome) records.push(outcome);
    else rejected.push(outcome);
  }
  return { ok: true, envelope: read, sentAt, records, rejected };
}
