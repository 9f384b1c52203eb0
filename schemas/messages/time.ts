import * as z from 'zod';

// RFC 3339 §5.6, any offset and any precision; lower-case t and z and a space are allowed by its notes.
const rfc3339 =
  /^\d{4}-(0[1-9]|1[0-2])-\d{2}[Tt ]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** Reads `count` digits at `at`; NaN where one is none. */
function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i += 1) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

const daysBefore = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/** `2026-11-22T02:10:04.120Z` or without its fraction: what nearly every pump sends. NaN for anything else. */
function readUsual(text: string): number {
  const long = text.length === 24;
  if (!long && text.length !== 20) return Number.NaN;
  if (text[4] !== '-' || text[7] !== '-' || text[10] !== 'T' || text[13] !== ':' || text[16] !== ':') return Number.NaN;
  if (text[text.length - 1] !== 'Z' || (long && text[19] !== '.')) return Number.NaN;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  const milli = long ? digits(text, 20, 3) : 0;
  // Only the plain calendar: whatever is at its edges (29 February, day 31, leap seconds) is read by the slow way.
  const plain =
    year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour <= 23 && minute <= 59 && second <= 59;
  if (!plain) return Number.NaN;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const past = year - 1;
  const leapDays = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400) - leapDaysBefore1970;
  const days = (year - 1970) * 365 + leapDays + (daysBefore[month] as number) + (leap && month > 2 ? 1 : 0) + day - 1;
  return ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + milli;
}

const leapDaysBefore1970 = 477;

/** Whether the calendar has such a day; `Date.parse` reads 30 February as 2 March. */
function isInCalendar(text: string): boolean {
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2)];
  // Day 0 of the month after is the last of this one. Not `Date.UTC`, which takes the years 0 to 99 for 1900 to 1999.
  const last = new Date(0);
  last.setUTCFullYear(year, month, 0);
  return day >= 1 && day <= last.getUTCDate();
}

/**
 * Milliseconds since 1970 of an RFC 3339 time, or null when it is none: a day that no calendar has, 24:00, an offset of a day.
 * A leap second (…:60) counts as the second before it.
 */
export function readTime(text: string): number | null {
  const usual = readUsual(text);
  if (!Number.isNaN(usual)) return usual;
  if (!rfc3339.test(text) || !isInCalendar(text)) return null;
  const given = text.toUpperCase().replace(' ', 'T');
  const read = Date.parse(given);
  if (!Number.isNaN(read)) return read;
  const withoutLeap = given.replace(/^(.{17})60/, '$159');
  const again = withoutLeap === given ? Number.NaN : Date.parse(withoutLeap);
  return Number.isNaN(again) ? null : again;
}

/** A time on the wire. */
export const wireTime = z
  .string()
  .max(64)
  .refine((text) => readTime(text) !== null, 'an RFC 3339 time with its offset, such as 2026-11-22T02:10:04.120Z');
