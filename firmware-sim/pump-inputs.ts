import { handlingMs, holdLimitMs } from './base-rates.ts';
import { answerDemand } from './modes/pca.ts';
import { earlyRampDown } from './modes/taper.ts';
import { batteryLowPct, chargeShowing } from './physics/battery.ts';
import { endCode, raise } from './pump-alarms.ts';
import { beginPhase, endSegment, interrupt, isFlowing, planInput, startSegment } from './pump-delivery.ts';
import { never, type PumpInput } from './pump-state.ts';
import { emit, note, sample, type Work } from './pump-work.ts';
import { exponential } from './random.ts';

const stoppingCodes = {
  upstream: 'MDC_EVT_FLUID_LINE_OCCL_PROXIMAL',
  air: 'MDC_EVT_FLUID_LINE_AIR',
  door: 'MDC_EVT_DOOR_POSN_ERR',
  malfunction: 'MDC_EVT_MALF',
} as const;

/** Applies one input at the pump's present moment. An input that finds nothing to act on changes nothing. */
export function applyInput(w: Work, input: PumpInput): void {
  const { s } = w;
  switch (input.do) {
    case 'occlude':
      if (!isFlowing(w) || s.occluded) return;
      s.occluded = { handledAfterMs: input.handledAfterMs ?? handlingMs(s) };
      note(w, 'occlusion', { phase: 'start' });
      return;
    case 'upstream':
    case 'air':
    case 'door':
    case 'malfunction':
      stopByAlarm(w, stoppingCodes[input.do], input.handledAfterMs ?? handlingMs(s));
      return;
    case 'hold': {
      const left = interrupt(w, 'clinician');
      if (!left) return;
      s.run = { at: 'paused', ...left, resumeAt: s.t + input.forMs, callsAt: s.t + holdLimitMs };
      note(w, 'hold', { forMs: input.forMs, callsAfterMs: holdLimitMs });
      sample(w);
      return;
    }
    case 'near-end':
      if (isFlowing(w)) raise(w, 'MDC_EVT_VOL_INFUS_NEAR_COMP', s.t + handlingMs(s));
      return;
    case 'battery':
      s.battery.mains = false;
      s.battery.charge = chargeShowing(input.pct);
      note(w, 'battery', { pct: input.pct });
      if (input.pct <= batteryLowPct) raise(w, 'MDC_EVT_BATT_LO', s.t + (input.handledAfterMs ?? handlingMs(s)));
      sample(w);
      return;
    case 'mains':
      s.battery.mains = input.on;
      emit(w, { kind: 'device', event: 'power', mains: input.on });
      if (input.on) endCode(w, 'MDC_EVT_BATT_LO');
      return;
    case 'free-flow': {
      const left = interrupt(w, 'clinician');
      if (!left) return;
      s.leak = { mlPerH: input.mlPerH, until: s.t + input.forMs };
      s.run = { at: 'paused', ...left, resumeAt: s.t + input.forMs, callsAt: never };
      note(w, 'free-flow', { phase: 'start', mlPerH: input.mlPerH, forMs: input.forMs });
      sample(w);
      return;
    }
    case 'bolus':
      giveBolus(w, 'clinician', input.ml);
      return;
    case 'demand':
      demand(w);
      return;
    case 'ramp-down':
      rampDown(w);
      return;
    case 'install-library':
      s.pendingLibrary = input.version;
      return;
    case 'install-firmware':
      s.pendingFirmware = input.version;
      return;
  }
}

/** Stops delivery by an alarm that ends, and delivery goes on, once somebody has handled it. */
export function stopByAlarm(w: Work, code: string, handledAfterMs: number): void {
  const { s } = w;
  const left = interrupt(w, 'alarm');
  if (!left) return;
  const handledAt = s.t + handledAfterMs;
  const alarm = raise(w, code, handledAt);
  s.run = { at: 'alarm', ...left, alarm: alarm ?? s.lastAlarm, handledAt };
  sample(w);
}

/** Delivery goes on after a pause or a handled alarm. */
export function resume(w: Work, run: { phase: number; leftMs: number | null }): void {
  const { s } = w;
  endCode(w, 'MDC_EVT_CALLBACK');
  if (s.reservoirMl <= 1e-9) {
    s.reservoirMl = w.therapies.find((therapy) => therapy.name === s.infusion?.therapy)?.bagMl ?? 100;
    emit(w, { kind: 'device', event: 'set-changed', bagMl: Math.round(s.reservoirMl * 10) / 10 });
  }
  startSegment(w, run.phase, run.leftMs);
  sample(w);
}

function giveBolus(w: Work, origin: 'clinician' | 'patient', ml: number): void {
  const { infusion } = w.s;
  if (!infusion || !isFlowing(w)) return;
  infusion.ml += ml;
  infusion.phaseMl += ml;
  w.s.reservoirMl -= ml * w.s.bias;
  emit(w, { kind: 'bolus', infusion: infusion.number, origin, result: 'given', ml });
  sample(w);
}

function demand(w: Work): void {
  const { s } = w;
  const settings = w.therapies.find((therapy) => therapy.name === s.infusion?.therapy)?.pca;
  if (!s.infusion || !settings) return;
  if (isFlowing(w)) {
    const answer = answerDemand(settings, s.infusion.demands, s.t);
    if (answer.result === 'given') {
      s.infusion.demands = [...s.infusion.demands.slice(-60), s.t];
      giveBolus(w, 'patient', answer.ml);
    } else {
      emit(w, { kind: 'bolus', infusion: s.infusion.number, origin: 'patient', result: answer.result });
      if (answer.result === 'refused') raise(w, 'MDC_EVT_PCA_MAX_LIMIT', s.t + handlingMs(s));
    }
  }
  planInput(w, s.t + 60_000 + exponential(s, 22 * 60_000), { do: 'demand' });
}

function rampDown(w: Work): void {
  const { run, infusion } = w.s;
  if (run.at !== 'flowing' || !infusion) return;
  const to = earlyRampDown(infusion.phases, run.phase);
  if (to === null) return;
  endSegment(w, 'stop', 'transition');
  beginPhase(w, to);
}
