import type { Pump, Telemetry } from '#schemas/http/shapes.ts';
import { silentAtLeastMs } from '#schemas/rules/silence-rule.ts';
import { cadenceMs } from '../pump-age.ts';

type Values = { min: (number | null)[]; max: (number | null)[]; last: (number | null)[] };

/** History and live as one: columns beside `t` (milliseconds since 1970), ascending. */
export type Columns = {
  bucketMs: number;
  t: number[];
  rateMlPerH: Values;
  infusedMl: Values;
  pressureKpa: Values;
  batteryPct: Values;
  state: string[];
  late: boolean[];
};

/** A stretch without data, milliseconds since 1970. */
export type Gap = { from: number; to: number };

const measured = ['rateMlPerH', 'infusedMl', 'pressureKpa', 'batteryPct'] as const;

/** Stored buckets, and behind them the samples that came live since. */
export function joinLive(history: Telemetry, live: readonly Pump[]): Columns {
  const copy = (values: Values): Values => ({ min: [...values.min], max: [...values.max], last: [...values.last] });
  const columns: Columns = {
    bucketMs: history.bucketMs,
    t: [...history.t],
    rateMlPerH: copy(history.rateMlPerH),
    infusedMl: copy(history.infusedMl),
    pressureKpa: copy(history.pressureKpa),
    batteryPct: copy(history.batteryPct),
    state: [...history.state],
    late: [...history.late],
  };
  // A bucket carries the time of its start: a live sample inside the last bucket is in it already.
  let end = (columns.t.at(-1) ?? Number.NEGATIVE_INFINITY) + history.bucketMs;
  for (const pump of live) {
    const at = pump.lastSampleAt === null ? Number.NaN : Date.parse(pump.lastSampleAt);
    if (!(at >= end)) continue;
    columns.t.push(at);
    for (const name of measured) {
      columns[name].min.push(pump[name]);
      columns[name].max.push(pump[name]);
      columns[name].last.push(pump[name]);
    }
    columns.state.push(pump.state ?? '');
    columns.late.push(false);
    end = at + 1;
  }
  return columns;
}

/** Where more than three cadences (and a minute) passed without a sample, the stretch up to `until` included. */
export function findGaps(columns: Columns, from: number, until: number): Gap[] {
  const { t, state, bucketMs } = columns;
  const gaps: Gap[] = [];
  const first = t[0];
  if (first === undefined) return until > from ? [{ from, to: until }] : [];
  if (first - from > allowed(state[0], bucketMs)) gaps.push({ from, to: first });
  for (let i = 0; i < t.length; i += 1) {
    const at = t[i] ?? 0;
    const next = t[i + 1] ?? until;
    if (next - at > allowed(state[i], bucketMs)) gaps.push({ from: at, to: next });
  }
  return gaps;
}

function allowed(state: string | undefined, bucketMs: number): number {
  return Math.max(silentAtLeastMs, 3 * cadenceMs(state ?? null)) + 2 * bucketMs;
}

/** How far a rate may wander within a stretch that is judged as one, as a share of the greater. */
const steadyWithin = 0.1;

/** Whether the pump's own rate at `i` is the one that it ended `from` with: a bolus, a stop or a new rate begins a new stretch. */
function isSteady({ min, max, last }: Values, from: number, i: number): boolean {
  const set = last[from] ?? null;
  return [min[i] ?? null, max[i] ?? null, last[i] ?? null].every(
    (rate) => rate === null || set === null || Math.abs(rate - set) <= steadyWithin * Math.max(rate, set),
  );
}

/** Strokes over which a delivered rate is judged: one more or less is then a tenth of it. */
const strokesToJudge = 10;

/** The least rise of the infused volume between two samples, mL: a stroke of this pump, or its display's last digit. */
function strokeMl(volumes: readonly (number | null)[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 1; i < volumes.length; i += 1) {
    const rise = (volumes[i] ?? 0) - (volumes[i - 1] ?? Number.POSITIVE_INFINITY);
    if (rise > 1e-6 && rise < least) least = rise;
  }
  return Number.isFinite(least) ? least : 0;
}

/**
 * What really flowed, mL/h, from the rise of the infused volume over at least a minute and ten strokes of one rate: a
 * single stroke says nothing, and a bolus spread over the minutes beside it would be a rate that never ran. Null where the
 * volume is unknown, fell (a new infusion), too little flowed to judge, the rate has just changed, or there is a gap.
 */
export function deliveredRate(columns: Columns, windowMs = 60_000): (number | null)[] {
  const { t, infusedMl, rateMlPerH, bucketMs } = columns;
  const enoughMl = strokesToJudge * strokeMl(infusedMl.last) * (1 - 1e-6);
  const most = Math.max(20 * windowMs, 3 * bucketMs);
  let back = 0;
  return t.map((at, i) => {
    const now = infusedMl.last[i] ?? null;
    if (!isSteady(rateMlPerH, back, i)) back = i;
    const isEnough = (from: number) =>
      at - (t[from] ?? at) >= windowMs && (now ?? 0) - (infusedMl.last[from] ?? 0) >= enoughMl;
    while (back + 1 < i && isEnough(back + 1)) back += 1;
    const before = t[back] ?? at;
    const then = infusedMl.last[back] ?? null;
    if (now === null || then === null) return null;
    if (now < then) back = i;
    if (now < then || at - before < windowMs || at - before > most || now - then < enoughMl) return null;
    return ((now - then) / (at - before)) * 3_600_000;
  });
}
