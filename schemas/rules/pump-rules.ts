import type {
  AlarmRecord,
  BolusRecord,
  DeliveryRecord,
  DeviceRecord,
  LimitRecord,
  ProgrammeRecord,
  SampleRecord,
} from '../messages/record.ts';
import { onAlarm, settleLate, settleSounding } from './alarm-rules.ts';
import { worsenAlarms } from './alarm-worsening.ts';
import { watchCharge } from './charge-rule.ts';
import { endConditions, raiseOrReopen } from './conditions.ts';
import { allowVolume, noteStart, watchFlow } from './flow-rule.ts';
import {
  type Arrival,
  isRunning,
  type OpenCondition,
  type PumpRuleState,
  type RuleContext,
  type RuleEffect,
  type RuleStep,
} from './pump-rule-state.ts';
import { checkRecord } from './second-check/check-record.ts';
import { checkSample } from './second-check/check-sample.ts';
import { checkTime } from './second-check/check-time.ts';
import { harmDetail } from './second-check/foresee.ts';
import { judgeSilence } from './silence-rule.ts';
import { judgeUntold } from './untold-alarm.ts';
import { noteReboot, noteRejected } from './upkeep.ts';

// The rules of one pump: (state, input, context) → { next, effects }. Pure; the ingest worker that owns the pump's
// shard calls them in order of arrival and commits their effects with the records that caused them.

const none: RuleEffect[] = [];

/** Any contact: the pump is not silent, and a newer boot may have begun. */
function noteContact(state: PumpRuleState, arrival: Arrival, context: RuleContext): RuleStep {
  const { boot } = state;
  const newer =
    boot === null || context.epochNo > boot.epochNo || (context.epochNo === boot.epochNo && arrival.boot > boot.boot);
  // Field by field: this runs for every record, and a spread of the whole state costs several times as much.
  const next: PumpRuleState = {
    boot: newer ? { epochNo: context.epochNo, boot: arrival.boot, since: arrival.receivedAt } : boot,
    contactAt: arrival.receivedAt,
    backlogAt: arrival.late ? arrival.receivedAt : state.backlogAt,
    sampleEveryS: state.sampleEveryS,
    drug: state.drug,
    lastSample: state.lastSample,
    hasDelivered: state.hasDelivered,
    flow: state.flow,
    flowInBacklog: state.flowInBacklog,
    rejectedInARow: state.rejectedInARow,
    open: state.open,
    resting: state.resting,
    late: state.late,
    endsWithoutStart: state.endsWithoutStart,
    gap: state.gap,
    upkeep:
      boot !== null && newer && arrival.boot > boot.boot && !arrival.late
        ? noteReboot(state.upkeep, arrival.receivedAt)
        : state.upkeep,
    battery: state.battery,
    check: state.check,
  };
  if (state.open.length === 0) return { next, effects: none };
  return endConditions(next, (open) => open.key === 'silent-pump', arrival.receivedAt, 'heard again');
}

