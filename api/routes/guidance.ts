import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { alertGuidance, type Guidance, guidance, guidanceQuery, guidanceRequest } from '#schemas/http/guidance.ts';
import { idParams } from '#schemas/http/queries.ts';
import { page } from '#schemas/http/shapes.ts';
import type { ApiDeps } from '../deps.ts';
import { discard, guidanceFor, publish, readGuidance, writeDraft } from '../guidance/guidance.ts';
import { authorOf } from '../library/versions.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';

const sort = 'guidance';
const tags = ['guidance'];

/** `GET /alerts/{id}/guidance`, `GET/POST /guidance`, `POST /guidance/{id}/{publish|discard}`. */
export function guidanceRoutes({ db }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/alerts/:id/guidance',
      {
        config: { access: 'read' },
        schema: {
          tags,
          summary: 'What to do about this alert: as published for its type and drug, else the default, marked as that',
          params: idParams,
          response: { 200: alertGuidance },
        },
      },
      (request) => guidanceFor(db.query, request.params.id),
    );

    app.get(
      '/guidance',
      {
        config: { access: 'read' },
        schema: {
          tags,
          summary: 'Every version that was written, newest first',
          querystring: guidanceQuery,
          response: { 200: page(guidance) },
        },
      },
      async ({ query: { limit, cursor, type, state } }) => {
        const at = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
        const values = [type ?? null, state ?? null, at.key, at.id, limit + 1];
        return toPage(
          await db.query<Guidance & { key: string }>('guidance_list', values),
          limit,
          (row) => ({ sort, key: row.key, id: row.id }),
          (row) => row,
        );
      },
    );

    app.post(
      '/guidance',
      {
        config: { access: 'guidance.write' },
        schema: {
          tags,
          summary: 'The next version for a type of alert, perhaps with one drug: a draft, in place of one that waited',
          body: guidanceRequest,
          response: { 201: guidance },
        },
      },
      async (request, reply) => {
        const made = await db.transaction(async (query) =>
          readGuidance(query, await writeDraft(query, request.body, authorOf(request))),
        );
        return reply.code(201).send(made);
      },
    );

    const steps = { publish, discard };
    const summaries = {
      publish: 'Another pharmacist publishes a draft: people read it from now on',
      discard: 'A draft that is not wanted',
    };
    for (const step of ['publish', 'discard'] as const) {
      app.post(
        `/guidance/:id/${step}`,
        {
          config: { access: 'guidance.write' },
          schema: { tags, summary: summaries[step], params: idParams, response: { 200: guidance } },
        },
        (request) =>
          db.transaction(async (query) => {
            const { id } = request.params;
            await steps[step](query, id, authorOf(request));
            return readGuidance(query, id);
          }),
      );
    }
  };
}
