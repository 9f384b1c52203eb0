import { type ClockState, newClock } from '#schemas/rules/clock.ts';
import { type Cursor, newCursor } from '#schemas/rules/cursor.ts';
import type { PumpLibrary } from '#schemas/rules/library-watch.ts';
import { newPumpRules, type PumpRuleState, type RuleContext } from '#schemas/rules/pump-rule-state.ts';
import type { CareFacts } from '#schemas/rules/second-check/care.ts';

// What a worker remembers of the pumps of its shards. All of it can be loaded again from the database, and is, whenever
// a transaction's outcome is unknown.

/** One journal of one pump. The writer of its shard is the only one who changes it. */
export type JournalMemory = {
  pump: string;
  epoch: string;
  epochNo: number;
  previousEpoch: string | null;
  /** Version of the row in the database; null: not inserted yet. */
  version: number | null;
  cursor: Cursor;
  clock: ClockState;
  /** Since the row was written. */
  clockChanged: boolean;
  upToAt: number | null;
  /** The newest that was heard; null: none was. */
  boot: number | null;
  /** The highest seq that was in when it was first heard, and `latestAt` then; null: not known. */
  bootAfter: number | null;
  bootAfterAt: number | null;
  /** The latest `at` of its records, ms by the pump's clock; null: not known. */
  latestAt: number | null;
  records: number;
  rejected: number;
  closed: boolean;
  /** The journal's last record when the pump last said hello to this worker; null: it has not. */
  announcedLast: number | null;
  context: RuleContext | null;
  /** The transaction that writes it already, so that most records need no look-up in a set. */
  touchedBy: object | null;
};

export type PumpMemory = {
  pump: string;
  shard: number;
  /** What a person said of it; null: nobody has. */
  status: string | null;
  /** The library that it says it has, and the one that it is to have, as last looked up; null: not yet. */
  library: PumpLibrary | null;
  journals: Map<string, JournalMemory>;
  newest: JournalMemory | null;
  rules: PumpRuleState;
  /** What is on record for it, as schemas/rules/second-check/care.ts tells; null: not looked up yet. */
  care: CareFacts | null;
  /** The infusion that runs, as last written. */
  infusion: { epochNo: number; number: number; state: string | null } | null;
  /** As with the journal. */
  touchedBy: object | null;
  /** `pump_state` must be written with the next transaction: something happened, not just another sample. */
  mustKeep: boolean;
  /** When `pump_state` was last written, ms. */
  keptAt: number;
};

export function newPump(pump: string, shard: number, status: string | null): PumpMemory {
  return {
    pump,
    shard,
    status,
    library: null,
    journals: new Map(),
    newest: null,
    rules: newPumpRules(),
    care: null,
    infusion: null,
    touchedBy: null,
    mustKeep: true,
    keptAt: 0,
  };
}

/** A journal that nobody has seen before takes the pump's next number. */
export function newJournal(pump: PumpMemory, epoch: string, previousEpoch: string | null): JournalMemory {
  const journal: JournalMemory = {
    pump: pump.pump,
    epoch,
    epochNo: (pump.newest?.epochNo ?? 0) + 1,
    previousEpoch,
    version: null,
    cursor: newCursor(),
    clock: newClock(),
    clockChanged: true,
    upToAt: null,
    boot: null,
    bootAfter: null,
    bootAfterAt: null,
    latestAt: null,
    records: 0,
    rejected: 0,
    closed: false,
    announcedLast: null,
    context: null,
    touchedBy: null,
  };
  pump.journals.set(epoch, journal);
  pump.newest = journal;
  return journal;
}

const patientStatuses: readonly string[] = ['at-patient', 'backup-at-patient'];

/** Whether alerts of this pump are a patient's. Nothing is missed before the paperwork: without a status it counts. */
export function isOnPatient(pump: PumpMemory): boolean {
  return pump.status === null || patientStatuses.includes(pump.status);
}

const benchStatuses: readonly string[] = ['testing', 'service'];

/** Whether a person said that it is being tested or repaired. */
export function isOnBench(pump: PumpMemory): boolean {
  return pump.status !== null && benchStatuses.includes(pump.status);
}

/** What is on record never changes in place, and is too large to be copied for each pump. */
function copyRules(rules: PumpRuleState): PumpRuleState {
  const { care, doses, ...check } = rules.check;
  const copied = structuredClone({ ...rules, check: { ...check, care: null, doses: new Map() } });
  return { ...copied, check: { ...copied.check, care, doses } };
}

/** A pump's memory to try things on: nothing done to it is ever written. */
export function copyPump(pump: PumpMemory): PumpMemory {
  const copy: PumpMemory = {
    ...pump,
    rules: copyRules(pump.rules),
    journals: new Map(),
    newest: null,
    touchedBy: null,
  };
  for (const [epoch, journal] of pump.journals) {
    const { cursor, clock } = structuredClone({ cursor: journal.cursor, clock: journal.clock });
    const copied: JournalMemory = { ...journal, cursor, clock, context: null, touchedBy: null };
    copy.journals.set(epoch, copied);
    if (journal === pump.newest) copy.newest = copied;
  }
  return copy;
}
