import type { Finding } from '../finding.ts';
import { libraryFinding, softPassed } from '../programme-against-library.ts';
import { orderFinding } from '../programme-against-order.ts';
import type { Arrival, PumpRuleState, RuleContext, RuleEffect, RuleStep } from '../pump-rule-state.ts';
import { watchSoftLimits } from '../soft-limit-without-override.ts';
import { bagGiven, noteRest } from './bag-given.ts';
import { copyCheck } from './check-state.ts';
import { careNow, currentInfusion } from './current-infusion.ts';
import { harmDetail } from './foresee.ts';
import { type Judgement, judgeInfusion } from './judgement.ts';
import type { Care } from './settle-care.ts';
import { endTold, tell } from './tell.ts';
import { watchTherapy } from './watch-therapy.ts';

// The infusion that runs against its order and its library, judged when a programme comes, when another infusion begins,
// and whenever what is on record changes.

/** A step that grows: each part goes on from where the one before left the state. */
export class Steps {
  next: PumpRuleState;
  effects: RuleEffect[] = [];

  constructor(state: PumpRuleState) {
    this.next = state;
  }

  take(step: RuleStep): void {
    this.next = step.next;
    if (step.effects.length > 0)
      this.effects = this.effects.length === 0 ? step.effects : [...this.effects, ...step.effects];
  }
}

/**
 * Judges anew.
 * @param given.anew another programme came: what it does wrong is a condition of its own
 */
export function judge(
  state: PumpRuleState,
  context: RuleContext,
  arrival: Arrival,
  given: { anew: boolean },
): RuleStep {
  const steps = new Steps({ ...state, check: copyCheck(state.check) });
  const care = careNow(state, context.care, arrival.receivedAt);
  const { check } = steps.next;
  const before = check.care;
  check.care = care;
  const current = currentInfusion(steps.next);
  if (care === null) return { next: steps.next, effects: [] };
  if (current === null) {
    for (const key of ofProgramme) steps.take(endTold(steps.next, key, arrival.at, 'the infusion is over'));
    steps.take(watchTherapy(steps.next, context, arrival, care));
    return { next: steps.next, effects: steps.effects };
  }
  // Whose therapy the pump names is looked up within a second; until then nothing is said that might be wrong.
  if (care.lookingUp !== null) return { next: steps.next, effects: [] };
  const { infusion } = current;
  const orderId = care.match.order?.id ?? null;
  const bag = bagGiven(check, care, arrival.at);
  const judgement = judgeInfusion(care, { epochNo: current.epochNo, infusion: infusion ?? 0 }, arrival.at, bag);
  noteRest(check, care, bag);
  if (infusion !== null) noteJudgement(steps.next, judgement);

  const wrong = againstOrder(care, judgement);
  if (wrong) {
    const detail = {
      ...wrong.detail,
      doubts: judgement.doubts,
      notChecked: judgement.notChecked,
      ...harm(steps.next, care, arrival.at, judgement),
    };
    steps.take(tell(steps.next, context, arrival, { finding: { ...wrong, detail }, infusion, anew: given.anew }));
  } else if (care.programme !== null || orderId === null) {
    const why = orderId === null ? 'no verified order to compare with' : 'agrees with the order';
    steps.take(endTold(steps.next, 'programme-against-order', arrival.at, given.anew ? 'programmed anew' : why));
  } else if (before !== null && before.match.order?.id !== orderId && check.rate?.found) {
    // Found from telemetry against another order: the next sample says whether it still holds.
    check.rate = { ...check.rate, found: false };
  }
  const passed = judgement.libraryJudgement
    ? libraryFinding(judgement.libraryJudgement, care.settings['programme-against-library'])
    : null;
  if (passed) {
    const detail = {
      ...passed.detail,
      notChecked: judgement.notChecked,
      ...harm(steps.next, care, arrival.at, judgement),
    };
    steps.take(tell(steps.next, context, arrival, { finding: { ...passed, detail }, infusion, anew: given.anew }));
  } else {
    const why = given.anew ? 'programmed anew' : care.library ? 'inside the library' : 'no library to compare with';
    steps.take(endTold(steps.next, 'programme-against-library', arrival.at, why));
  }
  steps.take(askForOverrides(steps.next, arrival, judgement, care));
  steps.take(watchTherapy(steps.next, context, arrival, care));
  return { next: steps.next, effects: steps.effects };
}

/** Conditions that are over with the infusion. */
const ofProgramme = [
  'programme-against-order',
  'programme-against-library',
  'soft-limit-without-override',
  'delivery-deviation',
  'occlusion-trend',
];

function againstOrder(care: Care, judgement: Judgement): Finding | null {
  const found = orderFinding(judgement.orderChecks);
  if (care.wrongPatient === null) return found;
  const detail = { ...(found?.detail ?? { differences: [] }), wrongPatient: true };
  return { type: 'programme-against-order', priority: 'high', message: care.wrongPatient, detail };
}

function harm(state: PumpRuleState, care: Care, now: number, judgement: Judgement) {
  const tooFast =
    judgement.orderChecks.some(
      (check) =>
        check.outcome === 'differs' &&
        check.field !== 'drug' &&
        // A part of the bag is shorter, and no faster.
        check.part !== true &&
        (check.field === 'durationMin' ? check.actual < check.ordered : check.actual > check.ordered),
    ) || judgement.libraryJudgement?.checks.some(({ outcome }) => outcome === 'hard-high') === true;
  return harmDetail(state, care, now, tooFast ? 'too-much' : 'unknown');
}

function noteJudgement(state: PumpRuleState, judgement: Judgement): void {
  const { at: _, ...said } = judgement;
  const text = JSON.stringify(said);
  if (text === state.check.judged) return;
  state.check.judged = text;
  const { doses = [], moved = [] } = state.check.unwritten ?? {};
  state.check.unwritten = { judgement, doses, moved };
}

/** Once for each programme: the soft limits that it passes, for which the pump should have asked. */
function askForOverrides(state: PumpRuleState, arrival: Arrival, judgement: Judgement, care: Care): RuleStep {
  const { check } = state;
  const { programme } = check;
  if (programme === null || programme.asked || judgement.libraryJudgement === null) return { next: state, effects: [] };
  check.programme = { ...programme, asked: true };
  const soft = softPassed(judgement.libraryJudgement);
  const input = { kind: 'programme', infusion: programme.infusion, soft } as const;
  const step = watchSoftLimits(check.soft, input, arrival.at, care.settings['soft-limit-without-override']);
  check.soft = step.next;
  return step.over === null
    ? { next: state, effects: [] }
    : endTold(state, 'soft-limit-without-override', arrival.at, step.over);
}
