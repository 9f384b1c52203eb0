import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dueTimes } from './due-times.ts';
import { doseFindings, judgeDoses } from './missed-dose.ts';
import { defaultRuleSettings } from './rule-settings.ts';

const settings = defaultRuleSettings['missed-dose'];
const t0 = Date.parse('2026-11-23T08:00:00Z');
const min = (minutes: number) => t0 + minutes * 60_000;
const given = (startMin: number, ml: number | null = 100, endMin: number | null = startMin + 30) => ({
  startedAt: min(startMin),
  endedAt: endMin === null ? null : min(endMin),
  ml,
});
type Delivery = ReturnType<typeof given>;

test.each<[string, Delivery[], number, string[]]>([
  ['not due long enough', [], 60, ['not-yet']],
  ['late and not begun', [], 61, ['late: A dose is 61 min late']],
  ['late until it counts as missed', [], 240, ['late: A dose is 4 h late']],
  ['missed', [], 241, ['missed: A dose was due 4 h 1 min ago and has not begun']],
  ['on time', [given(10)], 300, ['on-time']],
  ['early', [given(-60)], 300, ['on-time']],
  ['too early is no dose of this', [given(-61)], 300, ['missed: A dose was due 5 h ago and has not begun']],
  ['begun late', [given(61)], 300, ['late: A dose began 61 min late']],
  ['begun after it counted as missed', [given(290)], 300, ['late: A dose began 4 h 50 min late']],
  ['given short', [given(0, 89.9)], 300, ['on-time: A dose gave 89.9 of 100 mL']],
  ['just enough', [given(0, 90)], 300, ['on-time']],
  ['still running', [given(0, 20, null)], 300, ['on-time']],
  ['volume not known', [given(0, null)], 300, ['on-time']],
  ['a delivery of the future', [given(400)], 300, ['missed: A dose was due 5 h ago and has not begun']],
])('%s', (_, deliveries, nowMin, expected) => {
  const now = min(nowMin);
  const told = judgeDoses([t0], deliveries, 100, now, settings).map((verdict) => {
    const findings = doseFindings(verdict, 100, now, settings).map(({ finding }) => finding.message);
    return findings.length > 0 ? `${verdict.begun}: ${findings.join(', ')}` : verdict.begun;
  });
  expect(told).toEqual(expected);
});

test('each delivery is the dose of one due time; a missed one in between stays missed', () => {
  const due = [t0, min(360), min(720)];
  const verdicts = judgeDoses(due, [given(0), given(715)], 100, min(1000), settings);
  expect(verdicts.map(({ begun }) => begun)).toEqual(['on-time', 'missed', 'on-time']);
  const keys = verdicts.flatMap((verdict) => doseFindings(verdict, 100, min(1000), settings).map(({ key }) => key));
  expect(keys).toEqual([`missed-dose ${min(360)}`]);
});

test('short and late are two findings, at the priority that the therapy says', () => {
  const [verdict] = judgeDoses([t0], [given(90, 10)], 100, min(300), settings);
  const found = verdict ? doseFindings(verdict, 100, min(300), { ...settings, priority: 'medium' }) : [];
  expect(found.map(({ finding }) => `${finding.type} ${finding.priority}`)).toEqual([
    'late-dose medium',
    'short-dose medium',
  ]);
});

test('as many verdicts as due doses, and no delivery twice', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -100, max: 3000 }), { maxLength: 12 }),
      fc.integer({ min: 60, max: 720 }),
      (starts, every) => {
        const due = [0, 1, 2, 3].map((n) => min(n * every));
        const deliveries = [...starts].sort((a, b) => a - b).map((start) => given(start));
        const verdicts = judgeDoses(due, deliveries, 100, min(4000), settings);
        expect(verdicts.map(({ dueAt }) => dueAt)).toEqual(due);
        const used = verdicts.flatMap(({ delivery }) => (delivery ? [delivery] : []));
        expect(new Set(used).size).toBe(used.length);
      },
    ),
  );
});

test.each([
  ['Europe/Stockholm', '2026-11-23T00:00:00Z', ['2026-11-23T07:00:00.000Z', '2026-11-23T19:30:00.000Z']],
  ['Europe/Stockholm', '2026-07-01T00:00:00Z', ['2026-07-01T06:00:00.000Z', '2026-07-01T18:30:00.000Z']],
  ['America/New_York', '2026-11-23T00:00:00Z', ['2026-11-23T01:30:00.000Z', '2026-11-23T13:00:00.000Z']],
  ['Asia/Kolkata', '2026-11-23T00:00:00Z', ['2026-11-23T02:30:00.000Z', '2026-11-23T14:00:00.000Z']],
  ['Pacific/Kiritimati', '2026-11-23T00:00:00Z', ['2026-11-23T05:30:00.000Z', '2026-11-23T18:00:00.000Z']],
])('doses at 08:00 and 20:00 (19:30 …) of %s', (zone, from, expected) => {
  const times = zone === 'Europe/Stockholm' || zone === 'America/New_York' ? ['08:00', '20:30'] : ['08:00', '19:30'];
  const begin = Date.parse(from);
  const due = dueTimes({ kind: 'daily', times }, zone, begin, begin + 86_400_000);
  expect(due.map((at) => new Date(at).toISOString())).toEqual(expected);
});

test('over the change to summer time every day has its dose, once', () => {
  const from = Date.parse('2026-03-26T00:00:00Z');
  const due = dueTimes({ kind: 'daily', times: ['02:30', '08:00'] }, 'Europe/Stockholm', from, from + 6 * 86_400_000);
  expect(due).toHaveLength(12);
  const morning = Date.parse('2026-03-08T00:00:00Z');
  const early = dueTimes({ kind: 'daily', times: ['04:00'] }, 'America/New_York', morning, morning + 86_400_000);
  expect(early.map((at) => new Date(at).toISOString())).toEqual(['2026-03-08T08:00:00.000Z']);
  const autumn = Date.parse('2026-10-23T00:00:00Z');
  expect(
    dueTimes({ kind: 'daily', times: ['02:30'] }, 'Europe/Stockholm', autumn, autumn + 5 * 86_400_000),
  ).toHaveLength(5);
});

test('every so many hours, counted from the first; a continuous therapy has no due times', () => {
  const schedule = { kind: 'every', hours: 6, firstAt: '2026-11-23T08:00:00Z' } as const;
  expect(dueTimes(schedule, 'UTC', min(-1000), min(720))).toEqual([t0, min(360)]);
  expect(dueTimes(schedule, 'UTC', min(1), min(361))).toEqual([min(360)]);
  expect(dueTimes({ kind: 'continuous' }, 'UTC', 0, t0)).toEqual([]);
  expect(() => dueTimes({ kind: 'daily', times: ['08:00'] }, 'Mars/Olympus', 0, 1)).toThrow(RangeError);
});
