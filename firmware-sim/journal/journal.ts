// A pump's journal: every record is here before it is first sent, and stays until the platform says it is committed.
//
// Durability: one append is one write(2) of one checksummed line, so it survives a kill of the simulator at any point.
// `fsync: 'append'` also flushes each append to the disk, as a pump would; the default 'close' flushes when the journal
// is compacted or closed, and may lose its newest lines when the machine itself loses power.
import type { RecordKind } from '#schemas/messages/record.ts';
import type { Range } from '#schemas/rules/cursor.ts';
import { chooseGone, firstFrom, without } from './entries.ts';
import type { Entry } from './entry.ts';
import type { JournalLine } from './lines.ts';
import type { JournalStore } from './store.ts';

/** Makes a record's text once its seq is known. */
export type NewRecord = { kind: RecordKind; text(seq: number): string };

export type Journal = {
  readonly epoch: string;
  readonly previousEpoch: string | null;
  readonly boot: number;
  /** Unacknowledged records in order of seq. */
  entries(): readonly Entry[];
  /** Highest seq ever written, and the highest with nothing unacknowledged at or below it. */
  readonly last: number;
  readonly upTo: number;
  /** The pump's state as of the last append; undefined in a new journal. */
  readonly state: unknown;
  /** Writes records and the state after them, durably, before it returns them. */
  append(records: readonly NewRecord[], state: unknown, gone: GoneText): Entry[];
  /** Everything ≤ upTo is committed. @returns how many records were deleted */
  acknowledge(upTo: number): number;
  /** A power-up. */
  nextBoot(): void;
  /** The journal is lost: a new epoch begins at seq 1, the boot counter goes on. */
  lose(newEpoch: string): void;
  close(): void;
};

/** Words a `gone` record. */
export type GoneText = (range: Range, reason: string, seq: number) => string;

export type JournalLimits = {
  /** Records kept at most; 72 h at a sample each 10 s are 25,920. */
  capacity: number;
};

/**
 * Opens a journal and folds what its store holds. The stored boot counter is not raised: `nextBoot` does that.
 * @param newEpoch 16 random hex digits, used when the store is empty
 */
export function openJournal(store: JournalStore, limits: JournalLimits, newEpoch: () => string): Journal {
  let epoch = '';
  let previousEpoch: string | null = null;
  let boot = 0;
  let entries: Entry[] = [];
  let last = 0;
  let upTo = 0;
  let state: unknown;

  const fold = (line: JournalLine) => {
    if (line.e !== undefined) {
      epoch = line.e;
      previousEpoch = line.pe ?? null;
      entries = [];
      last = 0;
      upTo = 0;
    }
    if (line.b !== undefined) boot = line.b;
    if (line.n !== undefined) last = line.n;
    if (line.a !== undefined) upTo = line.a;
    for (const [seq, kind, text] of line.r ?? []) {
      entries.push({ seq, kind, text, sentAt: 0, ahead: false });
      last = Math.max(last, seq);
    }
    if (line.g) entries = without(entries, line.g);
    if (line.s !== undefined) state = line.s;
  };
  for (const line of store.read()) fold(line);
  entries.splice(0, firstFrom(entries, upTo + 1));
  if (epoch === '') {
    const first = { e: newEpoch(), pe: null, b: 0 };
    store.append(first);
    fold(first);
  }

  const snapshot = (): JournalLine[] => {
    const lines: JournalLine[] = [{ e: epoch, pe: previousEpoch, b: boot, a: upTo, n: last, s: state }];
    for (let at = 0; at < entries.length; at += 1_000) {
      lines.push({ r: entries.slice(at, at + 1_000).map(({ seq, kind, text }) => [seq, kind, text]) });
    }
    return lines;
  };

  const makeRoom = (line: JournalLine, coming: number, gone: GoneText) => {
    const excess = entries.length + coming - limits.capacity;
    if (excess <= 0) return;
    // A tenth at once: one declaration instead of one for each record.
    const ranges = chooseGone(entries, Math.max(excess, Math.ceil(limits.capacity / 10)));
    if (ranges.length === 0) return;
    line.g = ranges;
    entries = without(entries, ranges);
    for (const range of ranges) {
      last += 1;
      line.r?.push([last, 'gone', gone(range, 'journal-overflow', last)]);
    }
  };

  return {
    get epoch() {
      return epoch;
    },
    get previousEpoch() {
      return previousEpoch;
    },
    get boot() {
      return boot;
    },
    get last() {
      return last;
    },
    get upTo() {
      return upTo;
    },
    get state() {
      return state;
    },
    entries: () => entries,
    append(records, nextState, gone) {
      const line: JournalLine = { r: [], a: upTo, s: nextState };
      makeRoom(line, records.length, gone);
      for (const record of records) {
        last += 1;
        line.r?.push([last, record.kind, record.text(last)]);
      }
      store.append(line);
      state = nextState;
      const added = (line.r ?? []).map(([seq, kind, text]): Entry => ({ seq, kind, text, sentAt: 0, ahead: false }));
      for (const entry of added) entries.push(entry);
      if (store.wantsCompaction()) store.replace(snapshot());
      return added;
    },
    acknowledge(given) {
      if (given <= upTo || given > last) return 0;
      upTo = given;
      const count = firstFrom(entries, given + 1);
      entries.splice(0, count);
      return count;
    },
    nextBoot() {
      boot += 1;
      store.append({ b: boot });
    },
    lose(nextEpoch) {
      previousEpoch = epoch;
      const line = { e: nextEpoch, pe: previousEpoch, b: boot, s: state };
      store.append(line);
      fold(line);
    },
    close() {
      store.replace(snapshot());
      store.close();
    },
  };
}
