import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { downtimeList } from '#schemas/http/downtime-list.ts';
import { auditedRead } from '../care/audited-read.ts';
import type { ApiDeps } from '../deps.ts';
import { readDowntimeList } from '../downtime/list.ts';

/** `GET /downtime-list`. */
export function downtimeListRoutes({ db, now }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/downtime-list',
      {
        config: { access: 'patient.contact' },
        schema: {
          tags: ['patients'],
          summary: 'Whom to call when the platform is down: ★ first, then silent, then running; every read is audited',
          response: { 200: downtimeList },
        },
      },
      (request) =>
        auditedRead(db, request, 'downtime-list.read', async (query) => {
          const result = await readDowntimeList(query, now());
          return { subject: 'downtime-list', detail: { patients: result.items.length }, result };
        }),
    );
  };
}
