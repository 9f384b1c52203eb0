import type { SampleRecord } from '../../messages/record.ts';
import { watchCumulativeDose } from '../cumulative-dose.ts';
import { addDose, mergedMs, volumeSince } from '../dose-log.ts';
import type { Arrival, PumpRuleState, RuleContext, RuleStep } from '../pump-rule-state.ts';
import type { CheckState, KeyedDose } from './check-state.ts';
import { bodyOf, doseLog } from './dose-given.ts';
import { harmDetail } from './foresee.ts';
import type { Care } from './settle-care.ts';
import { endTold, tell } from './tell.ts';

// What a patient was given of a drug, whichever pump it came from: this pump's spans are kept as they close, other pumps'
// come with the facts.

/** Adds what a sample says was given since the one before. `check` is changed. */
export function noteDose(
  check: CheckState,
  sample: SampleRecord,
  at: { epochNo: number; at: number },
  care: Care,
): void {
  const { next, given } = volumeSince(check.volume, sample, at);
  check.volume = next;
  if (given === null || 'reason' in care.measure) return;
  const { key, patient, perMl } = care.measure;
  const { dosing } = check;
  const amount = given.ml * perMl;
  if (dosing && dosing.key === key && given.to - dosing.from <= mergedMs) {
    check.dosing = { key, patient, from: dosing.from, to: given.to, amount: dosing.amount + amount };
    return;
  }
  if (dosing) closeSpan(check, dosing);
  check.dosing = { key, patient, from: given.from, to: given.to, amount };
}

function closeSpan(check: CheckState, span: KeyedDose): void {
  const doses = new Map(check.doses);
  doses.set(span.key, addDose(doses.get(span.key) ?? [], { from: span.from, to: span.to, amount: span.amount }));
  check.doses = doses;
  check.unwritten = {
    judgement: check.unwritten?.judgement ?? null,
    doses: [...(check.unwritten?.doses ?? []), span],
  };
}

/** Adds the windows up and says what passes the library's maximum. `state.check` is changed. */
export function addUpDoses(
  state: PumpRuleState,
  context: RuleContext,
  arrival: Arrival,
  care: Care,
  infusion: number | null,
): RuleStep {
  const { check } = state;
  check.addedUpAt = arrival.receivedAt;
  const limits = care.listed ? (care.entry?.limits.cumulative ?? []) : [];
  if (limits.length === 0 || 'reason' in care.measure) {
    if (check.cumulative === null) return { next: state, effects: [] };
    check.cumulative = null;
    return endTold(state, 'cumulative-dose', arrival.at, 'no limit any more');
  }
  const log = doseLog(check, care);
  if (log.length === 0 && check.cumulative === null) return { next: state, effects: [] };
  const drug = care.entry?.name ?? care.drug ?? '';
  const step = watchCumulativeDose(check.cumulative, drug, log, limits, bodyOf(care), arrival.at);
  check.cumulative = step.next;
  if (step.over !== null) return endTold(state, 'cumulative-dose', arrival.at, step.over);
  if (step.found === null) return { next: state, effects: [] };
  const notChecked = step.checks.flatMap((one) =>
    one.outcome === 'not-checked' ? [`${one.field} ${one.reason}`] : [],
  );
  const detail = { ...step.found.detail, notChecked, ...harmDetail(state, care, arrival.at, 'too-much') };
  return tell(state, context, arrival, { finding: { ...step.found, detail }, infusion });
}
