import type { Priority } from '../messages/record.ts';
import { rearmMs } from './alert.ts';
import type { Arrival, OpenCondition, PumpRuleState, RaiseEffect, RuleContext, RuleStep } from './pump-rule-state.ts';

// Conditions of our own: opened once, ended by what ended them, reopened within the re-arm time.

/** Ends open conditions by key; the ended ones rest for the re-arm time. */
export function endConditions(
  state: PumpRuleState,
  matches: (open: OpenCondition) => boolean,
  at: number,
  reason: string,
): RuleStep {
  const ending = state.open.filter(matches);
  if (ending.length === 0) return { next: state, effects: [] };
  return {
    next: {
      ...state,
      open: state.open.filter((open) => !ending.includes(open)),
      resting: [...state.resting, ...ending.map((open) => ({ ...open, endedAt: at }))].slice(-32),
    },
    effects: ending.map((open) => ({ do: 'end', id: open.id, at, reason })),
  };
}

type NewCondition = {
  key: string;
  priority: Priority;
  message: string;
  detail: Record<string, unknown>;
  infusion: number | null;
  /** Found behind newer records: it is over already and is only recorded. */
  pastOnly: boolean;
};

/** Opens a condition of ours once; within the re-arm time of its end it is the same alert again. */
export function raiseOrReopen(
  state: PumpRuleState,
  context: RuleContext,
  arrival: Arrival,
  found: NewCondition,
): RuleStep {
  if (!found.pastOnly && state.open.some((open) => open.key === found.key)) return { next: state, effects: [] };
  const resting = found.pastOnly
    ? undefined
    : state.resting.find((rest) => rest.key === found.key && arrival.at - rest.endedAt <= rearmMs);
  if (resting) {
    const { endedAt: _, ...open } = resting;
    return {
      next: { ...state, open: [...state.open, open], resting: state.resting.filter((rest) => rest !== resting) },
      effects: [{ do: 'reopen', id: resting.id, at: arrival.at }],
    };
  }
  const id = context.alertId(arrival.seq, found.key);
  const raise: RaiseEffect = {
    do: 'raise',
    id,
    epochNo: context.epochNo,
    seq: arrival.seq,
    type: found.key,
    priority: found.priority,
    pumpPriority: null,
    message: found.message,
    detail: found.detail,
    raisedAt: arrival.at,
    late: arrival.late,
    alarm: null,
    infusion: found.infusion,
    pumpAt: arrival.pumpAt,
    brokerAt: arrival.brokerAt,
    receivedAt: arrival.receivedAt,
    ended: found.pastOnly ? { at: arrival.at, reason: 'found in backfilled history' } : null,
  };
  if (found.pastOnly) return { next: state, effects: [raise] };
  const open: OpenCondition = {
    id,
    key: found.key,
    priority: found.priority,
    epochNo: context.epochNo,
    boot: arrival.boot,
    alarm: null,
    raisedAt: arrival.at,
  };
  return { next: { ...state, open: [...state.open, open] }, effects: [raise] };
}
