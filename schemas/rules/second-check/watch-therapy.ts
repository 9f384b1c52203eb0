import { type OrderWatch, watchOrder } from '../no-verified-order.ts';
import { type Arrival, isRunning, type PumpRuleState, type RuleContext, type RuleStep } from '../pump-rule-state.ts';
import { watchHold } from '../running-on-hold.ts';
import { currentInfusion } from './current-infusion.ts';
import { harmDetail } from './foresee.ts';
import type { Care } from './settle-care.ts';
import { endTold, tell } from './tell.ts';

// A pump that runs without a verified order, or although its therapy is on hold or ended.

/** A programme may be on its way still, min. */
const untilProgrammeMin = 0.5;

/** Both watches, at each change and each tick. `state.check` is changed. */
export function watchTherapy(state: PumpRuleState, context: RuleContext, arrival: Arrival, care: Care): RuleStep {
  const ordered = watchVerified(state, context, arrival, care);
  const held = watchOnHold(ordered.next, context, arrival, care);
  return {
    next: held.next,
    effects: held.effects.length > 0 ? [...ordered.effects, ...held.effects] : ordered.effects,
  };
}

function watchVerified(state: PumpRuleState, context: RuleContext, arrival: Arrival, care: Care): RuleStep {
  const { check, lastSample } = state;
  const { match, facts, settings } = care;
  if (care.lookingUp !== null) return { next: state, effects: [] };
  const current = currentInfusion(state);
  const waits = match.therapy?.orders.some(({ state: at }) => at === 'draft') === true;
  // Where no orders are kept at all, the absence of one says nothing.
  const order = match.order || !facts.ordersKept || current === null ? 'verified' : waits ? 'not-verified' : 'none';
  const running = lastSample !== null && isRunning(lastSample.state);
  const { graceMin } = settings['no-verified-order'];
  // A backlog is no pump that just began to run: what counts is whether its order is verified now.
  const atOnce = current?.programme && !arrival.late;
  const grace = atOnce ? graceMin : Math.max(graceMin, untilProgrammeMin);
  const known: OrderWatch = check.order;
  const step = watchOrder(known, { running, atPatient: context.onPatient, order }, arrival.receivedAt, {
    graceMin: grace,
  });
  check.order = step.next;
  if (step.over !== null) {
    const why = current === null ? 'the infusion is over' : facts.ordersKept ? step.over : 'no orders are kept here';
    return endTold(state, 'no-verified-order', arrival.at, why);
  }
  if (step.found === null) return { next: state, effects: [] };
  const why = match.words?.replace(/^no (verified )?order: /, '') ?? null;
  const message = why === null ? step.found.message : `${step.found.message}: ${why}`;
  const more = { why: match.words, doubts: match.doubts, notChecked: ['order not checked: none is verified'] };
  const detail = { ...step.found.detail, ...more, ...harmDetail(state, care, arrival.at, 'unknown') };
  return tell(state, context, arrival, {
    finding: { ...step.found, message, detail },
    infusion: current?.infusion ?? null,
  });
}

function watchOnHold(state: PumpRuleState, context: RuleContext, arrival: Arrival, care: Care): RuleStep {
  const { check, lastSample } = state;
  if (lastSample === null) return { next: state, effects: [] };
  const given = { status: care.status, pump: lastSample.state, drug: care.drug, entry: care.entry };
  const step = watchHold({ found: check.onHold }, given, care.settings['running-on-hold']);
  check.onHold = step.next.found;
  if (step.over !== null) return endTold(state, 'running-on-hold', arrival.at, step.over);
  if (step.found === null) return { next: state, effects: [] };
  const detail = { ...step.found.detail, ...harmDetail(state, care, arrival.at, 'unknown') };
  return tell(state, context, arrival, { finding: { ...step.found, detail }, infusion: lastSample.infusion });
}
