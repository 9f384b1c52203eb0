import type { WatchStep } from '../finding.ts';
import { watchDemands } from '../pca-demand.ts';
import type { Arrival, PumpRuleState, RuleContext, RuleStep } from '../pump-rule-state.ts';
import { watchOcclusions } from '../repeated-occlusion.ts';
import { watchSoftLimits } from '../soft-limit-without-override.ts';
import { addUpEveryMs, leavePatient } from './check-sample.ts';
import { type CheckState, copyCheck } from './check-state.ts';
import { followCorrections, isMistaken } from './corrections.ts';
import { addUpDoses, isUnwritten, writeRunning } from './cumulative.ts';
import { careNow, currentInfusion } from './current-infusion.ts';
import { harmDetail } from './foresee.ts';
import { judge, Steps } from './judge.ts';
import type { Care } from './settle-care.ts';
import { endTold, tell } from './tell.ts';
import { watchTherapy } from './watch-therapy.ts';

// What time alone decides, and what changed on record since the last record: once a second for every pump, so that most
// of it is a comparison.

export function checkTime(given: PumpRuleState, now: number, context: RuleContext): RuleStep {
  let state = given;
  // Wherever the pump is by now: what it gave counts for somebody.
  if (isMistaken(given.check, context.care)) {
    state = { ...given, check: copyCheck(given.check) };
    followCorrections(state.check, context.care);
  }
  if (!context.onPatient) {
    return state.open.length === 0 && state.late.length === 0 ? { next: state, effects: [] } : leavePatient(state, now);
  }
  const care = careNow(state, context.care, now);
  if (care === null) return { next: state, effects: [] };
  const { check } = state;
  const isChanged = care !== check.care;
  const isOrdered = care.match.order !== null || !care.facts.ordersKept;
  const isDue =
    isChanged ||
    (!isOrdered && !check.order.found) ||
    check.soft.waiting !== null ||
    check.occlusions.at.length > 0 ||
    check.demands.demands.length > 0 ||
    isUnwritten(check, care, now) ||
    (now - check.addedUpAt >= addUpEveryMs && (check.dosing !== null || check.cumulative !== null));
  if (!isDue) return { next: state, effects: [] };

  // Nothing of the journal caused what is found now: the moment tells one from the next.
  const ids: RuleContext = { ...context, alertId: (seq, rule) => context.alertId(seq, `${rule} ${now}`) };
  const { lastSample } = state;
  const arrival: Arrival = {
    seq: lastSample?.seq ?? check.programme?.seq ?? 0,
    boot: state.boot?.boot ?? 0,
    at: now,
    pumpAt: null,
    brokerAt: null,
    receivedAt: now,
    late: false,
  };
  const steps = new Steps(state);
  if (isChanged) steps.take(judge(steps.next, ids, arrival, { anew: false }));
  else steps.next = { ...state, check: copyCheck(check) };
  const infusion = currentInfusion(steps.next)?.infusion ?? null;
  if (!isChanged && !isOrdered && !check.order.found) steps.take(watchTherapy(steps.next, ids, arrival, care));

  const follow = <State>(key: string, step: WatchStep<State>, keep: (check: CheckState, next: State) => void) => {
    keep(steps.next.check, step.next);
    if (step.over !== null) steps.take(endTold(steps.next, key, now, step.over));
    if (step.found === null) return;
    const detail = { ...step.found.detail, ...harmDetail(steps.next, care, now, 'unknown') };
    steps.take(tell(steps.next, ids, arrival, { finding: { ...step.found, detail }, infusion }));
  };
  const time = { kind: 'time' } as const;
  const { settings }: Care = care;
  if (check.soft.waiting !== null) {
    const step = watchSoftLimits(steps.next.check.soft, time, now, settings['soft-limit-without-override']);
    follow('soft-limit-without-override', step, (kept, next) => {
      kept.soft = next;
    });
  }
  if (check.occlusions.at.length > 0) {
    const step = watchOcclusions(check.occlusions, time, now, settings['repeated-occlusion']);
    if (step.next.at.length !== check.occlusions.at.length || step.over !== null) {
      follow('repeated-occlusion', step, (kept, next) => {
        kept.occlusions = next;
      });
    }
  }
  if (check.demands.demands.length > 0) {
    const step = watchDemands(check.demands, time, now, settings['pca-demand']);
    if (step.next.demands.length !== check.demands.demands.length || step.over !== null) {
      follow('pca-demand', step, (kept, next) => {
        kept.demands = next;
      });
    }
  }
  writeRunning(steps.next.check, care, now);
  if (isChanged || now - steps.next.check.addedUpAt >= addUpEveryMs) {
    steps.take(addUpDoses(steps.next, ids, arrival, care, infusion));
  }
  return { next: steps.next, effects: steps.effects };
}
