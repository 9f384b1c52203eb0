import type { Shift } from '#schemas/http/on-call.ts';
import { timeOfDay } from '../../words.ts';

/** A part of a day that one person has, or nobody. */
export type Span = { from: number; until: number; who: string | null; override: boolean; layer: string | null };
export type Day = { from: number; until: number; spans: readonly Span[] };

/** Midnight of a day in the viewer's zone, `days` later: days of 23 and 25 h are what they are. */
export function midnight(at: number, days = 0): number {
  const day = new Date(at);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days).getTime();
}

/** `06:00–18:00`; a day ends at 24:00, so that no span reads as if it ended before it began. */
export function hoursWords(from: number, until: number): string {
  const ends = until === midnight(until) ? '24:00' : timeOfDay(until, until);
  if (from === midnight(from) && ends === '24:00') return 'all day';
  return `${timeOfDay(from, from)}–${ends}`;
}

/** Shifts cut at the midnights of the viewer's zone; what no shift covers is a span that nobody has. */
export function daysOf(shifts: readonly Shift[], first: number, count: number): Day[] {
  const known = shifts
    .map(({ from, until, user, override, layer }) => ({
      ...{ from: Date.parse(from), until: Date.parse(until), who: user?.name ?? null },
      ...{ override: override !== null, layer },
    }))
    .sort((a, b) => a.from - b.from);
  return Array.from({ length: count }, (_, i) => {
    const [from, until] = [midnight(first, i), midnight(first, i + 1)];
    const spans: Span[] = [];
    let covered = from;
    const nobody = (to: number) => {
      if (to > covered) spans.push({ from: covered, until: to, who: null, override: false, layer: null });
    };
    for (const shift of known) {
      const [begins, ends] = [Math.max(shift.from, covered), Math.min(shift.until, until)];
      if (ends <= begins) continue;
      nobody(begins);
      spans.push({ ...shift, from: begins, until: ends });
      covered = ends;
    }
    nobody(until);
    return { from, until, spans };
  });
}

/** By their number in a schedule: 1 Monday … 7 Sunday. */
export const weekdays = ['', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
