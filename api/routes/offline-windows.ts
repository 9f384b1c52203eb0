import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import {
  type OfflineWindowItem,
  offlineWindow,
  offlineWindowRequest,
  offlineWindowsQuery,
} from '#schemas/http/announcements.ts';
import { idParams } from '#schemas/http/queries.ts';
import { page } from '#schemas/http/shapes.ts';
import { actorOf, writeAudit } from '../audit/write.ts';
import type { Query } from '../database.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../guard.ts';
import { once } from '../idempotency.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';
import { notFound, problem } from '../problem.ts';
import { knownPump } from '../provisioning.ts';
import { type OfflineWindowRow, toOfflineWindow } from '../rules/work-now.ts';

const tags = ['announced work'];
const sort = 'offline';
/** Longer than any setting may hold it: more would promise what is not kept. */
const mostDays = 31;

/** `GET/POST /offline-windows`, `POST /offline-windows/{id}/end`: when a pump is expected to be out of reach. */
export function offlineWindowRoutes({ db, live, now }: ApiDeps): FastifyPluginAsyncZod {
  async function readWindow(query: Query, id: string): Promise<OfflineWindowItem> {
    const [row] = await query<OfflineWindowRow>('offline_window_one', [id]);
    if (!row) throw notFound(`offline window ${id}`);
    return toOfflineWindow(row, now());
  }

  /** @throws 422 where the hours are none */
  function makeSureOfHours(from: string | undefined, until: string): void {
    const refuse = (message: string) => problem(422, `until: ${message}`, { errors: [{ path: 'until', message }] });
    const begins = from === undefined ? now() : Date.parse(from);
    if (Date.parse(until) <= now()) throw refuse('not in the past');
    if (Date.parse(until) <= begins) throw refuse('after its beginning');
    if (Date.parse(until) - begins > mostDays * 86_400_000)
      throw refuse(`at most ${mostDays} days after its beginning`);
  }

  return async (app) => {
    app.get(
      '/offline-windows',
      {
        config: { access: 'patient.read' },
        schema: {
          tags,
          summary: 'Hours in which pumps are expected to be out of reach, newest first',
          querystring: offlineWindowsQuery,
          response: { 200: page(offlineWindow) },
        },
      },
      async (request) => {
        const { limit, cursor, pump, state } = request.query;
        const at = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
        const filter = [pump ?? null, state ?? null, at.key, at.id, limit + 1];
        const rows = await db.query<OfflineWindowRow & { key: string }>('offline_windows_list', filter);
        return toPage(
          rows,
          limit,
          (row) => ({ sort, key: row.key, id: row.id }),
          (row) => toOfflineWindow(row, now()),
        );
      },
    );

    app.post(
      '/offline-windows',
      {
        config: { access: 'work.announce' },
        schema: {
          tags,
          summary: 'A pump will be out of reach: its silence is shown, and not paged until then; a ★ drug’s is',
          body: offlineWindowRequest,
          response: { 201: offlineWindow },
        },
      },
      async (request, reply) => {
        const { pump, from, until, reason } = request.body;
        const signedIn = personOf(request);
        const made = await once(
          db,
          request,
          async (query) => {
            const known = await knownPump(query, pump);
            if (known.retired) throw problem(409, `${pump} is retired: nobody expects to hear it`);
            makeSureOfHours(from, until);
            const values = [pump, from ?? null, until, reason, signedIn.user.id];
            const [row] = await query<{ id: string }>('offline_window_insert', values);
            if (!row) throw new Error('the offline window was not inserted');
            await writeAudit(query, actorOf(signedIn), 'offline-window.create', row.id, { pump, from, until, reason });
            return { subject: row.id, result: await readWindow(query, row.id) };
          },
          readWindow,
        );
        live.pumpsChanged([pump]);
        return reply.code(201).send(made);
      },
    );

    app.post(
      '/offline-windows/:id/end',
      {
        config: { access: 'work.announce' },
        schema: {
          tags,
          summary: 'The pump is expected to be heard again',
          params: idParams,
          response: { 200: offlineWindow },
        },
      },
      async (request) => {
        const { id } = request.params;
        const signedIn = personOf(request);
        const after = await db.transaction(async (query) => {
          await query('offline_window_lock', [id]);
          const before = await readWindow(query, id);
          if (before.state === 'ended') throw problem(409, `it was ended at ${before.endedAt}`);
          if (before.state === 'over') throw problem(409, `it was over at ${before.until}`);
          await query('offline_window_end', [id, signedIn.user.id]);
          await writeAudit(query, actorOf(signedIn), 'offline-window.end', id, { pump: before.pump });
          return readWindow(query, id);
        });
        live.pumpsChanged([after.pump]);
        return after;
      },
    );
  };
}
