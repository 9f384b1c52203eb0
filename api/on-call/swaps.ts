import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import type { Override, Swap, swapped, swapRequest } from '#schemas/http/on-call.ts';
import { type Actor, writeAudit } from '../audit/write.ts';
import type { Query } from '../database.ts';
import { readBook } from '../escalation/book.ts';
import { ApiProblem, notFound, problem } from '../problem.ts';
import { makeSureOfPerson } from './check.ts';
import { holderOf, type Span } from './spans.ts';

type Person = Actor & { id: string };
type Swapped = z.infer<typeof swapped>;
type Asked = z.infer<typeof swapRequest>;
type Holders = { first: string; second: string };
/** What was made, and by which id it is found again. */
type Made = { subject: string; result: Swapped };

/** @throws 404 */
export async function readSwap(query: Query, id: string): Promise<Swap> {
  const [row] = await query<Swap>('swap_one', [id]);
  if (!row) throw notFound(`swap ${id}`);
  return row;
}

/** What asking made, as it is now. @throws 404 */
export async function readSwapped(query: Query, id: string): Promise<Swapped> {
  const [offered] = await query<Swap>('swap_one', [id]);
  const overrides = await query<Override>('overrides_of_swap', [id]);
  if (!offered && overrides.length === 0) throw notFound(`swap ${id}`);
  return { swap: offered ?? null, overrides };
}

/**
 * Two shifts change hands: at once where an editor of schedules says so; else the holder of the one offers it, and nothing
 * changes before the holder of the other has said yes.
 * @throws 400 for spans that nobody or more than one person has; 403 for shifts of others; 409 for one that has begun, or
 *   that is offered already
 */
export async function askForSwap(
  query: Query,
  asked: Asked,
  by: Person,
  { isEditor, now }: { isEditor: boolean; now: number },
): Promise<Made> {
  const { schedule, one, other, reason } = asked;
  await query('schedule_lock', [schedule]);
  const { first, second } = await holdersOf(query, asked);
  if (first === second) throw problem(400, 'other: the same person has both, there is nothing to exchange');
  const id = randomUUID();
  if (isEditor) {
    const overrides = await exchange(query, id, asked, { first, second }, by);
    await writeAudit(query, by, 'swap.create', id, { schedule, one, other, reason });
    return { subject: id, result: { swap: null, overrides } };
  }
  if (first !== by.id)
    throw problem(403, 'one: not your shift; a lead or an administrator may exchange those of others');
  makeSureNotBegun(asked, now);
  const spans = [one.from, one.until, other.from, other.until];
  const waiting = await query('swap_waiting', [schedule, by.id, ...spans]);
  if (waiting.length > 0) throw problem(409, 'this exchange is offered already and waits for an answer');
  await query('swap_insert', [id, schedule, by.id, second, ...spans, reason]);
  await writeAudit(query, by, 'swap.offer', id, { schedule, one, other, reason, to: second });
  return { subject: id, result: { swap: await readSwap(query, id), overrides: [] } };
}

/** @throws 404; 403 for anybody but who was asked; 409 where it does not wait, has begun, or the shifts are others' by now */
export async function acceptSwap(query: Query, id: string, by: Person, now: number): Promise<Swapped> {
  const swap = await waiting(query, id, by, 'to');
  await query('schedule_lock', [swap.schedule]);
  makeSureNotBegun(swap, now);
  const holders = await holdersOf(query, swap).catch((error: unknown) => {
    // Nobody has one of them, several have, or who had it left: the same to whoever reads it.
    if (error instanceof ApiProblem) return null;
    throw error;
  });
  if (holders?.first !== swap.from.id || holders.second !== swap.to.id) {
    throw problem(409, 'these shifts are not yours and theirs any more: look at the schedule, then offer it anew');
  }
  const overrides = await exchange(query, id, swap, holders, by);
  await query('swap_answer', [id, 'accepted']);
  await writeAudit(query, by, 'swap.accept', id);
  return { swap: await readSwap(query, id), overrides };
}

/** `declined` by who was asked, `withdrawn` by who asked. @throws as {@link acceptSwap} */
export async function endSwap(query: Query, id: string, by: Person, as: 'declined' | 'withdrawn'): Promise<Swap> {
  await waiting(query, id, by, as === 'declined' ? 'to' : 'from');
  await query('swap_answer', [id, as]);
  await writeAudit(query, by, as === 'declined' ? 'swap.decline' : 'swap.withdraw', id);
  return readSwap(query, id);
}

async function waiting(query: Query, id: string, by: Person, side: 'from' | 'to'): Promise<Swap> {
  await query('swap_lock', [id]);
  const swap = await readSwap(query, id);
  if (swap[side].id !== by.id) throw problem(403, `it waits for ${swap[side].name}`);
  if (swap.state !== 'offered') throw problem(409, `this swap is ${swap.state}`);
  return swap;
}

function makeSureNotBegun({ one, other }: { one: Span; other: Span }, now: number): void {
  if (Math.min(Date.parse(one.from), Date.parse(other.from)) <= now) {
    throw problem(409, 'one of the shifts has begun: whoever has it hands it over, or somebody stands in');
  }
}

/** Who has each span now; both are still there and answer alerts. @throws 400 */
async function holdersOf(query: Query, { schedule, one, other }: Pick<Asked, 'schedule' | 'one' | 'other'>) {
  const book = await readBook(query);
  const first = holderOf(book, schedule, one, 'one');
  const second = holderOf(book, schedule, other, 'other');
  makeSureOfPerson(book, first, 'one');
  makeSureOfPerson(book, second, 'other');
  return { first, second };
}

async function exchange(
  query: Query,
  id: string,
  { schedule, one, other, reason }: Pick<Asked, 'schedule' | 'one' | 'other' | 'reason'>,
  { first, second }: Holders,
  by: Person,
): Promise<Override[]> {
  const made: Override[] = [];
  for (const [user, { from, until }] of [[second, one] as const, [first, other] as const]) {
    const override = randomUUID();
    await query('override_put', [override, schedule, user, from, until, reason, id, by.id]);
    const [row] = await query<Override>('override_one', [override]);
    if (!row) throw new Error('the override was not inserted');
    made.push(row);
  }
  return made;
}
