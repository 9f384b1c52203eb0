// Who is on call at a moment (alerts-and-limits.md, "Escalation"): rotating layers, and overrides over all of them.

import type { Layer } from '../http/on-call.ts';
import { type CalendarDay, dayOfDate, minuteOfDay, weekdayOf, type ZoneClock, zoneClock } from './zone-clock.ts';

/** Somebody has it instead; of those that overlap, the one made last counts. Times in milliseconds since 1970. */
export type ScheduleOverride = { id: string; user: string; from: number; until: number; madeAt: number };

export type Schedule = { layers: readonly Layer[]; overrides: readonly ScheduleOverride[] };

export type OnCall = { user: string | null; layer: string | null; override: string | null };
export type OnCallShift = OnCall & { from: number; until: number };

const nobody: OnCall = { user: null, layer: null, override: null };
/** Longer than the longest shift. */
const longestLookMs = 60 * 86_400_000;

type Rotation = {
  layer: Layer;
  clock: ZoneClock;
  first: CalendarDay;
  last: CalendarDay | null;
  handOver: number;
  days: number;
};

/** A schedule made ready to be asked; making it costs little, asking it costs time zone arithmetic. */
export type Rota = { rotations: readonly Rotation[]; overrides: readonly ScheduleOverride[] };

/** @throws RangeError for a time zone that this platform does not know */
export function rotaOf({ layers, overrides }: Schedule): Rota {
  const clocks = new Map<string, ZoneClock>();
  const clockOf = (timeZone: string) => {
    const clock = clocks.get(timeZone) ?? zoneClock(timeZone);
    clocks.set(timeZone, clock);
    return clock;
  };
  const rotations = layers.map((layer) => ({
    layer,
    clock: clockOf(layer.timeZone),
    first: dayOfDate(layer.startsOn),
    last: layer.endsOn === null ? null : dayOfDate(layer.endsOn),
    handOver: minuteOfDay(layer.handOverAt),
    days: layer.every.count * (layer.every.unit === 'week' ? 7 : 1),
  }));
  // What was made last is looked at first; the id only makes two of one millisecond come in one order everywhere.
  const latest = [...overrides].sort((a, b) => b.madeAt - a.madeAt || b.id.localeCompare(a.id));
  return { rotations, overrides: latest };
}

/** Who has it at an instant: the latest override, else the last layer that has somebody. */
export function onCallAt(rota: Rota, instant: number): OnCall {
  const override = rota.overrides.find(({ from, until }) => from <= instant && instant < until);
  if (override) return { user: override.user, layer: null, override: override.id };
  for (let index = rota.rotations.length - 1; index >= 0; index -= 1) {
    const rotation = rota.rotations[index];
    const user = rotation && memberAt(rotation, instant);
    if (user) return { user, layer: rotation.layer.name, override: null };
  }
  return nobody;
}

function memberAt(rotation: Rotation, instant: number): string | null {
  const { layer, clock, first, last, handOver, days } = rotation;
  const today = clock.dayAt(instant);
  // The newest hand-over that is over. The wall clock alone would hand back in an hour that comes twice.
  const day = [today + 1, today, today - 1].find((candidate) => clock.instantOf(candidate, handOver) <= instant);
  if (day === undefined || day < first || (last !== null && day >= last)) return null;
  if (!isInRestrictions(rotation, instant, today)) return null;
  return layer.members[Math.floor((day - first) / days) % layer.members.length] ?? null;
}

function isInRestrictions({ layer, clock }: Rotation, instant: number, today: CalendarDay): boolean {
  if (layer.restrictions.length === 0) return true;
  return layer.restrictions.some((restriction) =>
    [today - 1, today, today + 1].some((day) => {
      const span = spanOf(restriction, clock, day);
      return span !== null && span.from <= instant && instant < span.until;
    }),
  );
}

function spanOf({ days, from, to }: Layer['restrictions'][number], clock: ZoneClock, day: CalendarDay) {
  if (!days.includes(weekdayOf(day))) return null;
  const begins = minuteOfDay(from);
  const ends = minuteOfDay(to);
  return { from: clock.instantOf(day, begins), until: clock.instantOf(ends > begins ? day : day + 1, ends) };
}

/** Who has it, span by span, without a hole: where nobody has, a span says so. Spans at the edges are cut off there. */
export function shiftsBetween(rota: Rota, from: number, until: number): OnCallShift[] {
  const edges = [...new Set(edgesBetween(rota, from, until))].sort((a, b) => a - b);
  const shifts: OnCallShift[] = [];
  for (const [index, at] of edges.entries()) {
    const now = onCallAt(rota, at);
    const last = shifts.at(-1);
    const ends = edges[index + 1] ?? until;
    if (last && isSame(last, now)) last.until = ends;
    else shifts.push({ ...now, from: at, until: ends });
  }
  return shifts;
}

const isSame = (a: OnCall, b: OnCall) => a.user === b.user && a.layer === b.layer && a.override === b.override;

/** Every instant from `from` on at which something may change; the first is `from` itself. */
function* edgesBetween(rota: Rota, from: number, until: number): Generator<number> {
  if (until <= from) return;
  yield from;
  const inside = (instant: number) => from < instant && instant < until;
  for (const { from: begins, until: ends } of rota.overrides) {
    if (inside(begins)) yield begins;
    if (inside(ends)) yield ends;
  }
  for (const rotation of rota.rotations) {
    const { layer, clock, handOver } = rotation;
    for (let day = clock.dayAt(from) - 1; day <= clock.dayAt(until) + 1; day += 1) {
      const spans = layer.restrictions.map((restriction) => spanOf(restriction, clock, day));
      const instants = [
        clock.instantOf(day, handOver),
        ...spans.flatMap((span) => (span ? [span.from, span.until] : [])),
      ];
      yield* instants.filter(inside);
    }
  }
}

export type NowAndNext = {
  now: OnCallShift;
  /** The next person's shift, or the gap that follows; null: nothing changes for 60 days. */
  next: OnCallShift | null;
};

/** Who has it and who has it next. `now.from` is at most 60 days back. */
export function nowAndNext(rota: Rota, instant: number): NowAndNext {
  // Neighbouring shifts of one person are one: a person is not told of a change that is none.
  const merged: OnCallShift[] = [];
  for (const shift of shiftsBetween(rota, instant - longestLookMs, instant + longestLookMs)) {
    const last = merged.at(-1);
    if (last && last.user === shift.user) last.until = shift.until;
    else merged.push({ ...shift });
  }
  const index = merged.findIndex(({ from, until }) => from <= instant && instant < until);
  const now = merged[index];
  if (!now) throw new Error('a schedule without a span for now');
  return { now: { ...now, ...onCallAt(rota, instant) }, next: merged[index + 1] ?? null };
}
