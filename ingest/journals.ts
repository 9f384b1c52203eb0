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
