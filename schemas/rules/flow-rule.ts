import type { SampleRecord } from '../messages/record.ts';

// Flow while stopped: the infused volume rises while the pump says that it does not deliver. High: it may be free flow.

/** The first stopped sample of the running stop, or null while the pump delivers. */
export type FlowState = {
  epochNo: number;
  infusion: number | null;
  baselineMl: number;
  seq: number;
  found: boolean;
  /** Delivery was said to start since: when first, ms, and its fastest rate, mL/h. */
  started?: { at: number; mlPerH: number };
} | null;

/** A rise below this may be the last stroke, or rounding, mL. */
export const flowToleranceMl = 0.2;
const nothing = { next: null, found: null, over: null };

/**
 * One sample's step.
 * @param arrival.sinceLastMs since the sample before, ms; null: not known, or not everything between them is in
 * @param arrival.joined nothing between the sample before and this one can be missing
 * @returns `found`: what to raise, once per stop; `over`: why the condition no longer holds; both when it is seen only now
 */
export function watchFlow(
  state: FlowState,
  sample: SampleRecord,
  arrival: { seq: number; at: number; sinceLastMs: number | null; joined: boolean },
  epochNo: number,
): { next: FlowState; found: { volumeMl: number; state: string } | null; over: string | null } {
  if (sample.state === 'delivering' || sample.state === 'kvo') {
    if (state === null) return nothing;
    const volumeMl = state.found ? null : flowedBefore(state, sample, arrival, epochNo);
    const found = volumeMl === null ? null : { volumeMl: rounded(volumeMl), state: 'before delivery went on' };
    return { next: null, found, over: state.found || found ? 'delivering again' : null };
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
  // What lies between may have been delivery: watched from here on.
  if (!arrival.joined) {
    return {
      next: { epochNo, infusion, baselineMl: volume, seq: arrival.seq, found: state.found },
      found: null,
      over: null,
    };
  }
  const { started } = state;
  const intended = started ? givenMl(started.mlPerH, arrival.at - started.at) : 0;
  const risen = volume - state.baselineMl - intended;
  if (state.found || risen < flowToleranceMl) {
    // It started and stopped between two samples: what it gave is behind it.
    const next = started ? { epochNo, infusion, baselineMl: volume, seq: arrival.seq, found: state.found } : state;
    return { next, found: null, over: null };
  }
  return {
    next: { ...state, found: true },
    found: { volumeMl: rounded(risen), state: sample.state },
    over: null,
  };
}

const rounded = (ml: number) => Math.round(ml * 1000) / 1000;
const givenMl = (mlPerH: number, ms: number) => (mlPerH * Math.max(0, ms)) / 3_600_000;

/**
 * A stopped pump is seen once a minute, so that a flow may begin and end unseen: what the counter shows when delivery has
 * gone on is more than delivery can have given since it started.
 */
function flowedBefore(
  state: NonNullable<FlowState>,
  sample: SampleRecord,
  { seq, at, sinceLastMs }: { seq: number; at: number; sinceLastMs: number | null },
  epochNo: number,
): number | null {
  const { infusedMl: volume, rateMlPerH: rate } = sample;
  if (volume === null || volume === undefined || rate === null || rate === undefined || sinceLastMs === null)
    return null;
  if (state.epochNo !== epochNo || state.infusion !== (sample.infusion ?? null) || seq <= state.seq) return null;
  const { started } = state;
  const intended = givenMl(Math.max(rate, started?.mlPerH ?? 0), started ? at - started.at : sinceLastMs);
  const risen = volume - state.baselineMl - intended;
  return risen >= flowToleranceMl ? risen : null;
}

/** Delivery starts: what it gives until the next sample is intended. @param rateMlPerH null: it may be any */
export function noteStart(state: FlowState, rateMlPerH: number | null, at: number): FlowState {
  if (state === null) return null;
  const mlPerH = Math.max(state.started?.mlPerH ?? 0, rateMlPerH ?? Number.MAX_VALUE);
  return { ...state, started: { at: state.started?.at ?? at, mlPerH } };
}

/** A bolus given while stopped is intended volume: the watch begins anew above it. */
export function allowVolume(state: FlowState, ml: number): FlowState {
  return state === null ? null : { ...state, baselineMl: state.baselineMl + ml };
}
