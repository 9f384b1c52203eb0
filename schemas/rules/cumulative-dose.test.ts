import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SampleRecord } from '../messages/record.ts';
import { type CumulativeWatch, checkCumulativeDose, hardLimitAt, watchCumulativeDose } from './cumulative-dose.ts';
import { addDose, type DoseLog, doseWithin, mergedMs, type VolumeCounter, volumeSince } from './dose-log.ts';
import { checkWords } from './limit-check.ts';

const hour = 3_600_000;
const t0 = 1_800_000_000_000;
const mg = 1e6;
const limits = [
  { hours: 1 as const, unit: 'mg', hardHigh: 20 },
  { hours: 4 as const, unit: 'mg', softHigh: 30, hardHigh: 40 },
];
const bolus = (atH: number, amountMg: number) => ({
  from: t0 + atH * hour,
  to: t0 + atH * hour,
  amount: amountMg * mg,
});
const steady = (fromH: number, toH: number, mgPerH: number) => ({
  from: t0 + fromH * hour,
  to: t0 + toH * hour,
  amount: (toH - fromH) * mgPerH * mg,
});
const logOf = (...doses: Parameters<typeof addDose>[1][]) => doses.reduce<DoseLog>(addDose, []);
const words = (log: DoseLog, atH: number) => checkCumulativeDose(log, limits, {}, t0 + atH * hour).map(checkWords);

test.each<[string, DoseLog, number, string[]]>([
  ['nothing', [], 1, ['dose in 1 h 0 mg is inside the limits', 'dose in 4 h 0 mg is inside the limits']],
  [
    'at the limit',
    logOf(bolus(0, 20)),
    0.5,
    ['dose in 1 h 20 mg is inside the limits', 'dose in 4 h 20 mg is inside the limits'],
  ],
  [
    'above the hour’s',
    logOf(bolus(0, 12), bolus(0.5, 8.01)),
    0.5,
    ['dose in 1 h 20.01 mg is above the hard limit of 20 mg', 'dose in 4 h 20.01 mg is inside the limits'],
  ],
  [
    'an hour later',
    logOf(bolus(0, 12), bolus(0.5, 8.01)),
    1,
    ['dose in 1 h 8.01 mg is inside the limits', 'dose in 4 h 20.01 mg is inside the limits'],
  ],
  [
    'infusion and boluses together',
    logOf(steady(0, 4, 5), bolus(4, 12)),
    4,
    ['dose in 1 h 17 mg is inside the limits', 'dose in 4 h 32 mg is above the soft limit of 30 mg'],
  ],
  [
    'two pumps',
    logOf(steady(0, 2, 9), steady(1, 3, 12)),
    3,
    ['dose in 1 h 12 mg is inside the limits', 'dose in 4 h 42 mg is above the hard limit of 40 mg'],
  ],
  [
    'a constant rate exactly at the limit',
    logOf(steady(0, 8, 10)),
    8,
    ['dose in 1 h 10 mg is inside the limits', 'dose in 4 h 40 mg is above the soft limit of 30 mg'],
  ],
])('%s', (_, log, atH, expected) => {
  expect(words(log, atH)).toEqual(expected);
});

test('a check that needs the weight says so when there is none', () => {
  const perKg = [{ hours: 24 as const, unit: 'mg/kg', hardHigh: 1 }];
  expect(checkCumulativeDose(logOf(bolus(0, 71)), perKg, {}, t0).map(checkWords)).toEqual([
    'dose in 24 h not checked: no weight',
  ]);
  expect(checkCumulativeDose(logOf(bolus(0, 71)), perKg, { weightKg: 70 }, t0)[0]?.outcome).toBe('hard-high');
  const unknown = [{ hours: 24 as const, unit: 'stones', hardHigh: 1 }];
  expect(checkCumulativeDose([], unknown, {}, t0)[0]).toMatchObject({
    reason: 'not checked: unit "stones" is unknown',
  });
});

test('windows in another kind of unit than doses are added up in are not checked, and said so', () => {
  const mixed = [
    { hours: 1 as const, unit: 'mcg', hardHigh: 5000 },
    { hours: 24 as const, unit: 'mL', hardHigh: 100 },
  ];
  expect(checkCumulativeDose(logOf(bolus(0, 6)), mixed, {}, t0).map(checkWords)).toEqual([
    'dose in 1 h 6,000 mcg is above the hard limit of 5,000 mcg',
    'dose in 24 h not checked: doses are added up in mcg, not in mL',
  ]);
});

