import type { SampleRecord } from '../../messages/record.ts';
import { watchCumulativeDose } from '../cumulative-dose.ts';
import { addDose, mergedMs, volumeSince } from '../dose-log.ts';
import { checkWords } from '../limit-check.ts';
import type { Arrival, PumpRuleState, RuleContext, RuleStep } from '../pump-rule-state.ts';
import type { CheckState, GrowingDose, KeyedDose } from './check-state.ts';
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
  if (dosing === null || dosing.key !== key || given.from - dosing.to > mergedMs) {
    if (dosing) closeSpan(check, dosing);
    const { from, to } = given;
    check.dosing = { key, patient, from, to, amount, steadyTo: to, steadyAmount: amount };
  } else check.dosing = grown(check, dosing, given.to, amount);
  writeRunning(check, care, at.at);
}

/** Other workers see a running span this late at most, ms: of a drug whose doses are limited, and of any other. */
const writeLimitedEveryMs = 10_000;
const writeEveryMs = 60_000;

/** Whether the running span is to be written again. */
export function isUnwritten({ dosing, dosingWrittenTo }: CheckState, care: Care, now: number): boolean {
  if (dosing === null || dosing.to <= dosingWrittenTo) return false;
  const limited = (care.entry?.limits.cumulative.length ?? 0) > 0;
  return now - dosingWrittenTo >= (limited ? writeLimitedEveryMs : writeEveryMs);
}

/** Lets other workers see what the running span gave. `check` is changed. */
export function writeRunning(check: CheckState, care: Care, now: number): void {
  if (check.dosing && isUnwritten(check, care, now)) writeSpan(check, check.dosing);
}
/** Spans are this long at most: only what leaves a window may leave it a little early. */
const longestMs = 3_600_000;
/** So far may the rate of a piece differ for the span to count as steady. */
const steadyPart = 0.05;

/** A piece of `mergedMs` that ran as the span before it is part of it; another one begins a span of its own. */
function grown(check: CheckState, dosing: GrowingDose, to: number, amount: number): GrowingDose {
  const { key, patient, from, steadyTo, steadyAmount } = dosing;
  const total = dosing.amount + amount;
  if (to - steadyTo <= mergedMs) return { key, patient, from, to, amount: total, steadyTo, steadyAmount };
  // The first piece has nothing to be compared with.
  if (steadyTo - from < mergedMs / 2)
    return { key, patient, from, to, amount: total, steadyTo: to, steadyAmount: total };
  const before = steadyAmount / (steadyTo - from);
  const now = (total - steadyAmount) / (to - steadyTo);
  if (Math.abs(now - before) <= steadyPart * before && to - from <= longestMs) {
    return { key, patient, from, to, amount: total, steadyTo: to, steadyAmount: total };
  }
  closeSpan(check, { key, patient, from, to: steadyTo, amount: steadyAmount });
  const rest = total - steadyAmount;
  return { key, patient, from: steadyTo, to, amount: rest, steadyTo: to, steadyAmount: rest };
}

function closeSpan(check: CheckState, { key, patient, from, to, amount }: KeyedDose): void {
  const doses = new Map(check.doses);
  doses.set(key, addDose(doses.get(key) ?? [], { from, to, amount }));
  check.doses = doses;
  writeSpan(check, { key, patient, from, to, amount });
}

function writeSpan(check: CheckState, { key, patient, from, to, amount }: KeyedDose): void {
  check.dosingWrittenTo = to;
  const others = (check.unwritten?.doses ?? []).filter((dose) => dose.key !== key || dose.from !== from);
  check.unwritten = {
    judgement: check.unwritten?.judgement ?? null,
    doses: [...others, { key, patient, from, to, amount }],
    moved: check.unwritten?.moved ?? [],
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
  const notChecked = step.checks.flatMap((one) => (one.outcome === 'not-checked' ? [checkWords(one)] : []));
  const detail = { ...step.found.detail, notChecked, ...harmDetail(state, care, arrival.at, 'too-much') };
  return tell(state, context, arrival, { finding: { ...step.found, detail }, infusion });
}
