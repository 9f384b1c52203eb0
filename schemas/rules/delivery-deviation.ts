import type { SampleRecord } from '../messages/record.ts';
import type { WatchStep } from './finding.ts';
import { spellNumber } from './words.ts';

// Delivered against programmed. A pump delivers in strokes and starts with a lag, so a few strokes say nothing: judged
// after at least 20 of them, and believed when two windows running say the same. A count of whole strokes is uncertain
// by one: while that leaves open on which side of the band a window lies, it grows, and the uncertainty narrows.

export type DeliveryWatch = {
  epochNo: number;
  infusion: number | null;
  /** The sample before. */
  at: number;
  rateMlPerH: number;
  ml: number;
  /** The running window. */
  programmedMl: number;
  deliveredMl: number;
  sinceMs: number;
  /** Windows outside the band in a row, and of which kind. */
  outside: number;
  side: 'over' | 'under' | null;
  found: boolean;
} | null;

export type DeliverySettings = {
  strokeMl: number;
  accuracyPct: number;
  /** Points beyond the model's accuracy. */
  bandPoints: number;
  strokes: number;
  windows: number;
};

/** A window is at least this long: whole strokes between two samples are coarse at a high rate. */
const leastWindowMs = 120_000;
/** A window is decided as it stands after this many strokes. */
const longestStrokes = 400;
/** Samples farther apart don't say what ran between them. */
const gapMs = 120_000;

/** One sample in order. `bolusMl`: given since the sample before, which no rate programmed. */
export function watchDelivery(
  state: DeliveryWatch,
  sample: SampleRecord,
  at: { epochNo: number; at: number; bolusMl: number },
  settings: DeliverySettings,
): WatchStep<DeliveryWatch> {
  const { infusedMl, rateMlPerH } = sample;
  const infusion = sample.infusion ?? null;
  const running = sample.state === 'delivering';
  if (!running || infusedMl === null || infusedMl === undefined || rateMlPerH === null || rateMlPerH === undefined) {
    return { next: null, found: null, over: state?.found ? 'not delivering' : null };
  }
  if (state === null || state.epochNo !== at.epochNo || state.infusion !== infusion || infusedMl < state.ml) {
    const next = begin(at, infusion, rateMlPerH, infusedMl, null);
    return { next, found: null, over: state?.found ? 'another infusion or counter' : null };
  }
  const passed = at.at - state.at;
  if (passed <= 0 || passed > gapMs || state.rateMlPerH !== rateMlPerH) {
    // The window begins anew; what was found stays found until a window is inside.
    return { next: begin(at, infusion, rateMlPerH, infusedMl, state), found: null, over: null };
  }
  // Field by field: this runs for every sample, and a spread costs several times as much.
  const window = {
    epochNo: state.epochNo,
    infusion,
    at: at.at,
    rateMlPerH,
    ml: infusedMl,
    programmedMl: state.programmedMl + (rateMlPerH * passed) / 3_600_000,
    deliveredMl: state.deliveredMl + infusedMl - state.ml - at.bolusMl,
    sinceMs: state.sinceMs + passed,
    outside: state.outside,
    side: state.side,
    found: state.found,
  };
  if (!judgeable(window.programmedMl, settings) || window.sinceMs < leastWindowMs) {
    return { next: window, found: null, over: null };
  }
  const band = settings.accuracyPct + settings.bandPoints;
  const deviationPct = (window.deliveredMl / window.programmedMl - 1) * 100;
  const uncertainPct = (settings.strokeMl / window.programmedMl) * 100;
  const open = Math.abs(Math.abs(deviationPct) - band) < uncertainPct;
  if (open && window.programmedMl < longestStrokes * settings.strokeMl)
    return { next: window, found: null, over: null };
  return closeWindow(window, deviationPct, band, settings);
}

/** A window that begins anew; what was `found` before it stays until a window is inside. */
function begin(
  at: { epochNo: number; at: number },
  infusion: number | null,
  rateMlPerH: number,
  ml: number,
  before: DeliveryWatch,
): NonNullable<DeliveryWatch> {
  return {
    epochNo: at.epochNo,
    infusion,
    at: at.at,
    rateMlPerH,
    ml,
    programmedMl: 0,
    deliveredMl: 0,
    sinceMs: 0,
    outside: before?.outside ?? 0,
    side: before?.side ?? null,
    found: before?.found ?? false,
  };
}

/** Whether enough was programmed to judge by: before that, "too little delivered to judge". */
export function judgeable(programmedMl: number, settings: DeliverySettings): boolean {
  return programmedMl >= settings.strokes * settings.strokeMl * (1 - 1e-9);
}

function closeWindow(
  window: NonNullable<DeliveryWatch>,
  deviationPct: number,
  band: number,
  settings: DeliverySettings,
): WatchStep<DeliveryWatch> {
  const side: 'over' | 'under' | null = deviationPct > band ? 'over' : deviationPct < -band ? 'under' : null;
  const outside = side === null ? 0 : side === window.side ? window.outside + 1 : 1;
  const { epochNo, infusion, at, rateMlPerH, ml } = window;
  const found = side !== null && window.found;
  const programmedMl = 0;
  const next = {
    epochNo,
    infusion,
    at,
    rateMlPerH,
    ml,
    programmedMl,
    deliveredMl: 0,
    sinceMs: 0,
    outside,
    side,
    found,
  };
  if (side === null) return { next, found: null, over: window.found ? 'inside the band' : null };
  if (window.found || outside < settings.windows) return { next, found: null, over: null };
  const pct = spellNumber(Math.round(Math.abs(deviationPct)));
  const [given, meant] = [window.deliveredMl, window.programmedMl].map((ml) =>
    spellNumber(Math.round(ml * 1000) / 1000),
  );
  return {
    next: { ...next, found: true },
    found: {
      type: 'delivery-deviation',
      priority: 'medium',
      message: `Delivers ${pct} % ${side === 'over' ? 'more' : 'less'} than programmed`,
      detail: { deviationPct, bandPct: band, words: `${given} mL where ${meant} mL were programmed` },
    },
    over: null,
  };
}
