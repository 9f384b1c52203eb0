import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import {
  type HandOver,
  handOver,
  handOverCreate,
  handOverDetail,
  handOverPage,
  handOverPageQuery,
  handOversQuery,
  people,
  signRequest,
} from '#schemas/http/hand-over.ts';
import { permitted } from '#schemas/http/permissions.ts';
import { idParams } from '#schemas/http/queries.ts';
import { page, type Role } from '#schemas/http/shapes.ts';
import { auditedRead } from '../care/audited-read.ts';
import type { ApiDeps } from '../deps.ts';
import { offerHandOver, readHandOver, signHandOver, withdrawHandOver } from '../hand-over/hand-over.ts';
import { readHandOverPage } from '../hand-over/page.ts';
import { authorOf } from '../library/versions.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';

const sort = 'hand-overs';
const tags = ['hand-overs'];

/** `GET/POST /hand-overs`, `…/{id}`, `…/{id}/{sign|withdraw}`, `…/page`, `…/people`. */
export function handOverRoutes({ db, live, now }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/hand-overs',
      {
        config: { access: 'call.read' },
        schema: {
          tags,
          summary: 'Hand-overs of shifts, newest first; audited',
          querystring: handOversQuery,
          response: { 200: page(handOver) },
        },
      },
      (request) =>
        auditedRead(db, request, 'hand-over.list', async (query) => {
          const { limit, cursor, state } = request.query;
          const at = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
          const result = toPage(
            await query<HandOver & { key: string }>('hand_overs_list', [state ?? null, at.key, at.id, limit + 1]),
            limit,
            (row) => ({ sort, key: row.key, id: row.id }),
            (row) => row,
          );
          return { subject: 'hand-overs', result };
        }),
    );

    app.get(
      '/hand-overs/page',
      {
        config: { access: 'call.read' },
        schema: {
          tags,
          summary: 'What the incoming person has to know, as it is now; without contact data; audited',
          querystring: handOverPageQuery,
          response: { 200: handOverPage },
        },
      },
      (request) =>
        auditedRead(db, request, 'hand-over.page', async (query) => {
          const result = await readHandOverPage(query, request.query, now());
          return { subject: 'hand-overs', result };
        }),
    );

    app.get(
      '/hand-overs/people',
      {
        config: { access: 'call.write' },
        schema: { tags, summary: 'Who may take a shift or a follow-up', response: { 200: people } },
      },
      async () => {
        type Row = { id: string; name: string; role: Role };
        return { items: await db.query<Row>('people_who_answer', [permitted['alert.answer']]) };
      },
    );

    app.post(
      '/hand-overs',
      {
        config: { access: 'call.write' },
        schema: {
          tags,
          summary: 'The outgoing person offers their shift with a note; nothing changes hands before it is signed',
          body: handOverCreate,
          response: { 201: handOverDetail },
        },
      },
      async (request, reply) => {
        const made = await db.transaction(async (query) =>
          readHandOver(query, await offerHandOver(query, request.body, authorOf(request), now())),
        );
        return reply.code(201).send(made);
      },
    );

    app.get(
      '/hand-overs/:id',
      {
        config: { access: 'call.read' },
        schema: {
          tags,
          summary: 'One hand-over with the page as it was when signed; audited',
          params: idParams,
          response: { 200: handOverDetail },
        },
      },
      (request) =>
        auditedRead(db, request, 'hand-over.read', async (query) => {
          const { id } = request.params;
          return { subject: id, result: await readHandOver(query, id) };
        }),
    );

    app.post(
      '/hand-overs/:id/sign',
      {
        config: { access: 'call.write' },
        schema: {
          tags,
          summary: 'The incoming person takes over what they saw: accepted alerts and follow-ups; the page is kept',
          params: idParams,
          body: signRequest,
          response: { 200: handOverDetail },
        },
      },
      async (request) => {
        const { id } = request.params;
        const signed = await db.transaction(async (query) => {
          const alerts = await signHandOver(query, id, request.body, authorOf(request), now());
          const result = await readHandOver(query, id);
          // Last of all: the feed's number is taken in the order of the commits.
          if (alerts.length > 0) await query('feed_append', [alerts]);
          return result;
        });
        live.feedHint();
        return signed;
      },
    );

    app.post(
      '/hand-overs/:id/withdraw',
      {
        config: { access: 'call.write' },
        schema: {
          tags,
          summary: 'The outgoing person takes an unsigned one back',
          params: idParams,
          response: { 200: handOverDetail },
        },
      },
      (request) =>
        db.transaction(async (query) => {
          const { id } = request.params;
          await withdrawHandOver(query, id, authorOf(request));
          return readHandOver(query, id);
        }),
    );
  };
}
