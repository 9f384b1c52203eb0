import { appendFileSync, readFileSync } from 'node:fs';
import type { Journal } from './journal/journal.ts';

/**
 * What befell each journal, for a checker that trusts neither this simulator nor the platform: one JSON object a line.
 * A line is written after the journal has done the thing and before anything of it is sent.
 */
export type HistoryLog = {
  write(event: { pump: string; epoch: string; event: string; [detail: string]: unknown }): void;
};

/**
 * @param path file to append to; a log goes on over restarts. Null keeps none
 * @throws when the file can't be written
 */
export function openHistoryLog(path: string | null): HistoryLog | null {
  if (path === null) return null;
  // A process that was killed may have left half a line.
  appendFileSync(path, '');
  const before = readFileSync(path);
  if (before.length > 0 && before.at(-1) !== 0x0a) appendFileSync(path, '\n');
  return {
    write(event) {
      appendFileSync(path, `${JSON.stringify({ at: Date.now(), ...event })}\n`);
    },
  };
}

/** The same journal, with every change of it in the log; without a log, the journal as it is. */
export function withHistory(pump: string, journal: Journal, log: HistoryLog | null): Journal {
  if (log === null) return journal;
  const told = (event: string, detail: Record<string, unknown>) =>
    log.write({ pump, epoch: journal.epoch, event, ...detail });
  const texts = (entries: ReturnType<Journal['entries']>) => entries.map(({ seq, kind, text }) => [seq, kind, text]);
  told('open', {
    previousEpoch: journal.previousEpoch,
    boot: journal.boot,
    upTo: journal.upTo,
    last: journal.last,
    held: texts(journal.entries()),
  });
  return {
    get epoch() {
      return journal.epoch;
    },
    get previousEpoch() {
      return journal.previousEpoch;
    },
    get boot() {
      return journal.boot;
    },
    get last() {
      return journal.last;
    },
    get upTo() {
      return journal.upTo;
    },
    get state() {
      return journal.state;
    },
    entries: () => journal.entries(),
    append(records, state, gone) {
      const added = journal.append(records, state, gone);
      if (added.length > 0) told('write', { records: texts(added) });
      return added;
    },
    acknowledge(upTo) {
      const first = journal.entries()[0]?.seq ?? journal.last + 1;
      const deleted = journal.acknowledge(upTo);
      told('ack', { upTo });
      if (deleted > 0) told('trim', { from: first, to: journal.upTo });
      return deleted;
    },
    nextBoot() {
      journal.nextBoot();
      told('boot', { boot: journal.boot });
    },
    lose(next) {
      const { epoch, upTo, last } = journal;
      journal.lose(next);
      log.write({ pump, epoch, event: 'lose', next, upTo, last });
    },
    close: () => journal.close(),
  };
}
