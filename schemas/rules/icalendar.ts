// A person's shifts as a calendar [RFC 5545]. It holds names of schedules and times, nothing of patients.

import { type Rota, shiftsBetween } from './schedule.ts';

export type CalendarShift = {
  schedule: string;
  name: string;
  from: number;
  until: number;
  /** It began before what was looked at, so that `from` is not its beginning. */
  since?: 'before';
};

const dayMs = 86_400_000;

/** A person's shifts of the past fortnight and the next 60 days. */
export function calendarShifts(
  schedules: readonly { id: string; name: string; rota: Rota }[],
  user: string,
  now: number,
): CalendarShift[] {
  // Whole days, and further back than is told: else a shift would begin at another moment at every reading.
  const today = Math.floor(now / dayMs) * dayMs;
  const from = today - 74 * dayMs;
  return schedules.flatMap(({ id, name, rota }) =>
    shiftsBetween(rota, from, today + 60 * dayMs)
      .filter((shift) => shift.user === user && shift.until > now - 14 * dayMs)
      .map((shift) => ({
        ...{ schedule: id, name, from: shift.from, until: shift.until },
        ...(shift.from === from ? { since: 'before' as const } : {}),
      })),
  );
}

const encoder = new TextEncoder();

/** @param now when it was made, for DTSTAMP */
export function calendarOf(owner: string, shifts: readonly CalendarShift[], now: number): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Dripwatch//On call//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `X-WR-CALNAME:${text(`On call: ${owner}`)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
    ...shifts.flatMap(({ schedule, name, from, until, since }) => [
      'BEGIN:VEVENT',
      // The same shift keeps its name however often it is read: a calendar moves it instead of adding another.
      `UID:${schedule}-${since === undefined ? utc(from) : 'since-before'}@dripwatch`,
      `DTSTAMP:${utc(now)}`,
      `DTSTART:${utc(from)}`,
      `DTEND:${utc(until)}`,
      `SUMMARY:${text(name)}`,
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
    ]),
    'END:VCALENDAR',
  ];
  return `${lines.map(folded).join('\r\n')}\r\n`;
}

/** [3.3.5] form #2: date with UTC time. */
const utc = (at: number) => `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

/** [3.3.11] */
const text = (value: string) => value.replace(/[\\;,]/g, (character) => `\\${character}`).replace(/\r\n|\r|\n/g, '\\n');

/** [3.1] Lines of at most 75 octets; what goes on begins with a space. Never inside a character. */
function folded(line: string): string {
  const parts: string[] = [];
  let part = '';
  let bytes = 0;
  for (const character of line) {
    const size = encoder.encode(character).length;
    if (bytes + size > (parts.length === 0 ? 75 : 74)) {
      parts.push(part);
      part = '';
      bytes = 0;
    }
    part += character;
    bytes += size;
  }
  return [...parts, part].join('\r\n ');
}
