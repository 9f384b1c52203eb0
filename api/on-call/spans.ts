import { shiftsBetween } from '#schemas/rules/schedule.ts';
import type { Book } from '../escalation/book.ts';
import { problem } from '../problem.ts';

const longestMs = 60 * 86_400_000;

export type Span = { from: string; until: string };

/** @throws 400 for one that is not there */
export function scheduleIn(book: Book, id: string): Book['schedules'][number] {
  const schedule = book.schedules.find((one) => one.id === id);
  if (!schedule) throw problem(400, `schedule: there is no schedule ${id}`);
  return schedule;
}

/** @throws 400 naming the field, which `where` begins */
export function makeSureOfSpan({ from, until }: Span, where: string): void {
  const ms = Date.parse(until) - Date.parse(from);
  if (ms <= 0) throw problem(400, `${where}until: has to be after from`);
  if (ms > longestMs) throw problem(400, `${where}until: at most 60 days after from; change the schedule for more`);
}

/** Who has a span all through. @throws 400 where it is nobody, or more than one person */
export function holderOf(book: Book, schedule: string, span: Span, where: string): string {
  const { rota } = scheduleIn(book, schedule);
  makeSureOfSpan(span, `${where}.`);
  const holder = onlyHolder(shiftsBetween(rota, Date.parse(span.from), Date.parse(span.until)));
  if (holder === null) {
    throw problem(400, `${where}: one person has to have it from ${span.from} until ${span.until}, all through`);
  }
  return holder;
}

function onlyHolder(shifts: readonly { user: string | null }[]): string | null {
  const holders = new Set(shifts.map(({ user }) => user));
  const [holder] = holders;
  return holders.size === 1 && holder ? holder : null;
}
