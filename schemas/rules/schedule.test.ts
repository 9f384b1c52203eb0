import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Layer } from '../http/on-call.ts';
import { nowAndNext, onCallAt, rotaOf, type ScheduleOverride, shiftsBetween } from './schedule.ts';
import { dayOfDate, weekdayOf, zoneClock } from './zone-clock.ts';

const minuteMs = 60_000;
const at = (text: string) => Date.parse(text);
const layer = (given: Partial<Layer> = {}): Layer => ({
  name: 'nights',
  timeZone: 'Europe/Stockholm',
  startsOn: '2026-01-05',
  endsOn: null,
  handOverAt: '08:00',
  every: { count: 1, unit: 'day' },
  members: ['ann', 'bob'],
  restrictions: [],
  ...given,
});
let made = 0;
const override = (user: string, from: string, until: string): ScheduleOverride => {
  made += 1;
  return { id: `o${made}`, user, from: at(from), until: at(until), madeAt: made };
};

/** Asked at every minute: where the answer changes, and what it becomes. */
function minuteByMinute(layers: Layer[], from: string, until: string, overrides: ScheduleOverride[] = []): string[] {
  const rota = rotaOf({ layers, overrides });
  const lines: string[] = [];
  let last: string | null | undefined;
  for (let minute = at(from); minute < at(until); minute += minuteMs) {
    const { user } = onCallAt(rota, minute);
    if (user !== last) lines.push(`${new Date(minute).toISOString().slice(0, 16)} ${user ?? '–'}`);
    last = user;
  }
  return lines;
}

