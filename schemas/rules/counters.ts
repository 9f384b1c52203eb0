import type { DeliveryRecord } from '../messages/record.ts';
import type { Finding, WatchStep } from './finding.ts';
import { spellNumber } from './words.ts';

// A pump's counters against themselves: the segments of an infusion add up to its total, a total never falls, and is set
// back only when somebody changed the bag or the patient.

export type CounterWatch = {
  epochNo: number;
  infusion: number;
  seq: number;
  /** Sum of the closed segments; null once one is missing. */
  segmentsMl: number | null;
  lastSegment: number;
  ml: number | null;
  /** A bag or patient was changed since the last sample: the counter may begin anew. */
  mayReset: boolean;
  told: string[];
} | null;

export type CounterInput =
  | { kind: 'delivery'; record: Pick<DeliveryRecord, 'infusion' | 'segment' | 'phase' | 'segmentMl' | 'totalMl'> }
  | { kind: 'volume'; infusion: number; infusedMl: number }
  /** A device event `set-changed` or `patient-changed`. */
  | { kind: 'changed' };

export type CounterSettings = { toleranceMl: number; tolerancePct: number };

/** One record in the order of the journal; older ones say nothing new. */
export function watchCounters(
  state: CounterWatch,
  input: CounterInput,
  at: { epochNo: number; seq: number },
  settings: CounterSettings,
): WatchStep<CounterWatch> {
  if (input.kind === 'changed') {
    return { next: state && { ...state, mayReset: true, seq: at.seq }, found: null, over: null };
  }
  const infusion = input.kind === 'volume' ? input.infusion : input.record.infusion;
  const known = state !== null && state.epochNo === at.epochNo && state.infusion === infusion ? state : null;
  if (state && state.epochNo === at.epochNo && at.seq <= state.seq) return { next: state, found: null, over: null };
  if (known && input.kind === 'volume' && !known.mayReset && input.infusedMl >= (known.ml ?? 0)) {
    // Every healthy sample: field by field, since it runs that often.
    const { segmentsMl, lastSegment, told } = known;
    const { epochNo, seq } = at;
    const next = { epochNo, infusion, seq, segmentsMl, lastSegment, ml: input.infusedMl, mayReset: false, told };
    return { next, found: null, over: null };
  }
  const over = known === null && state !== null && state.told.length > 0 ? 'another infusion' : null;
  const begun = known ?? { infusion, segmentsMl: 0, lastSegment: 0, ml: null, mayReset: false, told: [] };
  const current = { ...begun, epochNo: at.epochNo, seq: at.seq };
  const step =
    input.kind === 'volume'
      ? onVolume(current, input.infusedMl, settings)
      : onDelivery(current, input.record, settings);
  return { ...step, over };
}

type Known = NonNullable<CounterWatch>;
type Step = { next: Known; found: Finding | null };

const slack = (ml: number, settings: CounterSettings) =>
  Math.max(settings.toleranceMl, (ml * settings.tolerancePct) / 100) * (1 + 1e-9);

/** A counter below this part of what it was has begun anew; above it, it ran backward. */
const resetPart = 0.05;

function onVolume(state: Known, ml: number, settings: CounterSettings): Step {
  const before = state.ml;
  const next = { ...state, ml, mayReset: false };
  if (before === null || state.mayReset || ml >= before - slack(before, settings)) return { next, found: null };
  const what = ml <= before * resetPart ? 'reset-without-event' : 'total-backward';
  const words =
    what === 'total-backward'
      ? `The total fell from ${spellNumber(before)} to ${spellNumber(ml)} mL`
      : `The total was set back from ${spellNumber(before)} mL and no bag was changed`;
  return tell(next, what, words, { before, ml });
}

function onDelivery(
  state: Known,
  record: Extract<CounterInput, { kind: 'delivery' }>['record'],
  settings: CounterSettings,
): Step {
  if (record.phase === 'start') return { next: state, found: null };
  const follows = record.segment === state.lastSegment + 1;
  const { segmentMl, totalMl } = record;
  // Without every segment the sum is not known; it is not guessed.
  const sum =
    follows && state.segmentsMl !== null && segmentMl !== null && segmentMl !== undefined
      ? state.segmentsMl + segmentMl
      : null;
  const next = { ...state, segmentsMl: sum, lastSegment: record.segment };
  if (totalMl === null || totalMl === undefined || sum === null) return { next, found: null };
  if (Math.abs(sum - totalMl) <= slack(totalMl, settings)) return { next, found: null };
  const words = `Segments add up to ${spellNumber(sum)} mL, the pump’s total is ${spellNumber(totalMl)} mL`;
  return tell(next, 'segments-do-not-add-up', words, { sumMl: sum, totalMl });
}

/** Each kind once per infusion. */
function tell(next: Known, what: string, message: string, detail: Record<string, unknown>): Step {
  if (next.told.includes(what)) return { next, found: null };
  const found: Finding = { type: 'counters', priority: 'low', message, detail: { what, ...detail } };
  return { next: { ...next, told: [...next.told, what] }, found };
}
