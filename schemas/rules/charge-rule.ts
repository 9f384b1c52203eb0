import type { SampleRecord } from '../messages/record.ts';
import { newBatteryWatch, watchBattery } from './battery-fade.ts';
import { endConditions, raiseOrReopen } from './conditions.ts';
import type { Arrival, PumpRuleState, RuleContext, RuleStep } from './pump-rule-state.ts';
import { defaultRuleSettings } from './rule-settings.ts';

/**
 * A battery that empties too fast, from the samples in order: a technician's. One that hangs on mains and did so before
 * tells nothing. What is being tested or repaired raises nothing, and is judged anew once it is with a patient.
 */
export function watchCharge(
  state: PumpRuleState,
  sample: SampleRecord,
  arrival: Arrival,
  context: RuleContext,
): RuleStep {
  const { batteryPct, mains } = sample;
  const known = state.battery;
  const quiet = batteryPct === null || batteryPct === undefined || mains === null || mains === undefined;
  if (quiet || !context.onPatient || (mains && !known?.discharge)) return { next: state, effects: [] };
  const settings = (state.check.care?.settings ?? defaultRuleSettings)['battery-fade'];
  const step = watchBattery(known ?? newBatteryWatch(), { at: arrival.at, batteryPct, mains }, settings);
  const next = { ...state, battery: step.next };
  if (step.over !== null) return endConditions(next, (open) => open.key === 'battery-fade', arrival.at, step.over);
  if (step.found === null) return { next, effects: [] };
  const { type: key, priority, message, detail } = step.found;
  return raiseOrReopen(next, context, arrival, { key, priority, message, detail, infusion: null, pastOnly: false });
}
