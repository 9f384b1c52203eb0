import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { epochId } from '#schemas/messages/envelope.ts';

// The canary pump's journal: what every pump keeps until the platform says that it is committed.

const time = { at: z.string(), uptimeMs: z.number(), boot: z.int(), seq: z.int().min(1) };
const kept = z.discriminatedUnion('kind', [
  z.object({ ...time, kind: z.literal('sample'), state: z.literal('standby') }),
  z.object({ ...time, kind: z.literal('gone'), from: z.int(), to: z.int(), reason: z.string() }),
]);
export type CanaryRecord = z.infer<typeof kept>;

const journal = z.object({
  epoch: epochId,
  boot: z.int().min(1),
  /** The newest number given. */
  last: z.int().min(0),
  /** Not acknowledged, in order. */
  records: z.array(kept),
});
export type CanaryJournal = z.infer<typeof journal>;

/** Half an hour of samples, fewer than one batch may hold. What is older is declared gone. */
const mostRecords = 180;

/** One more sample; a full journal first declares what it drops. Times: ms since 1970 and since the process began. */
export function addSample(before: CanaryJournal, now: number, uptimeMs: number): CanaryJournal {
  const { boot } = before;
  const stamp = (seq: number) => ({ seq, boot, at: new Date(now).toISOString(), uptimeMs: Math.round(uptimeMs) });
  let { last, records } = before;
  const [first] = records;
  if (first !== undefined && records.length >= mostRecords) {
    const from = first.kind === 'gone' ? first.from : first.seq;
    records = [{ ...stamp(last + 1), kind: 'gone', from, to: last, reason: 'journal full' }];
    last += 1;
  }
  records = [...records, { ...stamp(last + 1), kind: 'sample', state: 'standby' }];
  return { ...before, last: last + 1, records };
}

/** Without what is committed: every record up to `upTo`. */
export function acknowledged(before: CanaryJournal, upTo: number): CanaryJournal {
  return { ...before, records: before.records.filter(({ seq }) => seq > upTo) };
}

/**
 * The journal of a file, one boot later; a new one where there is none.
 * @returns `lost`: the file was there and could not be read, which begins a new epoch
 */
export function openJournal(file: string): { journal: CanaryJournal; lost: boolean } {
  let text: string | null = null;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  const known = text === null ? null : parse(text);
  if (known !== null) return { journal: { ...known, boot: known.boot + 1 }, lost: false };
  const fresh = { epoch: randomBytes(8).toString('hex'), boot: 1, last: 0, records: [] };
  return { journal: fresh, lost: text !== null };
}

function parse(text: string): CanaryJournal | null {
  try {
    return journal.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Writes the journal so that it is there whole, or as it was, even when the power goes. */
export function saveJournal(file: string, content: CanaryJournal): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const next = openSync(`${file}.new`, 'w', 0o600);
  try {
    writeFileSync(next, JSON.stringify(content));
    fsyncSync(next);
  } finally {
    closeSync(next);
  }
  renameSync(`${file}.new`, file);
}
