import type { SampleRecord } from '../messages/record.ts';

// Flow while stopped: the infused volume rises while the pump says that it does not deliver. High: it may be free flow.

/** The first stopped sample of the running stop, or null while the pump delivers. */
export type FlowState = {
  epochNo: number;
  infusion: number | null;
  baselineMl: number;
  seq: number;
  found: boolean;
} | null;

/** A rise below this may be the last stroke, or rounding, mL. */
export const flowToleranceMl = 0.2;

const nothing = { next: null, found: null, over: null };

/**
 * One sample's step.
 * @returns `found`: what to raise, once per stop; `over`: why the condition no longer holds
 */
export function watchFlow(
  state: FlowState,
  sample: SampleRecord,
  arrival: { seq: number },
  epochNo: number,
): { next: FlowState; found: { volumeMl: number; state: string } | null; over: string | null } {
  if (sample.state === 'delivering' || sample.state === 'kvo') {
    if (state === null) return nothing;
    return { next: null, found: null, over: state?.found ? 'delivering again' : null };
  }
  const volume = sample.infusedMl;
  if (volume === null || volume === undefined) return { next: state, found: null, over: null };
  const infusion = sample.infusion ?? null;
  const sameStop =
    state !== null &&
    state.epochNo === epochNo &&
    state.infusion === infusion &&
    arrival.seq > state.seq &&
    volume >= state.baselineMl;
  if (!sameStop) {
    const next = { epochNo, infusion, baselineMl: volume, seq: arrival.seq, found: false };
    return { next, found: null, over: state?.found ? 'another infusion or counter' : null };
  }
  const risen = volume - state.baselineMl;
  if (state.found || risen < flowToleranceMl) return { next: state, found: null, over: null };
  return {
    next: { ...state, found: true },
    found: { volumeMl: Math.round(risen * 1000) / 1000, state: sample.state },
    over: null,
  };
}

/** A bolus given while stopped is intended volume: the watch begins anew above it. */
export function allowVolume(state: FlowState, ml: number): FlowState {
  return state === null ? null : { ...state, baselineMl: state.baselineMl + ml };
}
