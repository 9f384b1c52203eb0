import type { WatchStep } from './finding.ts';

// Occlusion after occlusion: each is handled, the line is the trouble.

export type OcclusionWatch = { at: number[]; found: boolean };
export type OcclusionSettings = { times: number; withinMin: number };

export function newOcclusionWatch(): OcclusionWatch {
  return { at: [], found: false };
}

/** Whether a pump's alarm code is an occlusion, on either side. */
export function isOcclusion(code: string | null | undefined): boolean {
  return code?.startsWith('MDC_EVT_FLUID_LINE_OCCL') === true;
}

/** One step: at the start of an occlusion alarm, and at each tick. */
export function watchOcclusions(
  state: OcclusionWatch,
  input: { kind: 'occlusion' } | { kind: 'time' },
  now: number,
  settings: OcclusionSettings,
): WatchStep<OcclusionWatch> {
  const recent = state.at.filter((at) => now - at <= settings.withinMin * 60_000);
  const at = input.kind === 'occlusion' ? [...recent, now] : recent;
  if (state.found && at.length === 0) return { next: { at, found: false }, found: null, over: 'no further occlusion' };
  if (state.found || at.length < settings.times) return { next: { ...state, at }, found: null, over: null };
  const message = `${at.length} occlusions within ${settings.withinMin} min`;
  const detail = { times: at.length, withinMin: settings.withinMin };
  return {
    next: { at, found: true },
    found: { type: 'repeated-occlusion', priority: 'medium', message, detail },
    over: null,
  };
}
