import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { imported } from '#schemas/http/orders.ts';
import { type ReadOrders, readOrdersCsv } from '#schemas/orders/order-csv.ts';
import { readOrdersFhir } from '#schemas/orders/order-fhir.ts';
import { actorOf } from '../audit/write.ts';
import { importOrders } from '../care/import-orders.ts';
import { readOrder, refused } from '../care/orders.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../guard.ts';
import { problem } from '../problem.ts';

const csv = 'text/csv';
const fhir = 'application/fhir+json';

/** `POST /orders/import`: a CSV file, or a FHIR R4 MedicationRequest or Bundle of them. All of it becomes drafts, or nothing. */
export function orderImportRoutes({ db }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.addContentTypeParser(csv, { parseAs: 'string' }, (_request, body, done) => done(null, body));
    app.addContentTypeParser(fhir, { parseAs: 'string' }, app.getDefaultJsonParser('error', 'error'));

    app.post(
      '/orders/import',
      {
        config: { access: 'order.write' },
        schema: {
          tags: ['orders'],
          summary: 'Orders from a CSV file (text/csv) or FHIR R4 MedicationRequests (application/fhir+json), as drafts',
          consumes: [csv, fhir],
          body: z.unknown(),
          response: { 201: imported },
        },
      },
      async (request, reply) => {
        const kind = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
        const read = readFile(kind, request.body);
        if (!read.ok) throw refused(read.errors);
        const signedIn = personOf(request);
        const by = { id: signedIn.user.id, actor: actorOf(signedIn) };
        const made = await db.transaction(async (query) => {
          const outcome = await importOrders(query, read.orders, kind === csv ? 'csv' : 'fhir', by);
          // Thrown inside: nothing of a file with an error is kept.
          if (outcome.errors.length > 0) throw refused(outcome.errors);
          const items = [];
          for (const id of outcome.orders) items.push(await readOrder(query, id));
          return { items, therapiesMade: outcome.therapiesMade };
        });
        return reply.code(201).send(made);
      },
    );
  };
}

function readFile(kind: string | undefined, body: unknown): ReadOrders {
  if (kind === csv && typeof body === 'string') return readOrdersCsv(body);
  if (kind === fhir) return readOrdersFhir(body);
  throw problem(415, `send ${csv}, or ${fhir}`);
}
