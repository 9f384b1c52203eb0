// When deliveries of a therapy are due.

export type DueSchedule =
  | { kind: 'continuous' }
  | { kind: 'every'; hours: number; firstAt: string }
  /** Times of the patient's day: 08:00. */
  | { kind: 'daily'; times: readonly string[] };

/**
 * Moments due from `from` up to and without `to`, ms, in order.
 * @param timeZone of the patient, such as Europe/Stockholm
 * @throws RangeError for a time zone that nobody knows
 */
export function dueTimes(schedule: DueSchedule, timeZone: string, from: number, to: number): number[] {
  if (schedule.kind === 'continuous') return [];
  if (schedule.kind === 'every') {
    const first = Date.parse(schedule.firstAt);
    const every = schedule.hours * 3_600_000;
    if (!(every > 0) || Number.isNaN(first)) return [];
    const due: number[] = [];
    for (let n = Math.max(0, Math.ceil((from - first) / every)); first + n * every < to; n += 1)
      due.push(first + n * every);
    return due;
  }
  const local = localClock(timeZone);
  const due = new Set<number>();
  // A day to either side: the patient's day may have begun before or after the day in UTC.
  for (let day = Math.floor(from / dayMs) - 1; day * dayMs <= to + dayMs; day += 1) {
    for (const time of schedule.times) {
      const [hours = 0, minutes = 0] = time.split(':').map(Number);
      const at = momentOf(day * dayMs + (hours * 60 + minutes) * 60_000, local);
      if (at >= from && at < to) due.add(at);
    }
  }
  return [...due].sort((a, b) => a - b);
}

const dayMs = 86_400_000;

/** What a clock on the patient's wall shows at a moment, as if that were UTC. */
function localClock(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map((part) => [part.type, Number(part.value)]));
    const get = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
    return Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'));
  };
}

/** The moment at which the wall clock shows a time; a time that summer time skips is the hour after it. */
function momentOf(wall: number, local: (at: number) => number): number {
  const guess = wall - (local(wall) - wall);
  return guess - (local(guess) - wall);
}
