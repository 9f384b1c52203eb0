import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { type Swap, swap, swapPage, swapped, swapRequest, swapsQuery, uuidParams } from '#schemas/http/on-call.ts';
import { mayPerson } from '#schemas/http/permissions.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../guard.ts';
import { once } from '../idempotency.ts';
import { authorOf } from '../library/versions.ts';
import { acceptSwap, askForSwap, endSwap, readSwapped } from '../on-call/swaps.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';

const sort = 'swaps';
const tags = ['on-call'];

/** `GET/POST /on-call/swaps`, `POST /on-call/swaps/{id}/{accept|decline|withdraw}`. */
export function onCallSwapRoutes({ db, now }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/on-call/swaps',
      {
        config: { access: 'read' },
        schema: {
          tags,
          summary: 'Exchanges of shifts that wait for an answer, newest first',
          querystring: swapsQuery,
          response: { 200: swapPage },
        },
      },
      async ({ query: { limit, cursor } }) => {
        const { key, id } = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
        const rows = await db.query<Swap & { key: string }>('swaps_offered', [now(), key, id, limit + 1]);
        return toPage(
          rows,
          limit,
          (row) => ({ sort, key: row.key, id: row.id }),
          (row) => row,
        );
      },
    );

    app.post(
      '/on-call/swaps',
      {
        config: { access: 'alert.respond' },
        schema: {
          tags,
          summary:
            'Two shifts change hands: at once by who edits schedules; else one’s own is offered, and the other says yes',
          body: swapRequest,
          response: { 201: swapped },
        },
      },
      async (request, reply) => {
        const isEditor = mayPerson(personOf(request).user, 'schedule.write');
        // Exchanged a second time everything would be as before.
        const made = await once(
          db,
          request,
          (query) => askForSwap(query, request.body, authorOf(request), { isEditor, now: now() }),
          readSwapped,
        );
        return reply.code(201).send(made);
      },
    );

    const access = { access: 'alert.respond' } as const;
    app.post(
      '/on-call/swaps/:id/accept',
      {
        config: access,
        schema: {
          tags,
          summary: 'Yes: from now on the shifts have changed hands',
          params: uuidParams,
          response: { 200: swapped },
        },
      },
      (request) => db.transaction((query) => acceptSwap(query, request.params.id, authorOf(request), now())),
    );
    for (const [step, as, summary] of [
      ['decline', 'declined', 'No: everybody keeps their own shift'],
      ['withdraw', 'withdrawn', 'Who asked takes it back'],
    ] as const) {
      app.post(
        `/on-call/swaps/:id/${step}`,
        { config: access, schema: { tags, summary, params: uuidParams, response: { 200: swap } } },
        (request) => db.transaction((query) => endSwap(query, request.params.id, authorOf(request), as)),
      );
    }
  };
}
