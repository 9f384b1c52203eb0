import type { Priority, PumpRunState } from '../messages/record.ts';
import type { BatteryWatch } from './battery-fade.ts';
import type { FlowState } from './flow-rule.ts';
import type { GapWatch } from './gap-watch.ts';
import type { CareFacts } from './second-check/care.ts';
import { type CheckState, newCheckState } from './second-check/check-state.ts';
import type { Upkeep } from './upkeep.ts';

// What the rules remember of one pump, what they say, and what they are told.

/** A condition that holds now and has an alert. */
export type OpenCondition = {
  id: string;
  /** Groups what is the same condition: an alarm's code, or the rule's name. */
  key: string;
  priority: Priority;
  epochNo: number;
  boot: number;
  alarm: number | null;
  raisedAt: number;
  /** What it says, where another wording is another condition. */
  said?: string;
};

/** A condition that ended less than the re-arm time ago. */
export type RestingCondition = OpenCondition & { endedAt: number };

/** An alarm that began in the past and may have ended within the backlog that is still coming in. */
export type LateAlarm = { raise: RaiseEffect; open: OpenCondition; since: number };

export type LastSample = {
  epochNo: number;
  seq: number;
  at: number;
  infusion: number | null;
  state: PumpRunState;
  rateMlPerH: number | null;
  infusedMl: number | null;
  reservoirMl: number | null;
  vtbiRemainingMl: number | null;
  pressureKpa: number | null;
  batteryPct: number | null;
  mains: boolean | null;
};

export type PumpRuleState = {
  /** Newest boot seen and when it was first seen, ms. */
  boot: { epochNo: number; boot: number; since: number } | null;
  /** Any record, a rejected one too, ms received. */
  contactAt: number | null;
  /** Newest receipt of a record from the past, ms. */
  backlogAt: number | null;
  /** Hello's sampleEveryS. */
  sampleEveryS: number | null;
  /** Drug of the newest programme, by the infusion that it is for. */
  drug: { epochNo: number; infusion: number; name: string | null } | null;
  lastSample: LastSample | null;
  hasDelivered: boolean;
  flow: FlowState;
  /** The same watch over records that come in behind newer ones. */
  flowInBacklog: FlowState;
  /** Rejected records in a row. */
  rejectedInARow: number;
  open: OpenCondition[];
  resting: RestingCondition[];
  late: LateAlarm[];
  /** Ends that came before their starts, newest last. */
  endsWithoutStart: { epochNo: number; alarm: number; at: number }[];
  /** Holes of the newest journal, while there are any. */
  gap: GapWatch | null;
  /** What a technician may have to be told. */
  upkeep: Upkeep | null;
  /** Its last discharges, once there was one. */
  battery: BatteryWatch | null;
  check: CheckState;
};

export type RaiseEffect = {
  do: 'raise';
  id: string;
  epochNo: number;
  seq: number;
  type: string;
  priority: Priority;
  pumpPriority: Priority | null;
  message: string;
  detail: Record<string, unknown>;
  raisedAt: number;
  late: boolean;
  alarm: number | null;
  infusion: number | null;
  pumpAt: number | null;
  brokerAt: number | null;
  receivedAt: number;
  /** Set when it began and ended within the backlog: recorded, never paged. */
  ended: { at: number; reason: string } | null;
};

export type RuleEffect =
  | RaiseEffect
  | { do: 'end'; id: string; at: number; reason: string }
  | { do: 'reopen'; id: string; at: number }
  /** Priority, words or detail changed while it holds. */
  | { do: 'worsen'; id: string; priority: Priority; detail: Record<string, unknown>; message?: string };

export type RuleContext = {
  epochNo: number;
  /** UUIDv5 of (pump, epoch, seq, rule), so that an alert met twice is one. */
  alertId: (seq: number, rule: string) => string;
  /** At patient or backup at patient; a bench pump never pages a nurse. */
  onPatient: boolean;
  /** What is on record for the pump; null: not looked up. */
  care: CareFacts | null;
};

export type RuleStep = { next: PumpRuleState; effects: RuleEffect[] };

/** When and how a record came. */
export type Arrival = {
  seq: number;
  boot: number;
  /** Estimate, ms. */
  at: number;
  pumpAt: number | null;
  brokerAt: number | null;
  receivedAt: number;
  late: boolean;
  /** Every record below it in its journal is in; absent: not known. */
  complete?: boolean;
};

export function newPumpRules(): PumpRuleState {
  return {
    boot: null,
    contactAt: null,
    backlogAt: null,
    sampleEveryS: null,
    drug: null,
    lastSample: null,
    hasDelivered: false,
    flow: null,
    flowInBacklog: null,
    rejectedInARow: 0,
    open: [],
    resting: [],
    late: [],
    endsWithoutStart: [],
    gap: null,
    upkeep: null,
    battery: null,
    check: newCheckState(),
  };
}

/** Whether fluid runs by intent. */
export function isRunning(state: PumpRunState): boolean {
  return state === 'delivering' || state === 'kvo';
}
