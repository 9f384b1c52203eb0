import { isUtf8 } from 'node:buffer';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type * as z from 'zod';
import { rejectedRecord } from '#schemas/http/administration.ts';
import { rejectedQuery } from '#schemas/http/queries.ts';
import { page } from '#schemas/http/shapes.ts';
import type { ApiDeps } from '../deps.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';

type Rejected = z.infer<typeof rejectedRecord>;
type Row = Omit<Rejected, 'raw' | 'rawEncoding'> & { raw: Buffer | null; key: string };
const sort = 'rejected';

/** `GET /rejected-records`: what could not be read, with why and with its raw bytes. */
export function rejectedRecordRoutes({ db }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/rejected-records',
      {
        config: { access: 'rejected.read' },
        schema: {
          tags: ['fleet'],
          summary: 'Records and messages that could not be read, last seen first',
          querystring: rejectedQuery,
          response: { 200: page(rejectedRecord) },
        },
      },
      async ({ query: { limit, cursor, pump, from, to } }) => {
        const at = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
        const filter = [pump ?? null, from ?? null, to ?? null];
        const rows = await db.query<Row>('rejected_list', [...filter, at.key, at.id, limit + 1]);
        return toPage(rows, limit, (row) => ({ sort, key: row.key, id: row.id }), toRejected);
      },
    );
  };
}

function toRejected({ key: _, ...row }: Row): Rejected {
  if (row.raw === null) return { ...row, raw: null, rawEncoding: null };
  const isText = isUtf8(row.raw);
  return { ...row, raw: row.raw.toString(isText ? 'utf8' : 'base64'), rawEncoding: isText ? 'text' : 'base64' };
}
