import type { CounterWatch } from '../counters.ts';
import type { CumulativeWatch } from '../cumulative-dose.ts';
import type { DeliveryWatch } from '../delivery-deviation.ts';
import type { DoseLog, DoseSpan, VolumeCounter } from '../dose-log.ts';
import type { OrderWatch } from '../no-verified-order.ts';
import { newOrderWatch } from '../no-verified-order.ts';
import type { PressureWatch } from '../occlusion-trend.ts';
import { type DemandWatch, newDemandWatch } from '../pca-demand.ts';
import type { Programme } from '../programme.ts';
import type { RateWatch } from '../rate-against-order.ts';
import { newOcclusionWatch, type OcclusionWatch } from '../repeated-occlusion.ts';
import { newSoftLimitWatch, type SoftLimitWatch } from '../soft-limit-without-override.ts';
import type { CareFacts } from './care.ts';
import type { Judgement } from './judgement.ts';
import type { Care } from './settle-care.ts';

// What the second check remembers of one pump. It travels in PumpRuleState and is kept with it, but for what can be made
// again (`care`), what stands in a table of its own (`doses`) and what waits to be written there (`unwritten`).

export type KnownProgramme = {
  epochNo: number;
  seq: number;
  infusion: number;
  content: Programme;
  /** Whether its soft limits were looked at: once for each programme. */
  asked: boolean;
};

/** A dose that belongs to a patient and a drug: `key` is `doseKey`'s (dose-measure.ts). */
export type KeyedDose = DoseSpan & { key: string; patient: string | null };
/** A span that grows while the rate is steady: up to `to`, where it was steady to `steadyTo`. */
export type GrowingDose = KeyedDose & { steadyTo: number; steadyAmount: number };

/** @property moved spans that no longer count as they were written; `doses` say what they became */
type Unwritten = { judgement: Judgement | null; doses: readonly KeyedDose[]; moved: readonly KeyedDose[] };

export type CheckState = {
  /** The newest programme, of the infusion that it names. */
  programme: KnownProgramme | null;
  /** Volume that earlier infusions gave from the bag of this order, mL. */
  given: { order: string; ml: number } | null;
  order: OrderWatch;
  onHold: boolean;
  soft: SoftLimitWatch;
  occlusions: OcclusionWatch;
  demands: DemandWatch;
  rate: RateWatch;
  delivery: DeliveryWatch;
  pressure: PressureWatch;
  counters: CounterWatch;
  cumulative: CumulativeWatch;
  /** Where the volume counter stood for the dose. */
  volume: VolumeCounter;
  /** The running span of the dose. */
  dosing: GrowingDose | null;
  /** Boluses since the last sample, mL: no rate programmed them. */
  bolusMl: number;

  // Not kept with the state.
  /** Closed spans of a day, by key; kept as rows of `dose_span`. */
  doses: ReadonlyMap<string, DoseLog>;
  /** Up to when the running span is written, ms. */
  dosingWrittenTo: number;
  /** When the doses were last added up, ms. */
  addedUpAt: number;
  care: Care | null;
  /** The corrections that the doses follow (corrections.ts). */
  followed: CareFacts['mistakes'] | null;
  /** The last judgement that was said, so that only another one is written. */
  judged: string | null;
  /** To be written by whoever keeps the state; taken away by `takeUnwritten`. */
  unwritten: Unwritten | null;
};

export function newCheckState(): CheckState {
  return {
    programme: null,
    given: null,
    order: newOrderWatch(),
    onHold: false,
    soft: newSoftLimitWatch(),
    occlusions: newOcclusionWatch(),
    demands: newDemandWatch(),
    rate: null,
    delivery: null,
    pressure: null,
    counters: null,
    cumulative: null,
    volume: null,
    dosing: null,
    bolusMl: 0,
    doses: new Map(),
    dosingWrittenTo: 0,
    addedUpAt: 0,
    care: null,
    followed: null,
    judged: null,
    unwritten: null,
  };
}

/** A copy to change: field by field, since it is made for every sample. */
export function copyCheck(state: CheckState): CheckState {
  return {
    programme: state.programme,
    given: state.given,
    order: state.order,
    onHold: state.onHold,
    soft: state.soft,
    occlusions: state.occlusions,
    demands: state.demands,
    rate: state.rate,
    delivery: state.delivery,
    pressure: state.pressure,
    counters: state.counters,
    cumulative: state.cumulative,
    volume: state.volume,
    dosing: state.dosing,
    bolusMl: state.bolusMl,
    doses: state.doses,
    dosingWrittenTo: state.dosingWrittenTo,
    addedUpAt: state.addedUpAt,
    care: state.care,
    followed: state.followed,
    judged: state.judged,
    unwritten: state.unwritten,
  };
}

/** The part that is written with the pump's state. */
export type KeptCheck = Partial<
  Omit<CheckState, 'doses' | 'dosingWrittenTo' | 'addedUpAt' | 'care' | 'followed' | 'judged' | 'unwritten'>
>;

/** Only what differs from a new pump's. */
export function keepCheck(state: CheckState): KeptCheck | null {
  const kept: KeptCheck = {};
  if (state.programme) kept.programme = state.programme;
  if (state.given) kept.given = state.given;
  if (state.order.runningSince !== null) kept.order = state.order;
  if (state.onHold) kept.onHold = true;
  if (state.soft.waiting || state.soft.overrides.length > 0) kept.soft = state.soft;
  if (state.occlusions.at.length > 0) kept.occlusions = state.occlusions;
  if (state.demands.demands.length > 0) kept.demands = state.demands;
  if (state.rate) kept.rate = state.rate;
  if (state.delivery) kept.delivery = state.delivery;
  if (state.pressure) kept.pressure = state.pressure;
  if (state.counters) kept.counters = state.counters;
  if (state.cumulative) kept.cumulative = state.cumulative;
  if (state.volume) kept.volume = state.volume;
  if (state.dosing) kept.dosing = state.dosing;
  if (state.bolusMl > 0) kept.bolusMl = state.bolusMl;
  return Object.keys(kept).length > 0 ? kept : null;
}

/** @param doses closed spans of the last day, as `dose_span` has them */
export function restoreCheck(kept: KeptCheck | null, doses: ReadonlyMap<string, DoseLog>): CheckState {
  const { dosing } = kept ?? {};
  // The running span has a row of its own already.
  const closed = new Map<string, DoseLog>();
  for (const [key, log] of doses) {
    closed.set(key, dosing?.key === key ? log.filter(({ from }) => from !== dosing.from) : log);
  }
  return { ...newCheckState(), ...kept, doses: closed };
}

/** Whether something changed that the next records would not tell again. */
export function checkMustKeep(before: CheckState, after: CheckState): boolean {
  return (
    before.programme !== after.programme ||
    before.given !== after.given ||
    before.order !== after.order ||
    before.onHold !== after.onHold ||
    before.soft !== after.soft ||
    before.occlusions !== after.occlusions ||
    before.demands !== after.demands ||
    before.cumulative !== after.cumulative ||
    before.dosing?.key !== after.dosing?.key ||
    before.dosing?.from !== after.dosing?.from
  );
}
