// Segments and phases of an infusion. A change of rate is a stop for transition and a start; keep-vein-open is a
// complete and a start (device-protocol.md, "delivery").
import { handlingMs } from './base-rates.ts';
import { programTherapy } from './library/programming.ts';
import type { Phase } from './modes/phase.ts';
import { raise } from './pump-alarms.ts';
import { never } from './pump-state.ts';
import { countedMl, emit, sample, shownState, type Work } from './pump-work.ts';
import { between, pick } from './random.ts';

type StopReason = 'clinician' | 'alarm' | 'between-doses' | 'transition' | 'unspecified';

/** Starts a segment of a phase. @param leftMs what is left of a phase that ends by its duration, else null */
export function startSegment(w: Work, phase: number, leftMs: number | null): void {
  const infusion = w.s.infusion;
  const plan = infusion?.phases[phase];
  if (!infusion || !plan) throw new RangeError(`no phase ${phase} to start`);
  infusion.segment += 1;
  infusion.segmentFromMl = infusion.ml;
  w.s.run = {
    at: 'flowing',
    phase,
    since: w.s.t,
    flowedToMs: 0,
    phaseEndsAt: leftMs === null ? null : w.s.t + leftMs,
  };
  emit(w, {
    kind: 'delivery',
    infusion: infusion.number,
    segment: infusion.segment,
    phase: 'start',
    rateMlPerH: Math.round(plan.rateMlPerH * 1000) / 1000,
  });
}

/** Ends the running segment in the record; what the pump does next is the caller's to set. */
export function endSegment(w: Work, phase: 'stop' | 'complete', reason?: StopReason): void {
  const infusion = w.s.infusion;
  if (!infusion) throw new RangeError('no segment to end');
  const totalMl = countedMl(w.s, infusion.ml);
  emit(w, {
    kind: 'delivery',
    infusion: infusion.number,
    segment: infusion.segment,
    phase,
    // The difference of two counts, so that segments add up to the total exactly.
    segmentMl: Math.round((totalMl - countedMl(w.s, infusion.segmentFromMl)) * 1e4) / 1e4,
    totalMl,
    ...(reason && { reason }),
  });
}

/** Begins a phase; past the last one the infusion is complete. */
export function beginPhase(w: Work, index: number): void {
  const infusion = w.s.infusion;
  if (!infusion) throw new RangeError('no infusion');
  const phase = infusion.phases[index];
  infusion.phaseMl = 0;
  if (!phase) {
    complete(w);
    return;
  }
  const ms = phase.end.after === 'duration' ? phase.end.ms : null;
  if (phase.run === 'standby') w.s.run = { at: 'waiting', phase: index, until: w.s.t + (ms ?? 0) };
  else startSegment(w, index, ms);
  sample(w);
}

/** A phase has run its course. */
export function endPhase(w: Work, index: number): void {
  const infusion = w.s.infusion;
  const phase = infusion?.phases[index];
  if (!infusion || !phase) throw new RangeError(`no phase ${index} to end`);
  const next = infusion.phases[index + 1];
  if (phase.run !== 'standby') {
    const [how, reason] = endOf(phase, next);
    endSegment(w, how, reason);
  }
  if (phase.loading) {
    emit(w, {
      kind: 'bolus',
      infusion: infusion.number,
      origin: 'loading',
      result: 'given',
      ml: countedMl(w.s, infusion.phaseMl),
    });
  }
  beginPhase(w, index + 1);
}

function endOf(phase: Phase, next: Phase | undefined): ['stop' | 'complete', StopReason?] {
  if (!next) return ['complete'];
  if (phase.run === 'delivering' && next.run === 'kvo') return ['complete'];
  return next.run === 'standby' ? ['stop', 'between-doses'] : ['stop', 'transition'];
}

function complete(w: Work): void {
  const handled = handlingMs(w.s);
  w.s.run = { at: 'complete', until: w.s.t + handled };
  raise(w, 'MDC_EVT_VOL_INFUS_COMP', w.s.t + handled);
  sample(w);
}

/** The finished infusion is cleared; the next bag comes after a while. */
export function clearInfusion(w: Work): void {
  const { s } = w;
  s.infusion = null;
  s.run = { at: 'standby', until: s.t + Math.round(between(s, 5, 25)) * 60_000 };
  installPending(w);
  if (s.pendingFirmware !== null) {
    s.firmware = s.pendingFirmware;
    s.pendingFirmware = null;
    emit(w, { kind: 'device', event: 'firmware-installed', version: s.firmware });
  }
  sample(w);
}

/** A library that waits becomes the pump's own: between infusions only. */
export function installPending(w: Work): void {
  const { s } = w;
  if (s.pendingLibrary === null || s.infusion !== null) return;
  s.libraryVersion = s.pendingLibrary;
  s.pendingLibrary = null;
  emit(w, { kind: 'device', event: 'library-installed', version: s.libraryVersion });
}

/** A new bag and set, a programme, and its first phase. */
export function startTherapy(w: Work): void {
  const { s } = w;
  const therapy = pick(
    s,
    w.therapies.map((value) => ({ weight: value.weight, value })),
  );
  s.reservoirMl = therapy.bagMl;
  s.line.trappedMl = 0;
  s.occluded = null;
  s.lastInfusion += 1;
  emit(w, { kind: 'device', event: 'set-changed', bagMl: Math.round(therapy.bagMl * 10) / 10 });
  const programmed = programTherapy(w, s.lastInfusion, therapy);
  if (programmed === null) {
    // It stays stopped; somebody asks, and tries again.
    s.run = { at: 'standby', until: s.t + Math.round(between(s, 3, 10)) * 60_000 };
    sample(w);
    return;
  }
  s.infusion = {
    number: s.lastInfusion,
    therapy: therapy.name,
    programme: programmed.programme,
    phases: therapy.phases,
    segment: 0,
    ml: 0,
    segmentFromMl: 0,
    phaseMl: 0,
    demands: [],
    nearEndCalled: false,
  };
  const { libraryVersion } = programmed;
  emit(w, {
    kind: 'programme',
    infusion: s.lastInfusion,
    ...(libraryVersion !== null && { libraryVersion }),
    ...programmed.programme,
  });
  beginPhase(w, 0);
  if (therapy.pca) planInput(w, s.t + between(s, 3, 20) * 60_000, { do: 'demand' });
}

/** Puts an input into the plan, in order of time. */
export function planInput(w: Work, t: number, input: Work['s']['plan'][number]['input']): void {
  w.s.plan.push({ t: Math.min(never, Math.round(t)), input });
  w.s.plan.sort((a, b) => a.t - b.t);
}

/** Stops a running phase, keeping what is left of it. @returns null when nothing was running */
export function interrupt(w: Work, reason: StopReason): { phase: number; leftMs: number | null } | null {
  const { run } = w.s;
  if (run.at !== 'flowing') return null;
  endSegment(w, 'stop', reason);
  return { phase: run.phase, leftMs: run.phaseEndsAt === null ? null : Math.max(0, run.phaseEndsAt - w.s.t) };
}

/** True while a mechanism moves: what can be stopped, occluded or paused. */
export function isFlowing(w: Work): boolean {
  const state = shownState(w.s);
  return state === 'delivering' || state === 'kvo';
}
