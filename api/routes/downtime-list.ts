import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { downtimeList, downtimeListQuery } from '#schemas/http/downtime-list.ts';
import { auditedRead } from '../care/audited-read.ts';
import type { ApiDeps } from '../deps.ts';
import { printDowntimeCsv } from '../downtime/csv.ts';
import { readDowntimeList } from '../downtime/list.ts';

/** `GET /downtime-list`: JSON, or CSV with `format=csv`. */
export function downtimeListRoutes({ db, now }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/downtime-list',
      {
        config: { access: 'patient.contact' },
        schema: {
          tags: ['patients'],
          summary: 'Whom to call when the platform is down: ★ first, then silent, then running; every read is audited',
          querystring: downtimeListQuery,
          produces: ['application/json', 'text/csv'],
          response: { 200: z.union([downtimeList, z.string()]) },
        },
      },
      async (request, reply) => {
        const { format } = request.query;
        const list = await auditedRead(db, request, 'downtime-list.read', async (query) => {
          const result = await readDowntimeList(query, now());
          return { subject: 'downtime-list', detail: { patients: result.items.length, format }, result };
        });
        if (format === 'json') return list;
        const name = `downtime-list-${list.madeAt.slice(0, 16).replace(/:/g, '')}.csv`;
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="${name}"`)
          .send(printDowntimeCsv(list));
      },
    );
  };
}
