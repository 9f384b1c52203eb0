import type { AlarmRecord } from '../messages/record.ts';
import { harmDirection, judgeAlarm } from './alarm-catalogue.ts';
import { rearmMs } from './alert.ts';
import type {
  Arrival,
  LateAlarm,
  OpenCondition,
  PumpRuleState,
  RaiseEffect,
  RuleContext,
  RuleStep,
} from './pump-rule-state.ts';
import { harmDetail } from './second-check/foresee.ts';
import { situationOf } from './second-check/situation.ts';

// A pump's alarm becomes an alert. Only the pump ends it.

/**
 * Without new backlog for this long, a late alarm that has not ended is active now. Longer than the 5 s within which a
 * pump that sends one batch at a time hears of the last one: between two of its batches nothing is quiet.
 */
export const quietMs = 8_000;
/** … and at the latest after this long, however much backlog still comes. */
export const settleAtLatestMs = 120_000;

const keptEnds = 128;

export function onAlarm(state: PumpRuleState, record: AlarmRecord, arrival: Arrival, context: RuleContext): RuleStep {
  return record.phase === 'start' ? begin(state, record, arrival, context) : end(state, record, arrival, context);
}

function begin(state: PumpRuleState, record: AlarmRecord, arrival: Arrival, context: RuleContext): RuleStep {
  const same = (open: OpenCondition) => open.epochNo === context.epochNo && open.alarm === record.alarm;
  if (state.open.some(same) || state.late.some((late) => same(late.open))) return { next: state, effects: [] };
  if (!context.onPatient) return { next: state, effects: [] };

  const infusion = record.infusion ?? state.lastSample?.infusion ?? null;
  const situation = situationOf(state, context.care, infusion, arrival.receivedAt);
  const { critical } = situation;
  const pumpPriority = record.priority ?? null;
  const judged = judgeAlarm(record.code ?? null, {
    critical,
    emptyMatters: situation.emptyMatters,
    batteryPct: state.lastSample?.batteryPct ?? null,
    pumpPriority,
  });
  const open: OpenCondition = {
    id: context.alertId(arrival.seq, 'alarm'),
    key: judged.type,
    priority: judged.priority,
    epochNo: context.epochNo,
    boot: arrival.boot,
    alarm: record.alarm,
    raisedAt: arrival.at,
  };
  const raise: RaiseEffect = {
    do: 'raise',
    id: open.id,
    epochNo: context.epochNo,
    seq: arrival.seq,
    type: judged.type,
    priority: judged.priority,
    pumpPriority,
    message: judged.message,
    detail: {
      ...(record.detail ? { pumpSays: record.detail } : {}),
      ...harmDetail(state, situation.care, arrival.at, harmDirection(record.code ?? null)),
      critical,
    },
    raisedAt: arrival.at,
    late: arrival.late,
    alarm: record.alarm,
    infusion,
    pumpAt: arrival.pumpAt,
    brokerAt: arrival.brokerAt,
    receivedAt: arrival.receivedAt,
    ended: null,
  };

  const ended = state.endsWithoutStart.find((past) => past.epochNo === context.epochNo && past.alarm === record.alarm);
  if (ended) {
    const endsWithoutStart = state.endsWithoutStart.filter((past) => past !== ended);
    const effect: RaiseEffect = {
      ...raise,
      ended: { at: Math.max(ended.at, arrival.at), reason: 'ended by the pump' },
    };
    return { next: { ...state, endsWithoutStart }, effects: [effect] };
  }
  if (arrival.late) {
    return { next: { ...state, late: [...state.late, { raise, open, since: arrival.receivedAt }] }, effects: [] };
  }
  // The same condition again within the re-arm time, or raised again after a restart, is one alert with a count.
  const before = state.open.find(
    (known) => known.key === judged.type && known.alarm !== null && isOlderBoot(known, open),
  );
  if (before) {
    const again = { ...before, epochNo: open.epochNo, boot: open.boot, alarm: open.alarm };
    return { next: { ...state, open: state.open.map((known) => (known === before ? again : known)) }, effects: [] };
  }
  const resting = state.resting.find(
    (rest) => rest.key === judged.type && rest.alarm !== null && arrival.at - rest.endedAt <= rearmMs,
  );
  if (resting) {
    const again = { ...open, id: resting.id, raisedAt: resting.raisedAt };
    return {
      next: { ...state, open: [...state.open, again], resting: state.resting.filter((rest) => rest !== resting) },
      effects: [{ do: 'reopen', id: resting.id, at: arrival.at }],
    };
  }
  return { next: { ...state, open: [...state.open, open] }, effects: [raise] };
}

function isOlderBoot(known: OpenCondition, open: OpenCondition): boolean {
  return known.epochNo < open.epochNo || (known.epochNo === open.epochNo && known.boot < open.boot);
}

function end(state: PumpRuleState, record: AlarmRecord, arrival: Arrival, context: RuleContext): RuleStep {
  const same = (open: OpenCondition) => open.epochNo === context.epochNo && open.alarm === record.alarm;
  const late = state.late.find((candidate) => same(candidate.open));
  if (late) {
    // It began and ended within the backlog: recorded, never paged.
    const effect: RaiseEffect = { ...late.raise, ended: { at: arrival.at, reason: 'ended by the pump' } };
    return { next: { ...state, late: state.late.filter((candidate) => candidate !== late) }, effects: [effect] };
  }
  const open = state.open.find(same);
  if (!open) {
    const endsWithoutStart = [
      ...state.endsWithoutStart,
      { epochNo: context.epochNo, alarm: record.alarm, at: arrival.at },
    ].slice(-keptEnds);
    return { next: { ...state, endsWithoutStart }, effects: [] };
  }
  return {
    next: {
      ...state,
      open: state.open.filter((known) => known !== open),
      resting: [...state.resting, { ...open, endedAt: arrival.at }].slice(-32),
    },
    effects: [{ do: 'end', id: open.id, at: arrival.at, reason: 'ended by the pump' }],
  };
}

/** Late alarms that are still active once the backlog is in: they count from now, saying since when. */
export function settleLate(state: PumpRuleState, now: number, caughtUp: boolean): RuleStep {
  const quiet = state.backlogAt === null || now - state.backlogAt >= quietMs;
  return settle(
    state,
    state.late.filter((late) => caughtUp || quiet || now - late.since >= settleAtLatestMs),
  );
}

/**
 * A sample of now says that the pump is in alarm: of the late alarms, the one that began last is still active, whatever
 * of the backlog is on its way. An older one may have ended within it; an alarm of an older boot ended with that boot.
 */
export function settleSounding(state: PumpRuleState, arrival: Arrival, context: RuleContext): RuleStep {
  const begunLast = state.late.reduce<LateAlarm | null>((last, late) => {
    const sounds =
      late.open.epochNo === context.epochNo && late.open.boot === arrival.boot && late.raise.seq < arrival.seq;
    return sounds && (last === null || late.raise.seq > last.raise.seq) ? late : last;
  }, null);
  return settle(state, begunLast === null ? [] : [begunLast]);
}

function settle(state: PumpRuleState, settled: readonly LateAlarm[]): RuleStep {
  if (settled.length === 0) return { next: state, effects: [] };
  return {
    next: {
      ...state,
      late: state.late.filter((late) => !settled.includes(late)),
      open: [...state.open, ...settled.map((late) => late.open)],
    },
    effects: settled.map((late) => late.raise),
  };
}
