// The pump as a pure state machine over its own time. `advancePump` is the only way forward: it returns the next state
// and the records that the pump wrote on the way, and touches nothing else.
import { drawCause, handlingMs, nextAlarmInMs } from './base-rates.ts';
import { batteryDepletedPct, batteryLowPct, drained, shownPct } from './physics/battery.ts';
import { deliveredMl, momentOfMl } from './physics/flow.ts';
import { mlToOcclusionAlarm } from './physics/pressure.ts';
import { end, raise } from './pump-alarms.ts';
import { beginPhase, clearInfusion, endPhase, endSegment, startSegment, startTherapy } from './pump-delivery.ts';
import { applyInput, resume, stopByAlarm } from './pump-inputs.ts';
import { never, type PumpInput, type PumpState } from './pump-state.ts';
import { emit, note, runningRate, sample, type TruthNote, type Work } from './pump-work.ts';
import { draw } from './random.ts';
import type { TimedDraft } from './record-draft.ts';

export type Advance = { next: PumpState; records: TimedDraft[]; truth: TruthNote[] };
export type PumpRules = Pick<Work, 'settings' | 'therapies' | 'libraries'>;

/**
 * Runs a pump up to a moment of its own time.
 * @param to ms of the pump's own time; a moment before its present changes nothing
 * @param inputs applied at the present moment, before time goes on
 */
export function advancePump(
  state: PumpState,
  to: number,
  rules: PumpRules,
  inputs: readonly PumpInput[] = [],
): Advance {
  const w: Work = { s: structuredClone(state), ...rules, out: [], truth: [] };
  for (const input of inputs) applyInput(w, input);
  settle(w);
  while (w.s.t < to) {
    flow(w, Math.min(to, Math.max(w.s.t + 1, nextMoment(w.s))));
    settle(w);
  }
  return { next: w.s, records: w.out, truth: w.truth };
}

/**
 * A power-up: alarms are forgotten, the running segment ends unspecified and a new one starts where it was.
 * Numbers of infusions and alarms and all counters go on.
 */
export function rebootPump(state: PumpState, rules: PumpRules, detail: Record<string, unknown> = {}): Advance {
  const w: Work = { s: structuredClone(state), ...rules, out: [], truth: [] };
  const { s } = w;
  s.bootedAt = s.t;
  s.alarms = [];
  s.leak = null;
  emit(w, { kind: 'device', event: 'boot', firmware: s.firmware, ...detail });
  const { run } = s;
  if (run.at === 'flowing') {
    endSegment(w, 'stop', 'unspecified');
    startSegment(w, run.phase, run.phaseEndsAt === null ? null : Math.max(0, run.phaseEndsAt - s.t));
  } else if (run.at === 'alarm') startSegment(w, run.phase, run.leftMs);
  s.sampleAt = s.t;
  s.nextFaultAt = null;
  settle(w);
  return { next: s, records: w.out, truth: w.truth };
}

/** The next moment of the pump's own time at which something happens by itself. */
export function nextMoment(s: PumpState): number {
  let next = Math.min(s.sampleAt, s.nextFaultAt ?? never, s.plan[0]?.t ?? never, s.leak?.until ?? never);
  for (const alarm of s.alarms) if (alarm.endsAt !== null && alarm.endsAt < next) next = alarm.endsAt;
  const { run, infusion } = s;
  switch (run.at) {
    case 'standby':
    case 'waiting':
    case 'complete':
      return Math.min(next, run.until);
    case 'alarm':
      return Math.min(next, run.handledAt);
    case 'paused':
      return Math.min(next, run.resumeAt, run.callsAt > s.t ? run.callsAt : never);
    case 'flowing': {
      const phase = infusion?.phases[run.phase];
      if (!infusion || !phase) throw new RangeError('flowing without an infusion');
      next = Math.min(next, run.phaseEndsAt ?? never);
      const rate = phase.rateMlPerH;
      let ml = Math.max(0, s.reservoirMl) / s.bias;
      if (phase.end.after === 'volume') ml = Math.min(ml, phase.end.ml - infusion.phaseMl);
      if (s.occluded) ml = Math.min(ml, mlToOcclusionAlarm(s.line) / s.bias);
      // Only when it may come first is the exact moment worth solving for.
      if (run.since + run.flowedToMs + (ml / Math.max(rate, 1e-9)) * 3_600_000 > next) return next;
      return Math.min(next, run.since + momentOfMl(rate, run.flowedToMs, ml));
    }
  }
}

