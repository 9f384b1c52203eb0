import type { LibraryIndex } from '#schemas/rules/library-index.ts';
import { shownPct } from './physics/battery.ts';
import { strokesIn } from './physics/flow.ts';
import { pressureKpa } from './physics/pressure.ts';
import type { PumpSettings, PumpState, Run } from './pump-state.ts';
import type { RecordDraft, TimedDraft } from './record-draft.ts';
import type { Therapy } from './therapies.ts';

/** What really happened, whether a record says so or not: the ground truth of detection tests. */
export type TruthNote = { t: number; fault: string; [detail: string]: unknown };

/** One advance in progress: a private copy of the state, and what it has put out. */
export type Work = {
  s: PumpState;
  settings: PumpSettings;
  therapies: readonly Therapy[];
  /** The limits of a version that is in the pump; absent: only what it came with. */
  libraries?: (version: string) => LibraryIndex | null;
  out: TimedDraft[];
  truth: TruthNote[];
};

/** Puts out a record that happens now. */
export function emit(w: Work, draft: RecordDraft): void {
  w.out.push({ t: w.s.t, draft });
}

/** Notes the truth of this moment. */
export function note(w: Work, fault: string, detail: Record<string, unknown> = {}): void {
  w.truth.push({ t: w.s.t, fault, ...detail });
}

/** Volume as the pump counts it: whole strokes, mL. */
export function countedMl(s: PumpState, ml: number): number {
  return Math.round(strokesIn(ml, s.strokeMl) * s.strokeMl * 1e4) / 1e4;
}

/** Rate that the mechanism runs at now, mL/h. */
export function runningRate(s: PumpState): number {
  return s.run.at === 'flowing' ? (s.infusion?.phases[s.run.phase]?.rateMlPerH ?? 0) : 0;
}

/** The state as a sample names it. */
export function shownState(
  s: PumpState,
): 'delivering' | 'kvo' | 'paused' | 'stopped' | 'complete' | 'standby' | 'alarm' {
  const run: Run = s.run;
  switch (run.at) {
    case 'flowing':
      return s.infusion?.phases[run.phase]?.run === 'kvo' ? 'kvo' : 'delivering';
    case 'waiting':
    case 'standby':
      return 'standby';
    case 'paused':
    case 'alarm':
    case 'complete':
      return run.at;
  }
}

const rounded = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits;

/** Puts out a sample and sets when the next is due. */
export function sample(w: Work): void {
  const { s } = w;
  const state = shownState(s);
  const flowing = state === 'delivering' || state === 'kvo';
  const rateMlPerH = runningRate(s);
  const infused = s.infusion ? countedMl(s, s.infusion.ml) : null;
  const vtbi = s.infusion?.programme.vtbiMl ?? null;
  emit(w, {
    kind: 'sample',
    ...(s.infusion && { infusion: s.infusion.number, infusedMl: infused }),
    state,
    rateMlPerH: rounded(rateMlPerH, 3),
    ...(vtbi !== null && infused !== null && { vtbiRemainingMl: rounded(Math.max(0, vtbi - infused), 3) }),
    reservoirMl: rounded(Math.max(0, s.reservoirMl), 1),
    pressureKpa: rounded(pressureKpa(s.line, s.occluded ? 0 : rateMlPerH), 2),
    batteryPct: shownPct(s.battery),
    mains: s.battery.mains,
    temperatureC: s.temperatureC,
    signalDbm: -60 - Math.round(s.line.resistanceKpaPerMlPerH * 300),
  });
  s.sampleAt = s.t + (flowing ? w.settings.cadenceMs : w.settings.idleCadenceMs);
}
