import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { idParams, infusionsQuery } from '#schemas/http/queries.ts';
import { infusion, infusionDetail, page } from '#schemas/http/shapes.ts';
import type { ApiDeps } from '../deps.ts';
import { type InfusionRow, readInfusionDetail, toInfusion } from '../infusion-detail.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';

const sort = 'inf';

/** `GET /infusions`, `GET /infusions/{id}`. */
export function infusionRoutes({ db }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/infusions',
      {
        config: { access: 'read' },
        schema: {
          tags: ['infusions'],
          summary: 'Infusions, newest first; a span finds those that ran in it',
          querystring: infusionsQuery,
          response: { 200: page(infusion) },
        },
      },
      async ({ query: { limit, cursor, pump, drug, q, state, from, to } }) => {
        const at = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
        const name = (drug ?? q)?.replace(/[\\%_]/g, '\\$&');
        const filter = [pump ?? null, name ?? null, state ?? null, from ?? null, to ?? null];
        const rows = await db.query<InfusionRow>('infusions_list', [...filter, at.key, at.id, limit + 1]);
        return toPage(rows, limit, (row) => ({ sort, key: row.key, id: row.id }), toInfusion);
      },
    );

    app.get(
      '/infusions/:id',
      {
        config: { access: 'read' },
        schema: {
          tags: ['infusions'],
          summary: 'One infusion: segments, everything that happened, how complete it is',
          params: idParams,
          response: { 200: infusionDetail },
        },
      },
      ({ params }) => readInfusionDetail(db.query, params.id),
    );
  };
}
