import type { SampleRecord } from '../../messages/record.ts';
import { watchCounters } from '../counters.ts';
import { watchDelivery } from '../delivery-deviation.ts';
import { watchPressure } from '../occlusion-trend.ts';
import { ratesOf } from '../programme.ts';
import type { Arrival, LastSample, PumpRuleState, RuleContext, RuleEffect, RuleStep } from '../pump-rule-state.ts';
import { watchRate } from '../rate-against-order.ts';
import { copyCheck } from './check-state.ts';
import { addUpDoses, noteDose } from './cumulative.ts';
import { careNow } from './current-infusion.ts';
import { harmDetail } from './foresee.ts';
import { judge, Steps } from './judge.ts';
import type { Care } from './settle-care.ts';
import { endTold, tell } from './tell.ts';
import { watchTherapy } from './watch-therapy.ts';

// One sample in order, through every rule that lives on samples. This is the hot path: nothing is allocated that a
// healthy sample does not need.

/** Pressure is looked at this often: a slope over ten minutes needs no more. */
const pressureEveryMs = 25_000;
/** A passed window of a cumulative dose is found this soon; a bolus is added up at once. */
export const addUpEveryMs = 30_000;

const none: RuleEffect[] = [];

/**
 * @param state with this sample as `lastSample`; a fresh object that may be changed
 * @param before the last sample before this one
 */
export function checkSample(
  state: PumpRuleState,
  sample: SampleRecord,
  before: LastSample | null,
  arrival: Arrival,
  context: RuleContext,
): RuleStep {
  if (context.care === null || !context.onPatient) return { next: state, effects: none };
  state.check = copyCheck(state.check);
  let next = state;
  let effects = none;
  const known = next.check.care;
  const other =
    before === null ||
    before.infusion !== (sample.infusion ?? null) ||
    before.epochNo !== context.epochNo ||
    before.state !== sample.state;
  // A programme is judged when it comes: without one, the same infusion has the same care.
  const isSame = !other && known !== null && known.facts === context.care && arrival.receivedAt < known.until;
  const care = isSame ? known : (careNow(next, context.care, arrival.receivedAt) as Care);
  if (other || care !== known) {
    if (other) noteGiven(next, before, known);
    const step = judge(next, context, arrival, { anew: false });
    next = step.next;
    effects = step.effects;
  } else if (care.match.order === null && care.facts.ordersKept && !next.check.order.found) {
    const step = watchTherapy(next, context, arrival, care);
    next = step.next;
    effects = step.effects;
  }
  const { check } = next;
  const at = { epochNo: context.epochNo, at: arrival.at };

  const { order } = care.match;
  if (order !== null && judgedByTelemetry(care, sample)) {
    const step = watchRate(check.rate, sample, at, order.numbers, care.settings['programme-against-order']);
    const found = step.found;
    const silentNow = step.next !== null && !step.next.found && arrival.at - step.next.since >= judgedAfterMs(care);
    check.rate = step.next;
    if (found) {
      const notChecked = [...asStrings(found.detail.notChecked), 'programme not checked: no programme record came'];
      const detail = {
        ...found.detail,
        doubts: care.match.doubts,
        notChecked,
        ...harmDetail(next, care, arrival.at, tooFast(sample, order.numbers)),
      };
      const told = { finding: { ...found, detail }, infusion: sample.infusion ?? null };
      ({ next, effects } = join(effects, tell(next, context, arrival, told)));
    } else if ((step.over !== null || silentNow) && next.open.length > 0 && care.wrongPatient === null) {
      const why = step.over ?? 'agrees with the order';
      ({ next, effects } = join(effects, endTold(next, 'programme-against-order', arrival.at, why)));
    }
  } else if (check.rate !== null) check.rate = null;

  if (sample.infusedMl !== null && sample.infusedMl !== undefined) {
    const moment = { epochNo: context.epochNo, at: arrival.at, bolusMl: check.bolusMl };
    const delivery = watchDelivery(check.delivery, sample, moment, care.delivery);
    check.delivery = delivery.next;
    check.bolusMl = 0;
    if (delivery.found) {
      const direction = delivery.next?.side === 'over' ? 'too-much' : 'unknown';
      const detail = { ...delivery.found.detail, ...harmDetail(next, care, arrival.at, direction) };
      const told = { finding: { ...delivery.found, detail }, infusion: sample.infusion ?? null };
      ({ next, effects } = join(effects, tell(next, context, arrival, told)));
    } else if (delivery.over !== null) {
      ({ next, effects } = join(effects, endTold(next, 'delivery-deviation', arrival.at, delivery.over)));
    }
    if (sample.infusion) {
      const input = { kind: 'volume', infusion: sample.infusion, infusedMl: sample.infusedMl } as const;
      const place = { epochNo: context.epochNo, seq: arrival.seq };
      const counted = watchCounters(next.check.counters, input, place, care.settings.counters);
      next.check.counters = counted.next;
      if (counted.over !== null) {
        ({ next, effects } = join(effects, endTold(next, 'counters', arrival.at, counted.over)));
      }
      if (counted.found) {
        ({ next, effects } = join(
          effects,
          tell(next, context, arrival, { finding: counted.found, infusion: sample.infusion }),
        ));
      }
    }
    noteDose(next.check, sample, at, care);
  }
  ({ next, effects } = checkPressure(next, sample, effects, arrival, context, care));
  if (arrival.receivedAt - next.check.addedUpAt >= addUpEveryMs) {
    ({ next, effects } = join(effects, addUpDoses(next, context, arrival, care, sample.infusion ?? null)));
  }
  return { next, effects };
}

