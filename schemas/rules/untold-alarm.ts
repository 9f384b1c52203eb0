import type { SampleRecord } from '../messages/record.ts';
import { endConditions, raiseOrReopen } from './conditions.ts';
import type { Arrival, LastSample, OpenCondition, PumpRuleState, RuleContext, RuleStep } from './pump-rule-state.ts';

// A pump that says that it alarms, of which no alarm is known although nothing of its journal is missing: the record was
// lost with a journal, declared gone, could not be read, or was in what a restored backup of the database no longer has.

/** As an alarm without a code, which it is. */
const untoldKey = 'unknown-alarm';
const isUntold = (open: OpenCondition) => open.key === untoldKey && open.alarm === null;

/**
 * Raises after two samples running that say alarm, and ends when a sample says another state or the alarm comes in.
 * @param last the sample before it, in order
 */
export function judgeUntold(
  state: PumpRuleState,
  sample: SampleRecord,
  last: LastSample | null,
  arrival: Arrival,
  context: RuleContext,
): RuleStep {
  const unchanged: RuleStep = { next: state, effects: [] };
  const known = state.open.some((open) => open.alarm !== null) || state.late.length > 0;
  if (sample.state !== 'alarm' || known) {
    if (state.open.length === 0) return unchanged;
    return endConditions(state, isUntold, arrival.at, known ? 'the alarm came in' : 'the pump no longer says alarm');
  }
  if (!context.onPatient || arrival.late || arrival.complete !== true) return unchanged;
  if (last?.state !== 'alarm' || last.epochNo !== context.epochNo) return unchanged;
  // An alarm's end and the sample that knows of it may be a cadence apart; one that nobody could read has been told.
  if (state.resting.some((rest) => rest.alarm !== null && rest.endedAt >= last.at)) return unchanged;
  if (state.open.some((open) => open.key === 'unreadable-alarm')) return unchanged;
  return raiseOrReopen(state, context, arrival, {
    key: untoldKey,
    priority: 'high',
    message: 'The pump says that it alarms, and which alarm is not known',
    detail: { since: new Date(last.at).toISOString() },
    infusion: sample.infusion ?? null,
    pastOnly: false,
  });
}
