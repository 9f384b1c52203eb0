import { handlingMs, holdLimitMs } from './base-rates.ts';
import { factoryVersion } from './library/factory.ts';
import { answerDemand, fourHoursMs } from './modes/pca.ts';
import { earlyRampDown } from './modes/taper.ts';
import { frustratedPressMs, nextPressMs } from './pca-patient.ts';
import { batteryLowPct, chargeShowing } from './physics/battery.ts';
import { endCode, raise } from './pump-alarms.ts';
import {
  beginPhase,
  endSegment,
  installPending,
  interrupt,
  isFlowing,
  planInput,
  startSegment,
} from './pump-delivery.ts';
import { never, type PumpInput } from './pump-state.ts';
import { emit, note, sample, type Work } from './pump-work.ts';

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
    case 'frustrated':
      if (!pcaOf(w)) return;
      note(w, 'pca-demand', { phase: 'start', forMs: input.forMs });
      planInput(w, s.t, { do: 'press', untilMs: s.t + input.forMs });
      return;
    case 'press':
      if (s.t >= input.untilMs || !s.infusion) {
        note(w, 'pca-demand', { phase: 'end' });
        return;
      }
      press(w);
      planInput(w, s.t + frustratedPressMs(s), input);
      return;
    case 'detach-handset':
      if (!pcaOf(w)) return;
      raise(w, handsetDetached, s.t + (input.handledAfterMs ?? handlingMs(s)));
      return;
    case 'install-library':
      s.pendingLibrary = input.version;
      if (s.infusion === null) installPending(w);
      return;
    case 'factory-library':
      s.libraryVersion = factoryVersion;
      emit(w, { kind: 'device', event: 'library-installed', version: factoryVersion, reason: 'library-unreadable' });
      return;
    case 'swap-library':
      note(w, 'library-mismatch', { was: s.libraryVersion, now: input.version });
      s.libraryVersion = input.version;
      emit(w, { kind: 'device', event: 'library-installed', version: input.version });
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
  if (origin === 'clinician') {
    const recent = (infusion.clinicianBoluses ?? []).filter(({ t }) => w.s.t - t < fourHoursMs);
    infusion.clinicianBoluses = [...recent, { t: w.s.t, ml }];
  }
  emit(w, { kind: 'bolus', infusion: infusion.number, origin, result: 'given', ml });
  sample(w);
}

const handsetDetached = 'MDC_EVT_PCA_HANDSET_DETACHED';

const pcaOf = (w: Work) => w.therapies.find((therapy) => therapy.name === w.s.infusion?.therapy)?.pca;

/** The patient presses as usual, and will again. */
function demand(w: Work): void {
  const { s } = w;
  if (!pcaOf(w)) return;
  press(w);
  planInput(w, s.t + nextPressMs(s, (s.midnightMs ?? 0) + s.t), { do: 'demand' });
}

/** One press of the button. */
function press(w: Work): void {
  const { s } = w;
  const settings = pcaOf(w);
  if (!s.infusion || !settings || !isFlowing(w)) return;
  if (s.alarms.some(({ code }) => code === handsetDetached)) return;
  const { infusion } = s;
  const answer = answerDemand(settings, infusion.demands, s.t, infusion.clinicianBoluses);
  if (answer.result === 'given') {
    infusion.demands = [...infusion.demands.slice(-60), s.t];
    giveBolus(w, 'patient', answer.ml);
    return;
  }
  emit(w, { kind: 'bolus', infusion: infusion.number, origin: 'patient', result: answer.result });
  if (answer.result === 'refused') raise(w, 'MDC_EVT_PCA_MAX_LIMIT', s.t + handlingMs(s));
}

function rampDown(w: Work): void {
  const { run, infusion } = w.s;
  if (run.at !== 'flowing' || !infusion) return;
  const to = earlyRampDown(infusion.phases, run.phase);
  if (to === null) return;
  endSegment(w, 'stop', 'transition');
  beginPhase(w, to);
}
