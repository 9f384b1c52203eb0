import type { Priority } from '#schemas/messages/record.ts';
import type { Watch } from '../live/watch.ts';
import type { BoardAlert } from '../store.ts';

/** Whether nobody has an active alert yet. */
export const needsSomebody = (alert: BoardAlert): boolean =>
  alert.condition === 'active' && alert.responsibility !== 'accepted';

/** The most urgent priority that nobody has, or null. */
export function mostUrgent(alerts: readonly BoardAlert[]): Priority | null {
  const open = new Set(alerts.filter(needsSomebody).map((alert) => alert.priority));
  return (['high', 'medium', 'low'] as const).find((priority) => open.has(priority)) ?? null;
}

/** What is to be heard now: what nobody has, or that the screen can't be trusted. */
export function signalOf(watch: Watch, alerts: readonly BoardAlert[], phone: boolean): Priority | null {
  if (watch.at !== 'not-monitored') return mostUrgent(alerts);
  return phone ? null : 'high';
}
