import type { SampleRecord } from '../messages/record.ts';
import type { Finding, WatchStep } from './finding.ts';
import { type Order, orderedRate } from './order.ts';
import { compareWithOrder, type OrderSettings, orderFinding } from './programme-against-order.ts';

// The same deviation from telemetry alone, where no programme record came: the rate that the samples say, or the rise of
// the volume where they name no rate.

export type RateWatch = {
  epochNo: number;
  infusion: number | null;
  since: number;
  fromMl: number | null;
  /** Boluses given meanwhile: volume that is no rate. */
  bolusMl: number;
  /** The running rate when the watch began; a change begins it anew. */
  rateMlPerH: number | null;
  found: boolean;
} | null;

export type RateSettings = OrderSettings & {
  /** How long a rate must run before it is judged, min. */
  telemetryMin: number;
};

/** Volume below which a rise says nothing of a rate, mL: strokes and rounding. */
const leastMl = 0.5;

/** One sample's step; only for an infusion whose programme is not known. */
export function watchRate(
  state: RateWatch,
  sample: SampleRecord,
  at: { epochNo: number; at: number },
  order: Order,
  settings: RateSettings,
): WatchStep<RateWatch> {
  if (sample.state !== 'delivering') return { next: null, found: null, over: state?.found ? 'not delivering' : null };
  const infusion = sample.infusion ?? null;
  const rate = sample.rateMlPerH ?? null;
  const same =
    state !== null && state.epochNo === at.epochNo && state.infusion === infusion && state.rateMlPerH === rate;
  if (!same) {
    const fromMl = sample.infusedMl ?? null;
    const next = { epochNo: at.epochNo, infusion, since: at.at, fromMl, bolusMl: 0, rateMlPerH: rate, found: false };
    const stillOff = state?.found && state.infusion === infusion && judge(rate, order, settings) !== null;
    return stillOff
      ? { next: { ...next, found: true }, found: null, over: null }
      : { next, found: null, over: state?.found ? 'the rate changed' : null };
  }
  const minutes = (at.at - state.since) / 60_000;
  // Believed after a while; at once where the bag would be in the patient by then.
  const waits = minutes < settings.telemetryMin && !isGoneBy(settings.telemetryMin, sample, minutes, order);
  if (state.found || waits) return { next: state, found: null, over: null };
  const risen = (sample.infusedMl ?? Number.NaN) - (state.fromMl ?? Number.NaN) - state.bolusMl;
  const seen = rate ?? (risen >= leastMl ? (risen / minutes) * 60 : null);
  const finding = judge(seen, order, settings);
  return finding
    ? { next: { ...state, found: true }, found: finding, over: null }
    : { next: state, found: null, over: null };
}

/** Samples are at most this far apart while it delivers, min: the last one before the end may be that old. */
const cadenceMin = 1;

const unknown = Number.POSITIVE_INFINITY;

/** Whether the better part of what was ordered will have run in by then; the last minutes of a bag are no such thing. */
function isGoneBy(waitMin: number, sample: SampleRecord, ranMin: number, order: Order): boolean {
  const { rateMlPerH } = sample;
  // Of every sample for minutes: without a list, which costs more than all the rest.
  const leftMl = Math.min(sample.vtbiRemainingMl ?? unknown, sample.reservoirMl ?? unknown);
  if (!rateMlPerH || leftMl === unknown) return false;
  const leftMin = (leftMl / rateMlPerH) * 60;
  const ml = ((leftMin + ranMin) * rateMlPerH) / 60;
  return ranMin + leftMin <= waitMin + cadenceMin && ml >= (order.volumeMl ?? 0) / 2;
}

/** A bolus is no rate. */
export function noteBolus(state: RateWatch, ml: number): RateWatch {
  return state === null ? null : { ...state, bolusMl: state.bolusMl + ml };
}

function judge(rate: number | null, order: Order, settings: RateSettings): Finding | null {
  if (rate === null || order.mode === 'steps' || order.mode === 'intermittent') return null;
  const ordered = orderedRate(order);
  if (!ordered.ok) return null;
  const compared = {
    field: 'rateMlPerH',
    actual: rate,
    low: ordered.value,
    high: ordered.value,
    unit: 'mL/h',
  } as const;
  const finding = orderFinding([compareWithOrder(compared, settings)]);
  return finding && { ...finding, detail: { ...finding.detail, from: 'telemetry' } };
}
