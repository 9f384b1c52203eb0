import { expect, test } from 'vitest';
import { calendarOf, calendarShifts } from './icalendar.ts';
import { rotaOf } from './schedule.ts';

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

test('a shift that began long ago keeps its name at every reading, and one that has ended keeps its beginning', () => {
  const layer = {
    ...{ name: 'all', timeZone: 'Europe/Berlin', startsOn: '2026-01-05', endsOn: null, handOverAt: '07:00' },
    ...{ every: { count: 4, unit: 'week' as const }, restrictions: [] },
  };
  const readAt = (members: string[], now: string) => {
    const schedules = [
      { id: 'nights', name: 'Nights', rota: rotaOf({ layers: [{ ...layer, members }], overrides: [] }) },
    ];
    const calendar = calendarOf('ann', calendarShifts(schedules, 'ann', at(now)), at(now));
    return [...calendar.matchAll(/(?:UID|DTSTART):(\S+)/g)].map(([, value]) => value);
  };
  const alone = readAt(['ann'], '2026-11-26T18:48:39Z');
  expect(alone[0]).toBe('nights-since-before@dripwatch');
  expect(readAt(['ann'], '2026-11-26T19:48:40Z')).toEqual(alone);
  expect(readAt(['ann'], '2026-12-26T19:48:40Z')[0]).toBe(alone[0]);
  const began = ['nights-20261012T050000Z@dripwatch', '20261012T050000Z'];
  expect(readAt(['ann', 'bob'], '2026-11-10T12:00:00Z').slice(0, 2)).toEqual(began);
  expect(readAt(['ann', 'bob'], '2026-11-21T12:00:00Z').slice(0, 2)).toEqual(began);
  expect(readAt(['ann', 'bob'], '2026-11-25T12:00:00Z')).not.toContain(began[0]);
});
