import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { idParams, infusionsQuery } from '#schemas/http/queries.ts';
import { infusion, infusionDetail, page } from '#schemas/http/shapes.ts';
import type { ApiDeps } from '../deps.ts';
import { roleOf } from '../guard.ts';
import { type InfusionRow, readInfusionDetail, toInfusion } from '../infusion-detail.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';
import { infusionDetailForRole, infusionForRole, refusePatientFilter } from '../told-by-role.ts';

const sort = 'inf';

/** `GET /infusions`, `GET /infusions/{id}`. */
export function infusionRoutes({ db, now }: ApiDeps): FastifyPluginAsyncZod {
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
      async (request) => {
        const { limit, cursor, pump, patient, drug, q, state, from, to } = request.query;
        refusePatientFilter(roleOf(request), patient);
        const at = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
        const name = (drug ?? q)?.replace(/[\\%_]/g, '\\$&');
        const filter = [pump ?? null, name ?? null, state ?? null, from ?? null, to ?? null];
        const rows = await db.query<InfusionRow>('infusions_list', [
          ...[...filter, at.key, at.id, limit + 1],
          patient ?? null,
        ]);
        const told = (row: InfusionRow) => infusionForRole(roleOf(request), toInfusion(row));
        return toPage(rows, limit, (row) => ({ sort, key: row.key, id: row.id }), told);
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
      async (request) =>
        infusionDetailForRole(roleOf(request), await readInfusionDetail(db.query, request.params.id, now())),
    );
  };
}