/** A sample: the last known state, flow while stopped, and the end of what a good sample ends. */
export function applySample(
  state: PumpRuleState,
  sample: SampleRecord,
  arrival: Arrival,
  context: RuleContext,
): RuleStep {
  const contact = noteContact(state, arrival, context);
  let next = contact.next;
  let effects = contact.effects;
  const last = next.lastSample;
  const inOrder =
    last === null || context.epochNo > last.epochNo || (context.epochNo === last.epochNo && arrival.seq > last.seq);

  // A sample that came ahead of its backlog says nothing of what ran in between.
  const sinceLastMs = inOrder && last !== null && arrival.complete === true ? arrival.at - last.at : null;
  const joined = !inOrder || arrival.complete === true || arrival.seq === (last?.seq ?? 0) + 1;
  const here = { seq: arrival.seq, at: arrival.at, sinceLastMs, joined };
  const watched = watchFlow(inOrder ? next.flow : next.flowInBacklog, sample, here, context.epochNo);
  if (inOrder) {
    next.flow = watched.next;
    // The backlog is in: the next one begins with samples of its own.
    if (arrival.complete === true) next.flowInBacklog = null;
    next.lastSample = {
      epochNo: context.epochNo,
      seq: arrival.seq,
      at: arrival.at,
      infusion: sample.infusion ?? null,
      state: sample.state,
      rateMlPerH: sample.rateMlPerH ?? null,
      infusedMl: sample.infusedMl ?? null,
      reservoirMl: sample.reservoirMl ?? null,
      vtbiRemainingMl: sample.vtbiRemainingMl ?? null,
      pressureKpa: sample.pressureKpa ?? null,
      batteryPct: sample.batteryPct ?? null,
      mains: sample.mains ?? null,
    };
  } else next.flowInBacklog = watched.next;
  next.rejectedInARow = 0;
  if (!next.hasDelivered && isRunning(sample.state)) next.hasDelivered = true;

  if (sample.state === 'alarm' && inOrder && !arrival.late && next.late.length > 0) {
    const sounding = settleSounding(next, arrival, context);
    next = sounding.next;
    effects = [...effects, ...sounding.effects];
  }
  if (next.open.length > 0) {
    const readable = endConditions(
      next,
      (open) => open.key === 'unreadable-pump',
      arrival.receivedAt,
      'readable again',
    );
    next = readable.next;
    effects = [...effects, ...readable.effects];
  }
  if (watched.found && context.onPatient) {
    const step = raiseOrReopen(next, context, arrival, {
      key: 'flow-while-stopped',
      priority: 'high',
      message: 'Fluid flows while the pump is stopped',
      detail: { ...watched.found, ...harmDetail(next, next.check.care, arrival.at, 'too-much') },
      infusion: sample.infusion ?? null,
      pastOnly: !inOrder,
    });
    next = step.next;
    effects = [...effects, ...step.effects];
  }
  if (watched.over && inOrder) {
    const step = endConditions(next, (open) => open.key === 'flow-while-stopped', arrival.at, watched.over);
    next = step.next;
    effects = [...effects, ...step.effects];
  }
  // Behind newer records a sample tells nothing of now.
  if (!inOrder) return { next, effects };
  const untold = judgeUntold(next, sample, last, arrival, context);
  next = untold.next;
  if (untold.effects.length > 0) effects = [...effects, ...untold.effects];
  const charge = watchCharge(next, sample, arrival, context);
  next = charge.next;
  if (charge.effects.length > 0) effects = [...effects, ...charge.effects];
  const checked = checkSample(next, sample, last, arrival, context);
  return effects.length === 0 ? checked : { next: checked.next, effects: [...effects, ...checked.effects] };
}

/** An alarm record, start or end. */
export function applyAlarm(
  state: PumpRuleState,
  record: AlarmRecord,
  arrival: Arrival,
  context: RuleContext,
): RuleStep {
  const contact = noteContact(state, arrival, context);
  const step = onAlarm(contact.next, record, arrival, context);
  const checked = checkRecord({ ...step.next, rejectedInARow: 0 }, record, arrival, context);
  return { next: checked.next, effects: [...contact.effects, ...step.effects, ...checked.effects] };
}

/** A bolus: what was given on purpose is no flow while stopped. */
export function applyBolus(state: PumpRuleState, bolus: BolusRecord, arrival: Arrival, context: RuleContext): RuleStep {
  const step = applyOther(state, null, arrival, context);
  const ml = bolus.result === 'given' ? (bolus.ml ?? 0) : 0;
  const next = ml > 0 ? { ...step.next, flow: allowVolume(step.next.flow, ml) } : step.next;
  return after(step.effects, checkRecord(next, bolus, arrival, context));
}

/** A programme names the drug and is judged; deliveries, limits and device events go to the second check. */
export function applyEvent(
  state: PumpRuleState,
  record: ProgrammeRecord | DeliveryRecord | LimitRecord | DeviceRecord,
  arrival: Arrival,
  context: RuleContext,
): RuleStep {
  const programme = record.kind === 'programme' ? { infusion: record.infusion, drug: record.drug ?? null } : null;
  const { next, effects } = applyOther(state, programme, arrival, context);
  // What runs from a start on is no flow while stopped.
  if (record.kind === 'delivery' && record.phase === 'start' && next.flow !== null) {
    next.flow = noteStart(next.flow, record.rateMlPerH ?? null, arrival.at);
  }
  return after(effects, checkRecord(next, record, arrival, context));
}

function after(effects: RuleEffect[], step: RuleStep): RuleStep {
  return effects.length === 0 ? step : { next: step.next, effects: [...effects, ...step.effects] };
}