describe('who is on call, minute by minute', () => {
  const office = { days: [1, 2, 3, 4, 5], from: '08:00', to: '17:00' };
  const table: [string, Layer[], ScheduleOverride[], string, string, string[]][] = [
    [
      'day by day, at the hand-over’s time of the zone',
      [layer()],
      [],
      '2026-01-05T06:00Z',
      '2026-01-07T08:00Z',
      ['2026-01-05T06:00 –', '2026-01-05T07:00 ann', '2026-01-06T07:00 bob', '2026-01-07T07:00 ann'],
    ],
    [
      'the night that is an hour short',
      [layer({ startsOn: '2026-03-28' })],
      [],
      '2026-03-28T07:00Z',
      '2026-03-30T08:00Z',
      ['2026-03-28T07:00 ann', '2026-03-29T06:00 bob', '2026-03-30T06:00 ann'],
    ],
    [
      'the night that is an hour long',
      [layer({ startsOn: '2026-10-24' })],
      [],
      '2026-10-24T06:00Z',
      '2026-10-26T08:00Z',
      ['2026-10-24T06:00 ann', '2026-10-25T07:00 bob', '2026-10-26T07:00 ann'],
    ],
    [
      'a hand-over at a time that is skipped is at the skip',
      [layer({ startsOn: '2026-03-28', handOverAt: '02:30' })],
      [],
      '2026-03-28T02:00Z',
      '2026-03-30T02:00Z',
      ['2026-03-28T02:00 ann', '2026-03-29T01:00 bob', '2026-03-30T00:30 ann'],
    ],
    [
      'a hand-over at a time that comes twice is at the first, and not taken back',
      [layer({ startsOn: '2026-10-24', handOverAt: '02:30' })],
      [],
      '2026-10-24T02:00Z',
      '2026-10-26T02:00Z',
      ['2026-10-24T02:00 ann', '2026-10-25T00:30 bob', '2026-10-26T01:30 ann'],
    ],
    [
      'the same across the Atlantic, in spring',
      [layer({ timeZone: 'America/New_York', startsOn: '2026-03-07', handOverAt: '02:30' })],
      [],
      '2026-03-07T08:00Z',
      '2026-03-09T08:00Z',
      ['2026-03-07T08:00 ann', '2026-03-08T07:00 bob', '2026-03-09T06:30 ann'],
    ],
    [
      '… and in autumn',
      [layer({ timeZone: 'America/New_York', startsOn: '2026-10-31', handOverAt: '01:30' })],
      [],
      '2026-10-31T06:00Z',
      '2026-11-02T08:00Z',
      ['2026-10-31T06:00 ann', '2026-11-01T05:30 bob', '2026-11-02T06:30 ann'],
    ],
    [
      'a hand-over at midnight',
      [layer({ handOverAt: '00:00' })],
      [],
      '2026-01-04T22:00Z',
      '2026-01-07T00:00Z',
      ['2026-01-04T22:00 –', '2026-01-04T23:00 ann', '2026-01-05T23:00 bob', '2026-01-06T23:00 ann'],
    ],
    [
      'a midnight that is skipped (Havana)',
      [layer({ timeZone: 'America/Havana', startsOn: '2026-03-07', handOverAt: '00:00' })],
      [],
      '2026-03-07T05:00Z',
      '2026-03-09T06:00Z',
      ['2026-03-07T05:00 ann', '2026-03-08T05:00 bob', '2026-03-09T04:00 ann'],
    ],
    [
      'a midnight that comes twice (Havana)',
      [layer({ timeZone: 'America/Havana', startsOn: '2026-10-31', handOverAt: '00:00' })],
      [],
      '2026-10-31T04:00Z',
      '2026-11-02T06:00Z',
      ['2026-10-31T04:00 ann', '2026-11-01T04:00 bob', '2026-11-02T05:00 ann'],
    ],
    [
      'half-hour zones and half-hour changes (Lord Howe)',
      [layer({ timeZone: 'Australia/Lord_Howe', startsOn: '2026-04-04', handOverAt: '01:45' })],
      [],
      '2026-04-04T00:00Z',
      '2026-04-06T00:00Z',
      ['2026-04-04T00:00 ann', '2026-04-04T14:45 bob', '2026-04-05T15:15 ann'],
    ],
    [
      'weeks',
      [layer({ every: { count: 2, unit: 'week' }, members: ['ann', 'bob', 'cleo'] })],
      [],
      '2026-01-05T07:00Z',
      '2026-02-17T00:00Z',
      ['2026-01-05T07:00 ann', '2026-01-19T07:00 bob', '2026-02-02T07:00 cleo', '2026-02-16T07:00 ann'],
    ],
    [
      'an empty shift falls to the layer below, or to nobody',
      [layer({ name: 'below', members: ['dan'], startsOn: '2026-01-07' }), layer({ members: ['ann', null] })],
      [],
      '2026-01-05T07:00Z',
      '2026-01-09T00:00Z',
      ['2026-01-05T07:00 ann', '2026-01-06T07:00 –', '2026-01-07T07:00 ann', '2026-01-08T07:00 dan'],
    ],
    [
      'a layer of office hours over one of always, Friday to Monday',
      [layer({ members: ['bob'] }), layer({ members: ['ann'], restrictions: [office] })],
      [],
      '2026-01-09T06:00Z',
      '2026-01-12T18:00Z',
      [
        '2026-01-09T06:00 bob',
        '2026-01-09T07:00 ann',
        '2026-01-09T16:00 bob',
        '2026-01-12T07:00 ann',
        '2026-01-12T16:00 bob',
      ],
    ],
    [
      'a restriction over midnight, through the night that is an hour long',
      [layer({ members: ['ann'], restrictions: [{ days: [6], from: '22:00', to: '02:30' }] })],
      [],
      '2026-10-24T18:00Z',
      '2026-10-25T06:00Z',
      ['2026-10-24T18:00 –', '2026-10-24T20:00 ann', '2026-10-25T00:30 –'],
    ],
    [
      'a layer that ends',
      [layer({ endsOn: '2026-01-07' })],
      [],
      '2026-01-06T08:00Z',
      '2026-01-08T00:00Z',
      ['2026-01-06T08:00 bob', '2026-01-07T07:00 –'],
    ],
    [
      'overlapping overrides: the one made last counts',
      [layer({ members: ['ann'] })],
      [
        override('bob', '2026-01-05T10:00Z', '2026-01-05T14:00Z'),
        override('cleo', '2026-01-05T12:00Z', '2026-01-05T16:00Z'),
        override('dan', '2026-01-05T13:00Z', '2026-01-05T13:30Z'),
      ],
      '2026-01-05T09:00Z',
      '2026-01-05T18:00Z',
      [
        '2026-01-05T09:00 ann',
        '2026-01-05T10:00 bob',
        '2026-01-05T12:00 cleo',
        '2026-01-05T13:00 dan',
        '2026-01-05T13:30 cleo',
        '2026-01-05T16:00 ann',
      ],
    ],
    [
      'an override fills a gap, and over a daylight-saving change',
      [],
      [override('bob', '2026-03-29T00:30Z', '2026-03-29T01:30Z')],
      '2026-03-29T00:00Z',
      '2026-03-29T03:00Z',
      ['2026-03-29T00:00 –', '2026-03-29T00:30 bob', '2026-03-29T01:30 –'],
    ],
  ];
  test.each(table)('%s', (_name, layers, overrides, from, until, expected) => {
    expect(minuteByMinute(layers, from, until, overrides)).toEqual(expected);
    const told = shiftsBetween(rotaOf({ layers, overrides }), at(from), at(until));
    const merged = told.filter(({ user }, index) => index === 0 || told[index - 1]?.user !== user);
    expect(merged.map((s) => `${new Date(s.from).toISOString().slice(0, 16)} ${s.user ?? '–'}`)).toEqual(expected);
  });
});

