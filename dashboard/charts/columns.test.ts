import { expect, test } from 'vitest';
import type { Telemetry } from '#schemas/http/shapes.ts';
import { somePump } from '../shapes.test-data.ts';
import { deliveredRate, findGaps, joinLive } from './columns.ts';

const start = Date.parse('2026-11-22T02:00:00.000Z');
const second = 1_000;

/** Samples every ten seconds at these offsets (s), infusing 1 mL each. */
function history(offsets: number[], bucketMs = second): Telemetry {
  const values = (of: (i: number) => number | null) => {
    const column = offsets.map((_, i) => of(i));
    return { min: column, max: column, last: column };
  };
  return {
    from: new Date(start).toISOString(),
    to: new Date(start + 3_600_000).toISOString(),
    bucketMs,
    t: offsets.map((offset) => start + offset * second),
    rateMlPerH: values(() => 360),
    infusedMl: values((i) => i),
    pressureKpa: values(() => 5),
    batteryPct: values(() => 90),
    reservoirMl: values(() => 100),
    state: offsets.map(() => 'delivering'),
    late: offsets.map(() => false),
  };
}
const tens = (n: number) => Array.from({ length: n }, (_, i) => i * 10);
const live = (offsetS: number, infusedMl: number) =>
  somePump({ lastSampleAt: new Date(start + offsetS * second).toISOString(), infusedMl });

test('live samples stand behind the history, those already in it are not doubled', () => {
  const columns = joinLive(history(tens(3)), [live(10, 1), live(20, 2), live(30, 3), live(30, 3), live(40, 4)]);
  expect(columns.t).toEqual([0, 10, 20, 30, 40].map((offset) => start + offset * second));
  expect(columns.infusedMl.last).toEqual([0, 1, 2, 3, 4]);
});

test('a minute without samples is a gap, the way to now included', () => {
  const columns = joinLive(history([0, 10, 20, 200, 210]), []);
  expect(findGaps(columns, start, start + 211 * second)).toEqual([
    { from: start + 20 * second, to: start + 200 * second },
  ]);
  expect(findGaps(columns, start, start + 400 * second)).toHaveLength(2);
});

test('samples a minute apart are no gap, and nothing at all is one', () => {
  expect(findGaps(joinLive(history([0, 60, 120]), []), start, start + 121 * second)).toEqual([]);
  expect(findGaps(joinLive(history([]), []), start, start + 1)).toEqual([{ from: start, to: start + 1 }]);
});

test('what was delivered is the rise of the volume over a minute and ten strokes, and before that nothing', () => {
  const rates = deliveredRate(joinLive(history(tens(16)), []));
  expect(rates.slice(0, 10)).toEqual(Array(10).fill(null));
  for (const rate of rates.slice(10)) expect(rate).toBeCloseTo(360);
});

test('a volume that falls, or a gap, gives no rate', () => {
  const columns = joinLive(history(tens(8)), []);
  columns.infusedMl.last = [50, 51, 52, 53, 54, 55, 1, 2];
  expect(deliveredRate(columns)).toEqual(Array(8).fill(null));
  expect(deliveredRate(joinLive(history([0, 3_600]), []))).toEqual([null, null]);
});

test('a bolus is no rate of the minutes beside it, nor a new rate the old one’s', () => {
  const columns = joinLive(history(tens(40)), []);
  // 1 mL within ten seconds on demand, nothing before and after it.
  columns.infusedMl.last = tens(40).map((_, i) => (i < 15 ? 0 : i === 15 ? 0.5 : 1));
  const demand = tens(40).map((_, i) => (i === 15 || i === 16 ? 180 : 0));
  columns.rateMlPerH = { min: demand, max: demand, last: demand };
  expect(deliveredRate(columns)).toEqual(Array(40).fill(null));

  // 6 mL/h, 60 mL/h from the twentieth sample on.
  const set = tens(40).map((_, i) => (i < 20 ? 6 : 60));
  columns.rateMlPerH = { min: set, max: set, last: set };
  columns.infusedMl.last = set.map((_, i) => set.slice(0, i).reduce((sum, rate) => sum + rate / 360, 0));
  const rates = deliveredRate(columns);
  for (const [i, rate] of rates.entries()) if (rate !== null) expect(rate).toBeCloseTo(set[i] ?? 0);
  expect(rates.at(19)).not.toBeNull();
  expect(rates.at(39)).not.toBeNull();
});
