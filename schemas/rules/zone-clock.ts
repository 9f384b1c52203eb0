// A time zone's wall clock over `Intl`: what it shows at an instant, and at which instant it first shows something.

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** A calendar day as days since 1970-01-01, whatever the zone. */
export type CalendarDay = number;

export type ZoneClock = {
  timeZone: string;
  /** The calendar day on the zone's clock. */
  dayAt(instant: number): CalendarDay;
  /**
   * The instant at which the zone's clock first shows this time of this day. An hour that comes twice counts the first
   * time; a time that is skipped counts as the moment of the skip.
   */
  instantOf(day: CalendarDay, minuteOfDay: number): number;
};

export const dayOfDate = (date: string): CalendarDay => Math.round(Date.parse(`${date}T00:00:00Z`) / dayMs);
/** 1 Monday … 7 Sunday. */
export const weekdayOf = (day: CalendarDay): number => ((((day + 3) % 7) + 7) % 7) + 1;
export function minuteOfDay(time: string): number {
  const [hours = '', minutes = ''] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

/** @throws RangeError for a zone that this platform does not know */
export function zoneClock(timeZone: string): ZoneClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
  });
  // Asked over and over for the same few minutes around a hand-over; a clock lives as long as one question.
  const known = new Map<number, number>();

  /** What the wall clock shows, as if it were UTC, less the instant; to the second. */
  function offsetAt(instant: number): number {
    const second = Math.floor(instant / 1_000) * 1_000;
    const before = known.get(second);
    if (before !== undefined) return before;
    const shown: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(second)) shown[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second: s = 0 } = shown;
    const offset = Date.UTC(year, month - 1, day, hour, minute, s) - second;
    if (known.size > 20_000) known.clear();
    known.set(second, offset);
    return offset;
  }

  function instantOf(day: CalendarDay, minute: number): number {
    const wall = day * dayMs + minute * minuteMs;
    // A day before and after: no zone changes its offset twice in that time.
    const earlier = offsetAt(wall - dayMs);
    const later = offsetAt(wall + dayMs);
    const fits = [wall - earlier, wall - later].filter((instant) => instant + offsetAt(instant) === wall);
    if (fits.length > 0) return Math.min(...fits);
    // Skipped: between the two guesses lies the moment at which the clock jumps over it.
    let low = Math.min(wall - earlier, wall - later);
    let high = Math.max(wall - earlier, wall - later);
    while (high - low > 1_000) {
      const middle = Math.floor((low + high) / 2_000) * 1_000;
      if (middle + offsetAt(middle) < wall) low = middle;
      else high = middle;
    }
    return high;
  }

  return { timeZone, dayAt: (instant) => Math.floor((instant + offsetAt(instant)) / dayMs), instantOf };
}