test('it is found once, worsens once, and is over only clearly below the limit', () => {
  let state: CumulativeWatch = null;
  let log: DoseLog = [];
  const told: string[] = [];
  const doses = new Map([
    [0, 12],
    [60, 12],
    [120, 7],
    [180, 12],
  ]);
  for (let minute = 0; minute <= 600; minute += 1) {
    const given = doses.get(minute);
    if (given) log = addDose(log, bolus(minute / 60, given));
    const step = watchCumulativeDose(state, 'morphine', log, limits, {}, t0 + minute * 60_000);
    if (step.found)
      told.push(`${minute} ${step.found.priority}${step.worsened ? ' worse' : ''}: ${step.found.message}`);
    if (step.over) told.push(`${minute} over`);
    state = JSON.parse(JSON.stringify(step.next));
  }
  expect(told).toEqual([
    '120 medium: morphine: dose in 4 h 31 mg is above the soft limit of 30 mg',
    '180 high worse: morphine: dose in 4 h 43 mg is above the hard limit of 40 mg',
    '300 over',
  ]);
});

test('a dose at the edge of a limit does not flap', () => {
  let state: CumulativeWatch = null;
  let turns = 0;
  for (let step = 0; step < 200; step += 1) {
    const log = logOf(bolus(0, step % 2 === 0 ? 30.01 : 29.99));
    const result = watchCumulativeDose(state, 'x', log, limits.slice(1), {}, t0);
    if (result.found || result.over) turns += 1;
    state = result.next;
  }
  expect(turns).toBe(1);
});

test('whatever order doses come in, a window holds what was given in it', () => {
  const dose = fc.record({
    minute: fc.nat(1440),
    lasts: fc.nat(60),
    amount: fc.double({ min: 0.1, max: 10, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(dose, { maxLength: 40 }), fc.nat(1440), fc.constantFrom(1, 4, 24), (doses, at, hours) => {
      const spans = doses.map(({ minute, lasts, amount }) => ({
        from: t0 + minute * 60_000,
        to: t0 + (minute + lasts) * 60_000,
        amount,
      }));
      const log = spans.reduce<DoseLog>(addDose, []);
      const now = t0 + at * 60_000;
      const newest = Math.max(...spans.map((span) => span.to));
      let expected = 0;
      for (const span of spans) {
        if (span.to <= newest - 24 * hour || span.to <= now - hours * hour || span.from > now) continue;
        const overlap = Math.min(span.to, now) - Math.max(span.from, now - hours * hour);
        expected += span.to === span.from ? span.amount : (span.amount * overlap) / (span.to - span.from);
      }
      // Neighbours are merged over five minutes at most: what lies across an edge may shift by that.
      expect(Math.abs(doseWithin(log, now, hours) - expected)).toBeLessThan(
        expected * 1e-9 + 1e-6 + mergeSlack(spans, now, hours),
      );
    }),
  );
});

function mergeSlack(spans: { from: number; to: number; amount: number }[], now: number, hours: number): number {
  const edges = [now, now - hours * hour];
  return spans
    .filter(
      (span) => span.to > span.from && edges.some((edge) => edge > span.from - mergedMs && edge < span.to + mergedMs),
    )
    .reduce((sum, span) => sum + span.amount * Math.max(1, mergedMs / (span.to - span.from)), 0);
}

test('a day of samples stays small', () => {
  let log: DoseLog = [];
  for (let second = 0; second < 30 * 3600; second += 10) {
    log = addDose(log, { from: t0 + second * 1000, to: t0 + (second + 10) * 1000, amount: 10 });
  }
  expect(log.length).toBeLessThanOrEqual(289);
  expect(doseWithin(log, t0 + 30 * hour, 24)).toBeCloseTo(24 * 360 * 10, 3);
});

test('volume is what a counter rises, boluses included; resets and new infusions count what they show', () => {
  let counter: VolumeCounter = null;
  const given: (number | null)[] = [];
  const rows: [number, number, number | null][] = [
    [1, 0, 5],
    [1, 10, 5.5],
    [1, 20, null],
    [1, 30, 8],
    [1, 25, 7],
    [1, 40, 1],
    [2, 50, 0.5],
    [2, 60, 0.5],
  ];
  for (const [infusion, second, infusedMl] of rows) {
    const sample: SampleRecord = { kind: 'sample', seq: 1, at: '', state: 'delivering', infusion, infusedMl };
    const step: ReturnType<typeof volumeSince> = volumeSince(counter, sample, { epochNo: 1, at: t0 + second * 1000 });
    given.push(step.given?.ml ?? null);
    counter = JSON.parse(JSON.stringify(step.next));
  }
  expect(given).toEqual([null, 0.5, null, 2.5, null, 1, 0.5, null]);
});

test('the moment when a running rate passes the hard limit is foreseen', () => {
  const at = hardLimitAt(logOf(steady(0, 1, 4)), limits, {}, t0 + hour, 18 * mg);
  expect(at && (at - t0) / hour).toBeCloseTo(1 + 36 / 18, 1);
  expect(hardLimitAt([], limits, {}, t0, 10 * mg)).toBeNull();
  expect(hardLimitAt([], limits, {}, t0, 0)).toBeNull();
});
