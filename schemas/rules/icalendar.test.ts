import { expect, test } from 'vitest';
import { calendarOf } from './icalendar.ts';

const at = (text: string) => Date.parse(text);

test('a calendar of shifts: CRLF, UTC, escaped text, one name for one shift', () => {
  const shift = {
    schedule: 'clinical',
    name: 'On call, nights; east',
    from: at('2026-03-28T20:00Z'),
    until: at('2026-03-29T06:00Z'),
  };
  const calendar = calendarOf('M. Okafor', [shift], at('2026-03-01T00:00Z'));
  expect(calendar.split('\r\n')).toEqual(
    expect.arrayContaining([
      'BEGIN:VCALENDAR',
      'UID:clinical-20260328T200000Z@dripwatch',
      'DTSTAMP:20260301T000000Z',
      'DTSTART:20260328T200000Z',
      'DTEND:20260329T060000Z',
      'SUMMARY:On call\\, nights\\; east',
      'END:VCALENDAR',
    ]),
  );
  expect(calendar.endsWith('END:VCALENDAR\r\n')).toBe(true);
  expect(calendar.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
});

test('long lines are folded at 75 octets, never inside a character', () => {
  const calendar = calendarOf('å'.repeat(120), [], 0);
  for (const line of calendar.split('\r\n')) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
  expect(calendar.replaceAll('\r\n ', '')).toContain('å'.repeat(120));
});

test('a name with line ends cannot add a line of its own', () => {
  expect(calendarOf('x\r\nEND:VCALENDAR', [], 0)).toContain('x\\nEND:VCALENDAR');
});
