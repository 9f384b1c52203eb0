// Truth against alerts: what was found and how soon, what was missed, and what nothing accounts for.
import type { Seen } from './bed.ts';
import type { PumpAlarm } from './play.ts';
import type { Label } from './scenario.ts';

export type Verdict = {
  found: { label: Label; delayMs: number }[];
  missed: { label: Label; because: string }[];
  /** Alerts that neither a label nor an alarm of the pump accounts for. */
  unaccounted: Seen[];
};

/** A pump and the platform may see one moment a little apart, ms. */
const apartMs = 1_000;

export type Truth = {
  labels: readonly Label[];
  alarms: readonly PumpAlarm[];
  /** Types that are accounted for whenever they come. */
  alsoTrue: readonly string[];
};

/** Compares what is true with what was said. */
export function judge({ labels, alarms, alsoTrue }: Truth, alerts: readonly Seen[]): Verdict {
  const verdict: Verdict = { found: [], missed: [], unaccounted: [] };
  for (const label of labels) {
    const { delayMs, because } = lookFor(label, alerts);
    if (delayMs === null) verdict.missed.push({ label, because });
    else verdict.found.push({ label, delayMs });
  }
  verdict.unaccounted = alerts.filter(
    (alert) =>
      !alsoTrue.includes(alert.type) &&
      !labels.some((label) => accounts(label, alert)) &&
      !alarms.some(({ pump, code, at }) => pump === alert.pump && code === alert.type && at <= alert.seenAt),
  );
  return verdict;
}

function accounts(label: Label, alert: Seen): boolean {
  return (
    label.pump === alert.pump &&
    label.rule === alert.type &&
    alert.seenAt >= label.begin - apartMs &&
    (label.end === null || alert.seenAt <= label.end + apartMs)
  );
}

/** The first moment at which an alert says all that the label wants. */
function lookFor(label: Label, alerts: readonly Seen[]): { delayMs: number | null; because: string } {
  let because = 'never said';
  let best: number | null = null;
  for (const alert of alerts) {
    if (alert.pump !== label.pump || alert.type !== label.rule) continue;
    const moments = [{ at: alert.seenAt, priority: alert.firstPriority }, ...alert.again];
    const moment = moments.find(
      ({ at, priority }) => at >= label.begin - apartMs && (!label.priority || priority === label.priority),
    );
    if (!moment) {
      because = `said at another time or as ${alert.priority}`;
      continue;
    }
    const said = `${alert.message} ${JSON.stringify(alert.detail)}`;
    if (label.says && !label.says.some((words) => said.includes(words))) {
      because = `said as ${JSON.stringify(alert.message)}`;
      continue;
    }
    const delay = Math.max(0, moment.at - label.begin);
    if (delay > label.withinMs) because = `said after ${Math.round(delay / 1000)} s`;
    else if (best === null || delay < best) best = delay;
  }
  return { delayMs: best, because };
}
