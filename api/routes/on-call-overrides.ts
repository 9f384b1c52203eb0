import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import {
  type Override,
  override,
  overridePage,
  overrideRequest,
  overridesQuery,
  uuidParams,
} from '#schemas/http/on-call.ts';
import { actorOf, writeAudit } from '../audit/write.ts';
import type { Query } from '../database.ts';
import type { ApiDeps } from '../deps.ts';
import { readBook } from '../escalation/book.ts';
import { personOf } from '../guard.ts';
import { makeSureOfPerson } from '../on-call/check.ts';
import { makeSureOfSpan, scheduleIn } from '../on-call/spans.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';
import { notFound, problem } from '../problem.ts';

const sort = 'overrides';

/** `GET/PUT/DELETE /on-call/overrides`. */
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
  };
}
