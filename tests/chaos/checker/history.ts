// What the pumps and the screens of a run wrote down about themselves, one JSON object a line. It is written beside the
// code under test, never by it, and read here without its rules.
import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';

const seq = z.int().min(1);
const records = z.array(z.tuple([seq, z.string(), z.string()]));
const pumpEvent = { at: z.number(), pump: z.string(), epoch: z.string() };

/** Of a pump's journal; every line is written after the journal has done it, and before anything is sent. */
export const journalEvent = z.discriminatedUnion('event', [
  /** A process opened the journal: what it holds unacknowledged. */
  z.object({
    ...pumpEvent,
    event: z.literal('open'),
    previousEpoch: z.string().nullable(),
    boot: z.int(),
    upTo: z.int(),
    last: z.int(),
    held: records,
  }),
  /** Records written: [seq, kind, text]. */
  z.object({ ...pumpEvent, event: z.literal('write'), records }),
  z.object({ ...pumpEvent, event: z.literal('ack'), upTo: z.int() }),
  /** Records from…to were deleted because of an acknowledgement. */
  z.object({ ...pumpEvent, event: z.literal('trim'), from: seq, to: seq }),
  z.object({ ...pumpEvent, event: z.literal('boot'), boot: z.int() }),
  /** The journal was lost: `next` is the epoch that follows. */
  z.object({ ...pumpEvent, event: z.literal('lose'), next: z.string(), upTo: z.int(), last: z.int() }),
  /** Records from…to are about to be written unreadable on purpose. */
  z.object({ ...pumpEvent, event: z.literal('poison'), from: seq, to: seq }),
]);
export type JournalEvent = z.infer<typeof journalEvent>;

const onScreen = { at: z.number(), screen: z.string() };

/** Of a connected screen. */
export const screenEvent = z.discriminatedUnion('event', [
  z.object({ ...onScreen, event: z.literal('open'), last: z.int() }),
  /** Replaces what the screen knew: the feed up to `head`, and which alerts are active. */
  z.object({ ...onScreen, event: z.literal('snapshot'), head: z.int(), active: z.array(z.string()) }),
  z.object({ ...onScreen, event: z.literal('alert'), seq: z.int(), alert: z.string(), condition: z.string() }),
  z.object({ ...onScreen, event: z.literal('close'), last: z.int() }),
  /** The run is over; by now the screen had to know the feed up to `head`. */
  z.object({ ...onScreen, event: z.literal('end'), head: z.int() }),
]);
export type ScreenEvent = z.infer<typeof screenEvent>;

export type History = {
  journals: readonly JournalEvent[];
  screens: readonly ScreenEvent[];
  /**
   * Workers were frozen or their links delayed: an acknowledgement may arrive after a newer one of the next owner. It is
   * still true, and pumps ignore it; without such faults it must not happen.
   */
  mayOvertake: boolean;
};

/**
 * Reads a log of events. A process killed while it wrote leaves a torn last line, and the next one begins a line of its
 * own; what was torn was never sent.
 * @throws Error naming file and line where a whole line is no event
 */
export function readEvents<T>(file: string, event: z.ZodType<T>): T[] {
  if (!existsSync(file)) return [];
  const events: T[] = [];
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line === '') continue;
    const value = parse(line);
    if (value === undefined) continue;
    const read = event.safeParse(value);
    if (!read.success) throw new Error(`${file}:${index + 1}: ${z.prettifyError(read.error)}`);
    events.push(read.data);
  }
  return events;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
