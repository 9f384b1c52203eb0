import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { idParams, infusionTelemetryQuery, pumpParams, telemetryQuery } from '#schemas/http/queries.ts';
import { telemetry } from '#schemas/http/shapes.ts';
import type { ApiDeps } from '../deps.ts';
import { type InfusionRow, readInfusionRow } from '../infusion-detail.ts';
import { problem } from '../problem.ts';
import { readPump } from '../pump-detail.ts';
import { readTelemetry } from '../telemetry-columns.ts';

const hourMs = 3_600_000;
const mostMs = 400 * 24 * hourMs;

/** `GET /pumps/{id}/telemetry` and `GET /infusions/{id}/telemetry`. */
export function telemetryRoutes({ db, now }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/pumps/:id/telemetry',
      {
        config: { access: 'read' },
        schema: {
          tags: ['telemetry'],
          summary: 'Samples of a pump in buckets: smallest, largest and last, so that no spike disappears',
          params: pumpParams,
          querystring: telemetryQuery,
          response: { 200: telemetry },
        },
      },
      async ({ params, query: { from, to, points } }) => {
        const toMs = to === undefined ? now() : Date.parse(to);
        const fromMs = from === undefined ? toMs - hourMs : Date.parse(from);
        if (fromMs >= toMs) throw problem(400, 'from: must be before to');
        if (toMs - fromMs > mostMs) throw problem(400, 'from, to: at most 400 days');
        const { id } = await readPump(db.query, params.id);
        return readTelemetry(db.query, { pump: id, fromMs, toMs, points, of: null });
      },
    );

    app.get(
      '/infusions/:id/telemetry',
      {
        config: { access: 'read' },
        schema: {
          tags: ['telemetry'],
          summary: 'Samples of one infusion in buckets',
          params: idParams,
          querystring: infusionTelemetryQuery,
          response: { 200: telemetry },
        },
      },
      async ({ params, query: { points } }) => {
        const row: InfusionRow = await readInfusionRow(db.query, params.id);
        const fromMs = Date.parse(row.startedAt);
        // A span is open at its end; the last sample belongs to it.
        const toMs = Math.max(fromMs, Date.parse(row.lastAt), Date.parse(row.endedAt ?? row.lastAt)) + 1;
        const of = { epochNo: row.epochNo, infusion: row.pumpInfusion };
        return readTelemetry(db.query, { pump: row.pump, fromMs, toMs, points, of });
      },
    );
  };
}
