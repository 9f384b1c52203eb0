import type { Priority } from '../../messages/record.ts';
import { rearmMs } from '../alert.ts';
import { endConditions } from '../conditions.ts';
import type { Finding } from '../finding.ts';
import type {
  Arrival,
  OpenCondition,
  PumpRuleState,
  RaiseEffect,
  RuleContext,
  RuleEffect,
  RuleStep,
} from '../pump-rule-state.ts';

// Conditions of the second check. One that began in the past waits until the backlog is in, as a late alarm does
// (alarm-rules.ts): what was over by then is recorded and pages nobody.

export type Told = {
  finding: Finding;
  infusion: number | null;
  /** Found behind newer records: it is over already and is only recorded. */
  pastOnly?: boolean;
  /** It is something new although the last one still holds: another programme, not more knowledge of the same. */
  anew?: boolean;
};

const rank: Record<Priority, number> = { low: 0, medium: 1, high: 2 };

/** Raises what was found, reopens it within its re-arm time, or brings an open one up to date. */
export function tell(state: PumpRuleState, context: RuleContext, arrival: Arrival, told: Told): RuleStep {
  const { finding, infusion } = told;
  const key = finding.type;
  if (!context.onPatient) return { next: state, effects: [] };
  if (told.pastOnly) {
    const past = raiseOf(context, arrival, finding, infusion);
    const ended = { at: arrival.at, reason: 'found in backfilled history' };
    return { next: state, effects: [{ ...past, ended }] };
  }
  const waiting = state.late.find(({ open }) => open.alarm === null && open.key === key);
  if (waiting && !told.anew) return { next: replaceLate(state, waiting, finding), effects: [] };
  const open = state.open.find((known) => known.alarm === null && known.key === key);
  if (open && !told.anew) return update(state, open, finding);
  if (open || waiting) {
    if (open?.said === finding.message) return { next: state, effects: [] };
    const ended = endTold(state, key, arrival.at, 'programmed anew');
    const begun = begin(ended.next, context, arrival, finding, infusion);
    return { next: begun.next, effects: [...ended.effects, ...begun.effects] };
  }
  const resting = state.resting.find(
    (rest) =>
      rest.alarm === null && rest.key === key && rest.said === finding.message && arrival.at - rest.endedAt <= rearmMs,
  );
  if (!resting) return begin(state, context, arrival, finding, infusion);
  const { endedAt: _, ...again } = resting;
  return {
    next: { ...state, open: [...state.open, again], resting: state.resting.filter((rest) => rest !== resting) },
    effects: [{ do: 'reopen', id: resting.id, at: arrival.at }],
  };
}

function begin(
  state: PumpRuleState,
  context: RuleContext,
  arrival: Arrival,
  finding: Finding,
  infusion: number | null,
): RuleStep {
  const raise = raiseOf(context, arrival, finding, infusion);
  const open: OpenCondition = {
    id: raise.id,
    key: finding.type,
    priority: finding.priority,
    epochNo: context.epochNo,
    boot: arrival.boot,
    alarm: null,
    raisedAt: arrival.at,
    said: finding.message,
  };
  if (arrival.late) {
    return { next: { ...state, late: [...state.late, { raise, open, since: arrival.receivedAt }] }, effects: [] };
  }
  return { next: { ...state, open: [...state.open, open] }, effects: [raise] };
}

function raiseOf(context: RuleContext, arrival: Arrival, finding: Finding, infusion: number | null): RaiseEffect {
  return {
    do: 'raise',
    id: context.alertId(arrival.seq, finding.type),
    epochNo: context.epochNo,
    seq: arrival.seq,
    type: finding.type,
    priority: finding.priority,
    pumpPriority: null,
    message: finding.message,
    detail: finding.detail,
    raisedAt: arrival.at,
    late: arrival.late,
    alarm: null,
    infusion,
    pumpAt: arrival.pumpAt,
    brokerAt: arrival.brokerAt,
    receivedAt: arrival.receivedAt,
    ended: null,
  };
}

/** More is known of a condition that holds: its words follow; its priority only rises. */
function update(state: PumpRuleState, open: OpenCondition, finding: Finding): RuleStep {
  const worse = rank[finding.priority] > rank[open.priority];
  if (!worse && open.said === finding.message) return { next: state, effects: [] };
  const priority = worse ? finding.priority : open.priority;
  const updated = { ...open, priority, said: finding.message };
  return {
    next: { ...state, open: state.open.map((known) => (known === open ? updated : known)) },
    effects: [{ do: 'worsen', id: open.id, priority, detail: finding.detail, message: finding.message }],
  };
}

function replaceLate(state: PumpRuleState, waiting: PumpRuleState['late'][number], finding: Finding): PumpRuleState {
  if (waiting.open.said === finding.message) return state;
  const priority = rank[finding.priority] > rank[waiting.open.priority] ? finding.priority : waiting.open.priority;
  const { message, detail } = finding;
  const raise = { ...waiting.raise, priority, message, detail };
  const open = { ...waiting.open, priority, said: message };
  return { ...state, late: state.late.map((late) => (late === waiting ? { ...late, raise, open } : late)) };
}

/** Ends a condition of ours, whether it is on the board or still waits for the backlog. */
export function endTold(state: PumpRuleState, key: string, at: number, reason: string): RuleStep {
  let next = state;
  const effects: RuleEffect[] = [];
  for (const late of state.late) {
    if (late.open.alarm !== null || late.open.key !== key) continue;
    next = { ...next, late: next.late.filter((known) => known !== late) };
    effects.push({ ...late.raise, ended: { at: Math.max(at, late.raise.raisedAt), reason } });
  }
  const step = endConditions(next, (open) => open.alarm === null && open.key === key, at, reason);
  return { next: step.next, effects: [...effects, ...step.effects] };
}
