import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { type Alert, alert, alertDetail } from '#schemas/http/alert.ts';
import { alertsQuery, idParams } from '#schemas/http/queries.ts';
import { page } from '#schemas/http/shapes.ts';
import { readAlert } from '../alert-answers.ts';
import type { ApiDeps } from '../deps.ts';
import { roleOf } from '../guard.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';
import { alertDetailForRole, alertForRole, refusePatientFilter } from '../told-by-role.ts';

const sort = 'alerts';

/** `GET /alerts`, `GET /alerts/{id}`. */
export function alertRoutes({ db, now }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/alerts',
      {
        config: { access: 'read' },
        schema: {
          tags: ['alerts'],
          summary: 'Alerts, newest first',
          querystring: alertsQuery,
          response: { 200: page(alert) },
        },
      },
      async (request) => {
        const { limit, cursor, pump, patient, type, audience, priority, condition, responsibility } = request.query;
        const { state, from, to } = request.query;
        refusePatientFilter(roleOf(request), patient);
        const at = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
        const stateIsCondition = state === 'active' || state === 'ended';
        const filter = [
          pump ?? null,
          priority ?? null,
          condition ?? (stateIsCondition ? state : null),
          responsibility ?? (stateIsCondition ? null : (state ?? null)),
          from ?? null,
          to ?? null,
          type ?? null,
          audience ?? null,
          patient ?? null,
        ];
        const rows = await db.query<{ key: string; id: string; document: Alert }>('alerts_list', [
          ...filter,
          at.key,
          at.id,
          limit + 1,
        ]);
        return toPage(
          rows,
          limit,
          (row) => ({ sort, key: row.key, id: row.id }),
          (row) => alertForRole(roleOf(request), row.document),
        );
      },
    );

    app.get(
      '/alerts/:id',
      {
        config: { access: 'read' },
        schema: {
          tags: ['alerts'],
          summary: 'One alert with its hops and everything people did',
          params: idParams,
          response: { 200: alertDetail },
        },
      },
      async (request) => alertDetailForRole(roleOf(request), await readAlert(db.query, request.params.id, now())),
    );
  };
}
