import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import {
  type AnnouncementItem,
  announcement,
  announcementRequest,
  announcementsQuery,
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
import { type AnnouncementRow, toAnnouncement } from '../rules/work-now.ts';

const tags = ['announced work'];
const sort = 'announced';

/** `GET/POST /announcements`, `POST /announcements/{id}/end`: work at a pump that holds the alerts it is known to cause. */
export function announcementRoutes({ db, live, now }: ApiDeps): FastifyPluginAsyncZod {
  async function readAnnouncement(query: Query, id: string): Promise<AnnouncementItem> {
    const [row] = await query<AnnouncementRow & { created_at: Date }>('announcement_one', [id]);
    if (!row) throw notFound(`announcement ${id}`);
    return toAnnouncement(row, now());
  }

  return async (app) => {
    app.get(
      '/announcements',
      {
        config: { access: 'patient.read' },
        schema: {
          tags,
          summary: 'Announced work, newest first',
          querystring: announcementsQuery,
          response: { 200: page(announcement) },
        },
      },
      async (request) => {
        const { limit, cursor, pump, state } = request.query;
        const at = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
        const filter = [pump ?? null, state ?? null, at.key, at.id, limit + 1];
        const rows = await db.query<AnnouncementRow & { key: string }>('announcements_list', filter);
        const found = toPage(
          rows,
          limit,
          (row) => ({ sort, key: row.key, id: row.id }),
          (row) => toAnnouncement(row, now()),
        );
        return state === undefined ? found : { ...found, items: found.items.filter((item) => item.state === state) };
      },
    );

    app.post(
      '/announcements',
      {
        config: { access: 'work.announce' },
        schema: {
          tags,
          summary:
            'Announce a bag or set change, a shower or transport: what it causes is shown, and not paged for a while',
          body: announcementRequest,
          response: { 201: announcement },
        },
      },
      async (request, reply) => {
        const { pump, kind, note } = request.body;
        const signedIn = personOf(request);
        const made = await once(
          db,
          request,
          async (query) => {
            const known = await knownPump(query, pump);
            if (known.retired) throw problem(409, `${pump} is retired: there is no work to announce`);
            const [row] = await query<{ id: string }>('announcement_insert', [
              ...[pump, kind, note ?? null, signedIn.user.id],
            ]);
            if (!row) throw new Error('the announcement was not inserted');
            await writeAudit(query, actorOf(signedIn), 'announcement.create', row.id, { pump, kind });
            return { subject: row.id, result: await readAnnouncement(query, row.id) };
          },
          readAnnouncement,
        );
        live.pumpsChanged([pump]);
        return reply.code(201).send(made);
      },
    );

    app.post(
      '/announcements/:id/end',
      {
        config: { access: 'work.announce' },
        schema: {
          tags,
          summary: 'The work is done before its time',
          params: idParams,
          response: { 200: announcement },
        },
      },
      async (request) => {
        const { id } = request.params;
        const signedIn = personOf(request);
        const after = await db.transaction(async (query) => {
          await query('announcement_lock', [id]);
          const before = await readAnnouncement(query, id);
          if (before.state === 'ended') throw problem(409, `this work was ended at ${before.endedAt}`);
          if (before.state === 'over') throw problem(409, `this work ended by itself at ${before.until}`);
          await query('announcement_end', [id, signedIn.user.id]);
          await writeAudit(query, actorOf(signedIn), 'announcement.end', id, { pump: before.pump, kind: before.kind });
          return readAnnouncement(query, id);
        });
        live.pumpsChanged([after.pump]);
        return after;
      },
    );
  };
}
