import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { auditEntry } from '#schemas/http/administration.ts';
import { auditQuery } from '#schemas/http/queries.ts';
import { page } from '#schemas/http/shapes.ts';
import type { ApiDeps } from '../deps.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';

type Row = {
  id: number;
  at: string;
  actor: string | null;
  actorName: string;
  action: string;
  subject: string;
  detail: Record<string, unknown>;
  sealNo: number | null;
  hash: string | null;
};
const sort = 'audit';

/** `GET /audit`: who did what, with its place in the hash chain. */
export function auditRoutes({ db }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/audit',
      {
        config: { access: 'audit.read' },
        schema: {
          tags: ['audit'],
          summary: 'The audit log, newest first',
          querystring: auditQuery,
          response: { 200: page(auditEntry) },
        },
      },
      async ({ query: { limit, cursor, actor, action, subject, from, to } }) => {
        const at = decodeCursor(cursor, { sort, key: 'text', id: 'number' });
        const filter = [actor ?? null, action ?? null, subject ?? null, from ?? null, to ?? null];
        const rows = await db.query<Row>('audit_list', [...filter, at.id, limit + 1]);
        return toPage(
          rows,
          limit,
          (row) => ({ sort, key: '', id: String(row.id) }),
          ({ id, at: when, actor: who, actorName, action: what, subject: whom, detail, sealNo, hash }) => ({
            id: String(id),
            at: when,
            actor: { id: who, name: actorName },
            action: what,
            subject: whom,
            detail,
            seal: sealNo === null || hash === null ? null : { no: sealNo, hash },
          }),
        );
      },
    );
  };
}
