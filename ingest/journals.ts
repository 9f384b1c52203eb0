import { declareGone } from '#schemas/rules/cursor.ts';
import { type JournalMemory, newJournal, type PumpMemory } from './fleet.ts';
import type { Rows } from './rows.ts';

// When a journal begins and ends, and which of its records nobody will ever send.

/** A new epoch closes the older ones: what is missing of them was lost with the journal. */
export function openJournal(
  rows: Rows,
  pump: PumpMemory,
  epoch: string,
  previous: string | null,
  now: number,
): JournalMemory {
  if (previous !== null && previous !== epoch && !pump.journals.has(previous)) {
    // Named but never heard: it keeps the lower number, should its records still arrive.
    touch(rows, newJournal(pump, previous, null));
  }
  const journal = newJournal(pump, epoch, previous);
  for (const older of pump.journals.values()) {
    if (older === journal || older.closed) continue;
    older.closed = true;
    touch(rows, older);
    loseHoles(rows, pump, older, now);
  }
  touch(rows, journal);
  return journal;
}

/** A boot that was not heard before: what is in by then is of older boots. */
export function hearBoot(journal: JournalMemory, boot: number): void {
  if (journal.boot !== null && boot <= journal.boot) return;
  const { upTo, above } = journal.cursor;
  // Not the cursor's `highest`: a hello may have named records that are still on their way.
  journal.bootAfter = above.at(-1)?.[1] ?? upTo;
  journal.bootAfterAt = journal.latestAt;
  journal.boot = boot;
}

/** A record that was taken, by its pump's clock. */
export function hearTime(journal: JournalMemory, pumpAt: number): void {
  if (journal.latestAt === null || pumpAt > journal.latestAt) journal.latestAt = pumpAt;
}

/**
 * Whether a record whose seq is in already is another one than that: the number was given before its boot began, and
 * numbers go up. A pump whose journal lost its newest lines without knowing, as a disk that lies about flushing makes it,
 * numbers on from an older one. A record need not say its boot: without that it has to be later than all that came before
 * the boot, since a pump that sends again what it recorded then may leave it out too.
 */
export function isUsedAgain(
  journal: JournalMemory,
  record: { seq: number; boot: number | null; pumpAt: number | null },
  envelopeBoot: number,
): boolean {
  const { bootAfter, bootAfterAt } = journal;
  if (bootAfter === null || record.seq > bootAfter) return false;
  if (record.boot !== null) return record.boot === journal.boot;
  if (envelopeBoot !== journal.boot) return false;
  return bootAfterAt !== null && record.pumpAt !== null && record.pumpAt > bootAfterAt;
}

/** Nobody holds what a closed journal lacks; a record that arrives after all replaces the declaration. */
export function loseHoles(rows: Rows, pump: PumpMemory, closed: JournalMemory, now: number): void {
  const { upTo, highest } = closed.cursor;
  if (highest > upTo) declare(rows, pump, closed, upTo + 1, highest, 'journal-lost', now);
}

/** Declares the holes of a range gone on the platform's behalf. */
export function declare(
  rows: Rows,
  pump: PumpMemory,
  journal: JournalMemory,
  from: number,
  to: number,
  reason: string,
  now: number,
): void {
  for (const [start, end] of declareGone(journal.cursor, from, to)) {
    rows.gone.push({
      pump_id: pump.pump,
      epoch_no: journal.epochNo,
      seq: null,
      from_seq: start,
      to_seq: end,
      reason,
      declared_by: 'platform',
      at: now,
      pump_at: null,
      received_at: now,
      late: false,
    });
  }
}

export function touch(rows: Rows, journal: JournalMemory): void {
  if (journal.touchedBy === rows.transaction) return;
  journal.touchedBy = rows.transaction;
  rows.journals.add(journal);
}