/** Any other good record; a programme names the drug. */
export function applyOther(
  state: PumpRuleState,
  programme: { infusion: number; drug: string | null } | null,
  arrival: Arrival,
  context: RuleContext,
): RuleStep {
  const { next, effects } = noteContact(state, arrival, context);
  next.rejectedInARow = 0;
  if (programme) {
    const known = next.drug;
    const newer = known === null || context.epochNo > known.epochNo || programme.infusion >= known.infusion;
    if (newer) next.drug = { epochNo: context.epochNo, infusion: programme.infusion, name: programme.drug };
  }
  return { next, effects };
}

/** Something that could not be read. It counts as contact, not as a sample. */
export function applyRejected(
  state: PumpRuleState,
  rejected: { onAlarmLane: boolean; kind: string | null; reason: string },
  arrival: Arrival,
  context: RuleContext,
): RuleStep {
  const contact = noteContact(state, arrival, context);
  let next = noteRejected(contact.next, arrival.receivedAt);
  next.rejectedInARow += 1;
  let effects = contact.effects;
  const detail = { reason: rejected.reason.slice(0, 300), kind: rejected.kind };
  if ((rejected.onAlarmLane || rejected.kind === 'alarm') && context.onPatient) {
    const step = raiseOrReopen(next, context, arrival, {
      key: 'unreadable-alarm',
      priority: 'high',
      message: 'The pump sent an alarm that could not be read',
      detail,
      infusion: next.lastSample?.infusion ?? null,
      pastOnly: false,
    });
    next = step.next;
    effects = [...effects, ...step.effects];
  }
  const delivering = next.lastSample !== null && isRunning(next.lastSample.state);
  if (next.rejectedInARow >= unreadableAfter && delivering && context.onPatient) {
    const step = raiseOrReopen(next, context, arrival, {
      key: 'unreadable-pump',
      priority: 'medium',
      message: 'The pump delivers and its records can’t be read',
      detail,
      infusion: next.lastSample?.infusion ?? null,
      pastOnly: false,
    });
    next = step.next;
    effects = [...effects, ...step.effects];
  }
  return { next, effects };
}

/** Rejected records in a row from a delivering pump that raise `unreadable-pump`. */
export const unreadableAfter = 5;
/** An unreadable alarm has no end of its own; the condition counts as over after this long without another. */
export const unreadableAlarmMs = 10 * 60_000;
/** Alarms of an older boot that are not raised again within this time end with reason `restart`. */
export const restartMs = 60_000;

/**
 * What time alone decides: silence, restarts, late alarms that turned out to be still active.
 * @param caughtUp everything up to hello's `last` is in
 * @param listeningSince since when this worker hears the pump, ms: after our own outage nobody is silent at once
 */
export function applyTime(
  state: PumpRuleState,
  now: number,
  given: { caughtUp: boolean; listeningSince: number },
  context: RuleContext,
): RuleStep {
  let next = state;
  let effects: RuleEffect[] = none;
  const take = (step: RuleStep) => {
    next = step.next;
    if (step.effects.length > 0) effects = [...effects, ...step.effects];
  };
  if (next.late.length > 0) take(settleLate(next, now, given.caughtUp));
  const boot = next.boot;
  if (boot && next.open.length > 0 && now - boot.since >= restartMs) {
    const older = (open: OpenCondition) =>
      open.alarm !== null && (open.epochNo < boot.epochNo || (open.epochNo === boot.epochNo && open.boot < boot.boot));
    take(endConditions(next, older, now, 'restart'));
  }
  if (next.open.length > 0) {
    const over = (open: OpenCondition) => open.key === 'unreadable-alarm' && now - open.raisedAt >= unreadableAlarmMs;
    take(endConditions(next, over, now, 'no further unreadable alarm'));
  }
  if (next.resting.some((resting) => now - resting.endedAt > restKeptMs)) {
    next = { ...next, resting: next.resting.filter((resting) => now - resting.endedAt <= restKeptMs) };
  }
  if (next.open.length > 0) take(worsenAlarms(next, now));
  take(judgeSilence(next, now, given.listeningSince, context));
  take(checkTime(next, now, context));
  return { next, effects };
}

const restKeptMs = 120_000;
