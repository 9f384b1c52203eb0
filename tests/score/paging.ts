// How often a fleet calls people: every alert that pages, with the dwell and without it.
import { audienceOf } from '#schemas/rules/audience.ts';
import { type PagingHolds, pagingOf } from '#schemas/rules/paging.ts';
import { defaultRuleSettings } from '#schemas/rules/rule-settings.ts';
import type { Told } from './healthy.ts';

export type Pages = { perHourWithDwell: number; perHourWithout: number };

/** Nothing is announced in the scoreboard's fleet. */
const holds: PagingHolds = {
  announcements: [],
  windows: [],
  work: defaultRuleSettings['announced-work'],
  offline: defaultRuleSettings['expected-offline'],
};

/**
 * Pages per on-call hour.
 * @param alerts of a fleet of `pumps` in `hours`
 * @param fleet size of the fleet that is asked about
 */
export function pagesPerHour(alerts: readonly Told[], pumps: number, hours: number, fleet: number): Pages {
  const share = fleet / pumps / hours;
  const withDwell = alerts.filter((alert) => isPaged(alert, alert.pageAfterMin)).length;
  // Without it everything that is not on the day list pages as soon as it is said.
  const without = alerts.filter((alert) => alert.priority !== 'low' && isPaged({ ...alert, endedAt: null }, 0)).length;
  return { perHourWithDwell: withDwell * share, perHourWithout: without * share };
}

/** Whether people were paged before its condition was over. */
function isPaged(alert: Told, pageAfterMin: number | null): boolean {
  const { type, priority, critical, raisedAt, endedAt, late } = alert;
  const facts = { type, audience: audienceOf(type), priority, critical, pageAfterMin, raisedAt, seenAt: null, late };
  // As it stood while it was active …
  const active = pagingOf({ ...facts, endedAt: null }, holds);
  if (active.page === 'never') return false;
  // … and once it is over: a high one is owed until somebody has seen it.
  return endedAt === null || active.at <= endedAt || pagingOf({ ...facts, endedAt }, holds).page === 'at';
}
