import type { OpenCondition, PumpRuleState, RuleStep } from './pump-rule-state.ts';

// Alarms that matter more as time goes on (alerts-and-limits.md, "Catalogue"): a pause that lasts, mains power that is
// still away when the battery runs low.

/** A pump that warns that it stands by is paused too long after this time. */
export const standbyMediumMs = 15 * 60_000;
const lowBatteryPct = 30;

/** One look, at each tick. */
export function worsenAlarms(state: PumpRuleState, now: number): RuleStep {
  const worse = state.open.filter(
    (open) => open.alarm !== null && open.priority === 'low' && isWorse(state, open, now),
  );
  if (worse.length === 0) return { next: state, effects: [] };
  return {
    next: { ...state, open: state.open.map((open) => (worse.includes(open) ? { ...open, priority: 'medium' } : open)) },
    effects: worse.map(({ id, key }) => ({
      do: 'worsen',
      id,
      priority: 'medium',
      detail: isStandby(key)
        ? { becauseOf: `paused for ${standbyMediumMs / 60_000} min` }
        : { becauseOf: `battery ${Math.round(state.lastSample?.batteryPct ?? 0)} %` },
    })),
  };
}

const isStandby = (key: string) => key.startsWith('MDC_EVT_STANDBY_WARN');

function isWorse({ lastSample }: PumpRuleState, { key, raisedAt }: OpenCondition, now: number): boolean {
  if (isStandby(key)) return now - raisedAt >= standbyMediumMs;
  const battery = lastSample?.batteryPct ?? null;
  return (
    key.startsWith('MDC_EVT_PWR_LOSS') && battery !== null && battery < lowBatteryPct && lastSample?.mains !== true
  );
}
