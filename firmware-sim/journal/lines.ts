// The journal's file: one line per append, `crc32 JSON`. A line is a whole: records and the pump's state after them
// stand or fall together, so a counter never goes backwards past a record that was sent.
import { crc32 } from 'node:zlib';
import * as z from 'zod';
import { recordKinds } from '#schemas/messages/record.ts';

const seq = z.int().min(1);

export const journalLine = z.object({
  /** Epoch, and the one before it. */
  e: z.string().optional(),
  pe: z.string().nullable().optional(),
  /** Boot counter. */
  b: z.int().min(0).optional(),
  /** Records written: seq, kind, text. */
  r: z.array(z.tuple([seq, z.enum(recordKinds), z.string()])).optional(),
  /** Ranges that were given up. */
  g: z.array(z.tuple([seq, seq])).optional(),
  /** Every record ≤ a is committed and deleted; n is the highest seq ever written. */
  a: z.int().min(0).optional(),
  n: z.int().min(0).optional(),
  /** Pump state after this line. */
  s: z.unknown().optional(),
});
export type JournalLine = z.infer<typeof journalLine>;

/** One line with its checksum and line end. */
export function encodeLine(line: JournalLine): string {
  const json = JSON.stringify(line);
  return `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
}

/**
 * Reads the lines of a journal. A crash can only tear the end off, so reading stops at the first bad line.
 * @returns the good lines, and the length in bytes of the good part
 */
export function decodeLines(bytes: Buffer): { lines: JournalLine[]; goodBytes: number } {
  const lines: JournalLine[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) break;
    const line = decodeLine(bytes.toString('utf8', at, end));
    if (!line) break;
    lines.push(line);
    at = end + 1;
  }
  return { lines, goodBytes: at };
}

function decodeLine(text: string): JournalLine | null {
  if (text[8] !== ' ') return null;
  const json = text.slice(9);
  if (crc32(json).toString(16).padStart(8, '0') !== text.slice(0, 8)) return null;
  const read = journalLine.safeParse(JSON.parse(json));
  return read.success ? read.data : null;
}