test('now and next: who, since when, until when, who then', () => {
  const rota = rotaOf({ layers: [layer()], overrides: [override('cleo', '2026-01-06T12:00Z', '2026-01-06T13:00Z')] });
  const { now, next } = nowAndNext(rota, at('2026-01-06T10:00Z'));
  expect(now).toMatchObject({ user: 'bob', from: at('2026-01-06T07:00Z'), until: at('2026-01-06T12:00Z') });
  expect(next).toMatchObject({ user: 'cleo', until: at('2026-01-06T13:00Z') });
});

test('one person for ever is nothing that changes; nobody for ever neither', () => {
  const alone = nowAndNext(rotaOf({ layers: [layer({ members: ['ann'] })], overrides: [] }), at('2026-06-01T10:00Z'));
  expect([alone.now.user, alone.next]).toEqual(['ann', null]);
  const none = nowAndNext(rotaOf({ layers: [], overrides: [] }), at('2026-06-01T10:00Z'));
  expect([none.now.user, none.next]).toEqual([null, null]);
});

test('spans have no holes, and inside each everybody agrees on who has it', () => {
  const zones = [
    'Europe/Stockholm',
    'America/New_York',
    'America/Havana',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'UTC',
  ];
  const times = fc.integer({ min: 0, max: 24 * 60 - 1 }).map((minute) => {
    return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  });
  const layers = fc.record({
    name: fc.constantFrom('a', 'b'),
    timeZone: fc.constantFrom(...zones),
    startsOn: fc.constantFrom('2026-01-05', '2026-03-28', '2026-10-31'),
    endsOn: fc.constantFrom(null, '2026-11-02'),
    handOverAt: times,
    every: fc.record({ count: fc.integer({ min: 1, max: 3 }), unit: fc.constantFrom('day' as const, 'week' as const) }),
    members: fc.array(fc.constantFrom('ann', 'bob', null), { minLength: 1, maxLength: 3 }),
    restrictions: fc.array(
      fc.record({ days: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), from: times, to: times }),
      { maxLength: 2 },
    ),
  });
  const starts = fc.constantFrom(
    '2026-03-07T00:00Z',
    '2026-03-28T12:00Z',
    '2026-04-04T00:00Z',
    '2026-10-24T12:00Z',
    '2026-10-31T12:00Z',
  );
  fc.assert(
    fc.property(
      fc.array(layers, { maxLength: 3 }),
      starts,
      fc.array(fc.nat(2 * 1440 - 1), { maxLength: 30 }),
      (given, start, minutes) => {
        const rota = rotaOf({ layers: given, overrides: [] });
        const from = at(start);
        const shifts = shiftsBetween(rota, from, from + 2 * 86_400_000);
        expect(shifts[0]?.from).toBe(from);
        for (const [index, shift] of shifts.entries()) {
          expect(shift.until).toBe(shifts[index + 1]?.from ?? from + 2 * 86_400_000);
        }
        for (const minute of minutes) {
          const instant = from + minute * minuteMs;
          const shift = shifts.find((one) => one.from <= instant && instant < one.until);
          expect(shift?.user).toBe(onCallAt(rota, instant).user);
        }
      },
    ),
    { numRuns: 30, seed: 5 },
  );
});

test.each([
  ['2026-01-05', 1],
  ['2026-01-11', 7],
  ['1969-12-31', 3],
])('%s is weekday %i', (date, weekday) => {
  expect(weekdayOf(dayOfDate(date))).toBe(weekday);
});

test('an unknown zone is refused', () => {
  expect(() => zoneClock('Mars/Olympus')).toThrow(RangeError);
});
