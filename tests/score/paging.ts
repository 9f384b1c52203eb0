// How often a fleet calls people: every alert that pages, with the dwell and without it.
import type { Told } from './healthy.ts';

/** People are paged when a condition has lasted this long, min (alerts-and-limits.md); null: never. */
const usualDwellMin = { high: 0, medium: 5, low: null } as const;

export type Pages = { perHourWithDwell: number; perHourWithout: number };

/**
 * Pages per on-call hour.
 * @param alerts of a fleet of `pumps` in `hours`
 * @param fleet size of the fleet that is asked about
 */
export function pagesPerHour(alerts: readonly Told[], pumps: number, hours: number, fleet: number): Pages {
  const share = fleet / pumps / hours;
  const withDwell = alerts.filter((alert) => pagedAfterDwell(alert)).length;
  const without = alerts.filter(
    ({ priority, late, endedAt }) => priority !== 'low' && !(late && endedAt !== null),
  ).length;
  return { perHourWithDwell: withDwell * share, perHourWithout: without * share };
}

function pagedAfterDwell({ priority, pageAfterMin, seenAt, endedAt, again }: Told): boolean {
  const dwell = pageAfterMin ?? usualDwellMin[priority];
  if (dwell === null) return false;
  // What came back counts anew from then on; what grew worse does too.
  const since = again.at(-1)?.at ?? seenAt;
  return endedAt === null || endedAt - since >= dwell * 60_000;
}
