import { expect, test } from 'vitest';
import type { PolicyStep, Shift } from '#schemas/http/on-call.ts';
import { policySentences } from './policy-words.ts';
import { daysOf, hoursWords, midnight } from './week.ts';

const names = { schedule: () => 'Clinical on call', person: () => 'M. Okafor' };
const step = (facts: Partial<PolicyStep>): PolicyStep => ({
  to: [{ kind: 'on-call', schedule: 'clinical' }],
  channels: ['board', 'voice'],
  nextAfterS: 120,
  unseenAfterS: null,
  ...facts,
});

test('a policy is told in sentences, the last of which says that it never ends', () => {
  const steps = [
    step({ unseenAfterS: 90 }),
    step({
      to: [
        { kind: 'person', user: 'x' },
        { kind: 'group', group: 'leads' },
      ],
      channels: ['sms'],
      nextAfterS: 180,
    }),
    step({ to: [{ kind: 'group', group: 'everybody' }], nextAfterS: 300 }),
  ];
  expect(policySentences(steps, names)).toEqual([
    'At once who is on call (Clinical on call), by the board and voice call.',
    '2 min later, or after 90 s in which none of them saw it, M. Okafor and the leads, by SMS.',
    '3 min later everybody who answers alerts, by the board and voice call.',
    'Then the same again every 5 min, until somebody has it.',
  ]);
});

const shift = (from: number, until: number, name: string | null): Shift => ({
  from: new Date(from).toISOString(),
  until: new Date(until).toISOString(),
  user: name === null ? null : { id: name, name },
  layer: null,
  override: null,
});

test('a shift over midnight stands on both days, and what nobody covers is said', () => {
  const monday = midnight(Date.parse('2026-11-23T12:00:00Z'));
  const at = (hours: number) => monday + hours * 3_600_000;
  const days = daysOf([shift(at(19), at(31), 'A'), shift(at(31), at(40), 'B')], monday, 2);
  expect(
    days.map(({ spans }) =>
      spans.map(({ from, until, who }) => [(from - monday) / 3_600_000, (until - monday) / 3_600_000, who]),
    ),
  ).toEqual([
    [
      [0, 19, null],
      [19, 24, 'A'],
    ],
    [
      [24, 31, 'A'],
      [31, 40, 'B'],
      [40, 48, null],
    ],
  ]);
});

test('the days of a week follow each other without a hole, whatever the clocks do', () => {
  for (const start of ['2026-03-27T12:00:00Z', '2026-10-23T12:00:00Z']) {
    const days = daysOf([], midnight(Date.parse(start)), 7);
    for (const [i, day] of days.entries()) expect(days[i + 1]?.from ?? day.until).toBe(day.until);
    expect(days.every(({ spans }) => spans.length === 1 && spans[0]?.who === null)).toBe(true);
  }
});

test('a day ends at 24:00 and is said in one word where one person has all of it', () => {
  const day = new Date(2026, 10, 26).getTime();
  const at = (hour: number) => new Date(2026, 10, 26, hour).getTime();
  expect(hoursWords(day, midnight(day, 1))).toBe('all day');
  expect(hoursWords(at(6), midnight(day, 1))).toBe('06:00–24:00');
  expect(hoursWords(day, at(6))).toBe('00:00–06:00');
});