/** Moves volume, charge and time on; nothing else happens in between. */
function flow(w: Work, to: number): void {
  const { s } = w;
  const ms = to - s.t;
  const { run, infusion } = s;
  if (run.at === 'flowing' && infusion) {
    const rate = runningRate(s);
    const counted = deliveredMl(rate, run.flowedToMs, to - run.since);
    run.flowedToMs = to - run.since;
    infusion.ml += counted;
    infusion.phaseMl += counted;
    s.reservoirMl -= counted * s.bias;
    if (s.occluded) s.line.trappedMl += counted * s.bias;
  }
  if (s.leak && infusion) {
    const leaked = (s.leak.mlPerH * ms) / 3_600_000;
    infusion.ml += leaked;
    s.reservoirMl -= leaked;
  }
  s.battery.charge = drained(s.battery, runningRate(s), ms);
  s.t = to;
}

/** Lets everything happen that is due now, until nothing is. */
function settle(w: Work): void {
  const { s } = w;
  if (s.nextFaultAt === null) s.nextFaultAt = s.t + nextAlarmInMs(s, w.settings.alarmsPerHour);
  if (s.t >= s.nextFaultAt) {
    s.nextFaultAt = s.t + nextAlarmInMs(s, w.settings.alarmsPerHour);
    applyInput(w, drawCause(s));
  }
  for (let due = s.plan[0]; due && due.t <= s.t; due = s.plan[0]) {
    s.plan.shift();
    applyInput(w, due.input);
  }
  if (s.leak && s.leak.until <= s.t) {
    s.leak = null;
    note(w, 'free-flow', { phase: 'end' });
  }
  for (const alarm of [...s.alarms])
    if (alarm.endsAt !== null && alarm.endsAt <= s.t) handled(w, alarm.number, alarm.code);
  settleRun(w);
  settleBattery(w);
  if (s.t >= s.sampleAt) sample(w);
}

function handled(w: Work, number: number, code: string): void {
  end(w, number);
  if (code === 'MDC_EVT_BATT_LO' || code === 'MDC_EVT_BATT_DEPL') applyInput(w, { do: 'mains', on: true });
}

function settleRun(w: Work): void {
  const { s } = w;
  const { run, infusion } = s;
  switch (run.at) {
    case 'standby':
      if (run.until <= s.t) startTherapy(w);
      return;
    case 'waiting':
      if (run.until <= s.t) beginPhase(w, run.phase + 1);
      return;
    case 'complete':
      if (run.until <= s.t) clearInfusion(w);
      return;
    case 'alarm':
      if (run.handledAt > s.t) return;
      if (s.occluded) release(w);
      resume(w, run);
      return;
    case 'paused':
      if (run.resumeAt <= s.t) resume(w, run);
      else if (run.callsAt <= s.t) raise(w, 'MDC_EVT_CALLBACK', run.resumeAt);
      return;
    case 'flowing': {
      const phase = infusion?.phases[run.phase];
      if (!infusion || !phase) throw new RangeError('flowing without an infusion');
      if (s.occluded && mlToOcclusionAlarm(s.line) <= 1e-9) {
        stopByAlarm(w, 'MDC_EVT_FLUID_LINE_OCCL', s.occluded.handledAfterMs);
      } else if (s.reservoirMl <= 1e-9) {
        stopByAlarm(w, 'MDC_EVT_EMPTY', handlingMs(s));
      } else if (phase.end.after === 'volume' && infusion.phaseMl >= phase.end.ml - 1e-9) endPhase(w, run.phase);
      else if (run.phaseEndsAt !== null && run.phaseEndsAt <= s.t) endPhase(w, run.phase);
    }
  }
}

/** The line opens: what was pressed into it goes into the patient at once. */
function release(w: Work): void {
  const { s } = w;
  note(w, 'occlusion', { phase: 'end', postOcclusionBolusMl: Math.round(s.line.trappedMl * 1000) / 1000 });
  s.line.trappedMl = 0;
  s.occluded = null;
}

function settleBattery(w: Work): void {
  const { s } = w;
  const pct = shownPct(s.battery);
  if (s.battery.mains) {
    if (s.battery.charge >= 1 && draw(s) < 0.002) applyInput(w, { do: 'mains', on: false });
    return;
  }
  if (pct <= batteryDepletedPct) stopByAlarm(w, 'MDC_EVT_BATT_DEPL', handlingMs(s));
  else if (pct <= batteryLowPct) raise(w, 'MDC_EVT_BATT_LO', s.t + handlingMs(s));
  else if (pct <= 35 && draw(s) < 0.01) applyInput(w, { do: 'mains', on: true });
}
