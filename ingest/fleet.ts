import { type ClockState, newClock } from '#schemas/rules/clock.ts';
import { type Cursor, newCursor } from '#schemas/rules/cursor.ts';
import { newPumpRules, type PumpRuleState } from '#schemas/rules/pump-rules.ts';

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
  upToAt: number | null;
  boot: number | null;
  records: number;
  rejected: number;
  closed: boolean;
};

export type PumpMemory = {
  pump: string;
  shard: number;
  /** What a person said of it; null: nobody has. */
  status: string | null;
  journals: Map<string, JournalMemory>;
  newest: JournalMemory | null;
  rules: PumpRuleState;
  /** The infusion that runs, as last written. */
  infusion: { epochNo: number; number: number; state: string | null } | null;
};

export function newPump(pump: string, shard: number, status: string | null): PumpMemory {
  return {
    pump,
    shard,
    status,
    journals: new Map(),
    newest: null,
    rules: newPumpRules(),
    infusion: null,
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
    upToAt: null,
    boot: null,
    records: 0,
    rejected: 0,
    closed: false,
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
