import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { alertDelay, alertDelayQuery } from '#schemas/http/report-alert-delay.ts';
import { csvWords } from '#schemas/library/csv.ts';
import { delaysAsCsv, readDelays } from '../alert-delays.ts';
import type { ApiDeps } from '../deps.ts';
import { problem } from '../problem.ts';

const weekMs = 7 * 86_400_000;

/** `GET /reports/alert-delay`: JSON, or CSV with `format=csv`. No patient stands in it. */
export function alertDelayReportRoutes({ db, now }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/reports/alert-delay',
      {
        config: { access: 'system.read' },
        schema: {
          tags: ['reports'],
          summary: 'How long alerts took from hop to hop: half, 95 % and all below, in all and by day',
          querystring: alertDelayQuery,
          description: csvWords,
          produces: ['application/json', 'text/csv'],
          response: { 200: z.union([alertDelay, z.string()]) },
        },
      },
      async (request, reply) => {
        const { priority, format } = request.query;
        const to = Date.parse(request.query.to ?? new Date(now()).toISOString());
        const from = request.query.from === undefined ? to - weekMs : Date.parse(request.query.from);
        if (from >= to) throw problem(400, 'from must be before to, which is now where it is left out');
        const span = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
        const delays = await readDelays(db.query, { ...span, priority });
        if (format === 'json') return { ...span, ...delays };
        const name = `alert-delay-${span.from.slice(0, 10)}-${span.to.slice(0, 10)}.csv`;
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="${name}"`)
          .send(delaysAsCsv(delays));
      },
    );
  };
}
