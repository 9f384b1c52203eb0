import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import {
  type Override,
  override,
  overridePage,
  overrideRequest,
  overridesQuery,
  swapped,
  swapRequest,
  uuidParams,
} from '#schemas/http/on-call.ts';
import { shiftsBetween } from '#schemas/rules/schedule.ts';
import { actorOf, writeAudit } from '../audit/write.ts';
import type { Query } from '../database.ts';
import type { ApiDeps } from '../deps.ts';
import { type Book, readBook } from '../escalation/book.ts';
import { personOf } from '../guard.ts';
import { makeSureOfPerson } from '../on-call/check.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';
import { notFound, problem } from '../problem.ts';

const sort = 'overrides';
const longestMs = 60 * 86_400_000;

type Span = { from: string; until: string };

/** `GET/PUT/DELETE /on-call/overrides`, `POST /on-call/swaps`. */
export function onCallOverrideRoutes({ db }: ApiDeps): FastifyPluginAsyncZod {
  async function read(query: Query, id: string): Promise<Override> {
    const [row] = await query<Override>('override_one', [id]);
    if (!row) throw notFound(`override ${id}`);
    return row;
  }

  return async (app) => {
    app.get(
      '/on-call/overrides',
      {
        config: { access: 'read' },
        schema: {
          tags: ['on-call'],
          summary: 'Who has it instead, latest end first',
          querystring: overridesQuery,
          response: { 200: overridePage },
        },
      },
      async ({ query: { limit, cursor, schedule, after } }) => {
        const { key, id } = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
        const values = [schedule ?? null, after ?? null, key, id, limit + 1];
        const rows = await db.query<Override & { key: string }>('overrides_list', values);
        const cursorOf = (row: { key: string; id: string }) => ({ sort, key: row.key, id: row.id });
        return toPage(rows, limit, cursorOf, ({ key: _key, ...row }) => row);
      },
    );

    app.put(
      '/on-call/overrides/:id',
      {
        config: { access: 'schedule.write' },
        schema: {
          tags: ['on-call'],
          summary: 'Somebody has it instead; the id is the client’s, so that sending it twice makes one',
          params: uuidParams,
          body: overrideRequest,
          response: { 200: override },
        },
      },
      async (request) => {
        const { id } = request.params;
        const { schedule, user, from, until, reason } = request.body;
        const signedIn = personOf(request);
        return db.transaction(async (query) => {
          const book = await readBook(query);
          scheduleIn(book, schedule);
          makeSureOfPerson(book, user, 'user');
          makeSureOfSpan({ from, until }, '');
          const values = [id, schedule, user, from, until, reason, null, signedIn.user.id];
          const [row] = await query<{ id: string }>('override_put', values);
          if (!row) throw problem(409, `${id} is an override of another schedule, or part of a swap`);
          await writeAudit(query, actorOf(signedIn), 'override.change', id, { schedule, user, from, until, reason });
          return read(query, id);
        });
      },
    );

    app.delete(
      '/on-call/overrides/:id',
      {
        config: { access: 'schedule.write' },
        schema: {
          tags: ['on-call'],
          summary: 'The schedule holds again',
          params: uuidParams,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const signedIn = personOf(request);
        await db.transaction(async (query) => {
          const [row] = await query<{ id: string }>('override_remove', [id, signedIn.user.id]);
          if (!row) throw notFound(`override ${id}`);
          await writeAudit(query, actorOf(signedIn), 'override.remove', id);
        });
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/on-call/swaps',
      {
        config: { access: 'schedule.write' },
        schema: {
          tags: ['on-call'],
          summary: 'Two shifts change hands',
          body: swapRequest,
          response: { 201: swapped },
        },
      },
      async (request, reply) => {
        const { schedule, one, other, reason } = request.body;
        const signedIn = personOf(request);
        const overrides = await db.transaction(async (query) => {
          const book = await readBook(query);
          const first = holderOf(book, schedule, one, 'one');
          const second = holderOf(book, schedule, other, 'other');
          if (first === second) throw problem(400, 'other: the same person has both, there is nothing to exchange');
          const swap = randomUUID();
          const made: Override[] = [];
          for (const [user, { from, until }] of [[second, one] as const, [first, other] as const]) {
            const id = randomUUID();
            await query('override_put', [id, schedule, user, from, until, reason, swap, signedIn.user.id]);
            made.push(await read(query, id));
          }
          await writeAudit(query, actorOf(signedIn), 'swap.create', swap, { schedule, one, other, reason });
          return made;
        });
        return reply.code(201).send({ overrides });
      },
    );
  };
}

function scheduleIn(book: Book, id: string): Book['schedules'][number] {
  const schedule = book.schedules.find((one) => one.id === id);
  if (!schedule) throw problem(400, `schedule: there is no schedule ${id}`);
  return schedule;
}

function makeSureOfSpan({ from, until }: Span, where: string): void {
  const ms = Date.parse(until) - Date.parse(from);
  if (ms <= 0) throw problem(400, `${where}until: has to be after from`);
  if (ms > longestMs) throw problem(400, `${where}until: at most 60 days after from; change the schedule for more`);
}

/** Who has a span all through. @throws 400 where it is nobody, or more than one person */
function holderOf(book: Book, schedule: string, span: Span, where: string): string {
  const { rota } = scheduleIn(book, schedule);
  makeSureOfSpan(span, `${where}.`);
  const holders = new Set(shiftsBetween(rota, Date.parse(span.from), Date.parse(span.until)).map(({ user }) => user));
  const [holder] = holders;
  if (holders.size !== 1 || !holder) {
    throw problem(400, `${where}: one person has to have it from ${span.from} until ${span.until}, all through`);
  }
  return holder;
}
