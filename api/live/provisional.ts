import type { ProvisionalAlert } from '#schemas/messages/live.ts';

const expireMs = 15_000;

/** Alerts that workers evaluated but can't record: each worker's full set, as long as it repeats it. */
export type Provisional = {
  put(worker: string, since: number | null, alerts: readonly ProvisionalAlert[], now: number): void;
  /** All workers' alerts together; an alert is named once. `since`: the earliest outage. */
  union(now: number): { since: number | null; alerts: ProvisionalAlert[] };
};

export function createProvisional(): Provisional {
  const sets = new Map<string, { at: number; since: number | null; alerts: readonly ProvisionalAlert[] }>();
  return {
    put: (worker, since, alerts, now) => {
      if (alerts.length === 0 && since === null) sets.delete(worker);
      else sets.set(worker, { at: now, since, alerts });
    },
    union: (now) => {
      const alerts = new Map<string, ProvisionalAlert>();
      let since: number | null = null;
      for (const [worker, set] of sets) {
        if (now - set.at > expireMs) {
          sets.delete(worker);
          continue;
        }
        if (set.since !== null) since = since === null ? set.since : Math.min(since, set.since);
        for (const alert of set.alerts) alerts.set(alert.id, alert);
      }
      return { since, alerts: [...alerts.values()] };
    },
  };
}