function join(effects: RuleEffect[], step: RuleStep): RuleStep {
  if (step.effects.length === 0) return { next: step.next, effects };
  return { next: step.next, effects: effects.length === 0 ? step.effects : [...effects, ...step.effects] };
}

function checkPressure(
  state: PumpRuleState,
  sample: SampleRecord,
  effects: RuleEffect[],
  arrival: Arrival,
  context: RuleContext,
  care: Care,
): RuleStep {
  const { check } = state;
  const known = check.pressure;
  const last = known?.points.at(-1)?.[0] ?? 0;
  const same = known?.rateMlPerH === (sample.rateMlPerH ?? null) && sample.state === 'delivering';
  if (same && arrival.at - last < pressureEveryMs) return { next: state, effects };
  const at = { epochNo: context.epochNo, at: arrival.at };
  const step = watchPressure(known, sample, at, care.settings['occlusion-trend']);
  check.pressure = step.next;
  if (step.over !== null) return join(effects, endTold(state, 'occlusion-trend', arrival.at, step.over));
  if (step.found === null) return { next: state, effects };
  const detail = { ...step.found.detail, ...harmDetail(state, care, arrival.at, 'unknown') };
  return join(
    effects,
    tell(state, context, arrival, { finding: { ...step.found, detail }, infusion: sample.infusion ?? null }),
  );
}

/** No programme record says what should run, or the pump runs at another rate than its programme says. */
function judgedByTelemetry({ programme }: Care, sample: SampleRecord): boolean {
  if (programme === null) return true;
  const rate = sample.rateMlPerH;
  if (rate === null || rate === undefined || sample.state !== 'delivering') return false;
  if (programme.mode !== 'continuous' || (programme.steps && programme.steps.length > 0)) return false;
  // Nearly every sample runs at the one rate that was programmed.
  if (programme.rateMlPerH && Math.abs(rate / programme.rateMlPerH - 1) <= sameRate) return false;
  const rates = ratesOf(programme);
  return rates.length > 0 && !rates.some((one) => Math.abs(rate / one - 1) <= sameRate);
}

/** A sample's rate is rounded. */
const sameRate = 0.02;

const judgedAfterMs = (care: Care) => care.settings['programme-against-order'].telemetryMin * 60_000;

function tooFast(sample: SampleRecord, order: { rateMlPerH: number | null }): 'too-much' | 'unknown' {
  return order.rateMlPerH === null || (sample.rateMlPerH ?? Number.POSITIVE_INFINITY) > order.rateMlPerH
    ? 'too-much'
    : 'unknown';
}

function asStrings(given: unknown): string[] {
  return Array.isArray(given) ? given.filter((one) => typeof one === 'string') : [];
}

/** What the infusion that ended gave of its bag: a restart programmes the rest. */
function noteGiven(state: PumpRuleState, before: LastSample | null, care: Care | null): void {
  const order = care?.match.order;
  if (!before || !order || before.infusedMl === null || before.infusion === state.lastSample?.infusion) return;
  const { check } = state;
  const ml = before.infusedMl + (check.given?.order === order.id ? check.given.ml : 0);
  const bag = order.numbers.volumeMl;
  // A bag that is as good as empty is followed by another one, whether somebody says so or not.
  check.given = bag === null || ml >= bag * 0.95 ? null : { order: order.id, ml };
}

/** Ends everything that the second check said of a pump that is at nobody's side any more. */
export function leavePatient(state: PumpRuleState, at: number): RuleStep {
  const steps = new Steps(state);
  for (const key of ownKeys) steps.take(endTold(steps.next, key, at, 'not at a patient'));
  return { next: steps.next, effects: steps.effects };
}

/** Every condition of the second check. */
export const ownKeys = [
  'programme-against-order',
  'no-verified-order',
  'programme-against-library',
  'soft-limit-without-override',
  'cumulative-dose',
  'delivery-deviation',
  'counters',
  'occlusion-trend',
  'repeated-occlusion',
  'pca-demand',
  'running-on-hold',
];
