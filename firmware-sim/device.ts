// What makes a state machine a pump on the network: clocks, journal and link.
import { randomBytes } from 'node:crypto';
import type { Command, Reply } from '#schemas/messages/control.ts';
import type { RecordKind } from '#schemas/messages/record.ts';
import { readTime } from '#schemas/messages/time.ts';
import { type ClockFault, disturbClock, shownTime, trueClock, type WallClock } from './faults/clock.ts';
import type { GoneText, Journal, NewRecord } from './journal/journal.ts';
import type { LibraryShelf } from './library/shelf.ts';
import type { Credential } from './link/connection.ts';
import { type Link, newLink } from './link/link.ts';
import type { Pacer } from './link/pacer.ts';
import { type Transfer, takePart } from './link/transfer.ts';
import type { Seeded } from './random.ts';
import type { RecordDraft, TimedDraft } from './record-draft.ts';
import type { Scheduler } from './scheduler.ts';

export type DeviceDeps = {
  id: string;
  model: string;
  serial: string;
  brokerUrl: string;
  credential: Credential;
  journal: Journal;
  scheduler: Scheduler;
  pacer: Pacer;
  seeded: Seeded;
  /** True time, ms since 1970, never stepping back. */
  world(): number;
  /** True time at which the pump's own time was 0; later by as long as it was without power since. */
  base(): number;
  shelf: LibraryShelf;
  /** Own time of the last power-up. */
  bootedAt(): number;
  versions(): { firmware: string; libraryVersion: string | null };
  sampleEveryS: number;
  /** A file was handed down complete. */
  installed(what: 'library' | 'firmware', version: string): void;
  refused(): Promise<Credential | null>;
  changed(): void;
};

export type Device = {
  readonly link: Link;
  readonly journal: Journal;
  /** The pump's own time now, ms. */
  ownTime(): number;
  /** Writes records to the journal, then offers them to the link. @param state what the pump is after them */
  write(records: readonly TimedDraft[], state: unknown): void;
  /** Writes a record whose fields may be anything: it takes a seq like every other. */
  writeUnreadable(kind: RecordKind, body: Record<string, unknown>): void;
  disturbClock(fault: ClockFault): void;
  loseJournal(): void;
  close(): Promise<void>;
};

/** A fresh epoch: 16 random hex digits. */
export function newEpoch(): string {
  return randomBytes(8).toString('hex');
}

/** @returns a pump on the network, not yet connected */
export function newDevice(deps: DeviceDeps): Device {
  const { journal } = deps;
  let clock: WallClock = trueClock;
  let firmware: Transfer | null = null;

  const ownTime = () => Math.round(deps.world() - deps.base());
  const iso = (trueMs: number) => new Date(shownTime(clock, trueMs)).toISOString();

  const text = (t: number, draft: RecordDraft, seq: number) =>
    JSON.stringify({
      seq,
      at: iso(deps.base() + t),
      uptimeMs: Math.max(0, Math.round(t - deps.bootedAt())),
      boot: journal.boot,
      ...draft,
    });
  const goneText: GoneText = ([from, to], reason, seq) => text(ownTime(), { kind: 'gone', from, to, reason }, seq);

  const write = (records: readonly TimedDraft[], state: unknown) => {
    const fresh = records.map(({ t, draft }): NewRecord => ({ kind: draft.kind, text: (seq) => text(t, draft, seq) }));
    link.offer(journal.append(fresh, state, goneText));
  };
  const writeNow = (draft: RecordDraft) => write([{ t: ownTime(), draft }], journal.state);

  const obey = (given: Exclude<Command, { cmd: 'hello' }>): Reply => {
    switch (given.cmd) {
      case 'backfill': {
        const { epoch, ranges } = given.args;
        if (epoch !== journal.epoch) return { id: given.id, ok: false, error: `epoch ${epoch} is not in this journal` };
        const held = new Set(journal.entries().map((entry) => entry.seq));
        for (const range of ranges) explain(range, held);
        link.resendNow(ranges);
        return { id: given.id, ok: true };
      }
      case 'time': {
        const to = readTime(given.args.at);
        if (to === null) return { id: given.id, ok: false, error: 'no time' };
        const before = iso(deps.world());
        clock = disturbClock(clock, { clock: 'set', toMs: to }, deps.world());
        writeNow({ kind: 'device', event: 'time-changed', from: before, to: given.args.at });
        return { id: given.id, ok: true };
      }
      case 'library': {
        const { reply, complete } = deps.shelf.take(given);
        if (complete !== null) deps.installed('library', complete);
        return { id: given.id, ...reply };
      }
      case 'firmware': {
        const step = takePart(firmware, given);
        firmware = step.done ? null : step.transfer;
        if (step.done) deps.installed('firmware', step.version);
        return 'error' in step ? { id: given.id, ok: false, error: step.error } : { id: given.id, ok: true };
      }
    }
  };

  /** Declares the parts of a range that are not here; a number not yet written is not gone. */
  const explain = ([from, to]: readonly [number, number], held: ReadonlySet<number>) => {
    const end = Math.min(to, journal.last);
    let hole: number | null = null;
    for (let seq = from; seq <= end + 1; seq += 1) {
      const missing = seq <= end && !held.has(seq);
      if (missing) hole ??= seq;
      else if (hole !== null) {
        writeNow({ kind: 'gone', from: hole, to: seq - 1, reason: 'deleted-after-commit' });
        hole = null;
      }
    }
  };

  const link = newLink({
    ...deps,
    pump: deps.id,
    clocks: () => ({ sentAt: iso(deps.world()), uptimeMs: Math.max(0, ownTime() - deps.bootedAt()) }),
    identity: () => ({
      model: deps.model,
      serial: deps.serial,
      sampleEveryS: deps.sampleEveryS,
      ...deps.versions(),
    }),
    obey: (given) => (given.cmd === 'hello' ? { id: given.id, ok: true } : obey(given)),
    lacks: (ranges) => {
      for (const range of ranges) explain(range, new Set());
    },
  });

  return {
    link,
    journal,
    ownTime,
    write,
    writeUnreadable(kind, body) {
      const stamp = { at: iso(deps.world()), boot: journal.boot };
      const text = (seq: number) => JSON.stringify({ seq, ...stamp, kind, ...body });
      link.offer(journal.append([{ kind, text }], journal.state, goneText));
    },
    disturbClock(fault) {
      clock = disturbClock(clock, fault, deps.world());
    },
    loseJournal() {
      journal.lose(newEpoch());
      link.restart();
    },
    async close() {
      await link.close();
      journal.close();
    },
  };
}
