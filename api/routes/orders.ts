import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { ordersQuery } from '#schemas/http/care-queries.ts';
import { type Order, order, orderCancel, orderRequest, orderVerification } from '#schemas/http/orders.ts';
import { idParams } from '#schemas/http/queries.ts';
import { page } from '#schemas/http/shapes.ts';
import { actorOf, writeAudit } from '../audit/write.ts';
import { auditedRead } from '../care/audited-read.ts';
import { disagreements, insertOrder, lockOrder, lockTherapy, readOrder, refusalsFor, refused } from '../care/orders.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../guard.ts';
import { once } from '../idempotency.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';
import { problem } from '../problem.ts';

const sort = 'orders';

/** `GET/POST /orders`, `GET /orders/{id}`, `POST /orders/{id}/verify` and `/cancel`. */
export function orderRoutes({ db }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/orders',
      {
        config: { access: 'patient.read' },
        schema: {
          tags: ['orders'],
          summary: 'Every version of every order, newest first; those of one patient are an audited read',
          querystring: ordersQuery,
          response: { 200: page(order) },
        },
      },
      (request) =>
        auditedRead(db, request, 'order.list', async (query) => {
          const { limit, cursor, patient, therapy, state } = request.query;
          const at = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
          const filter = [patient ?? null, therapy ?? null, state ?? null, at.key, at.id, limit + 1];
          const rows = await query<Order & { key: string }>('orders_list', filter);
          const result = toPage(
            rows,
            limit,
            (row) => ({ sort, key: row.key, id: row.id }),
            (row) => row,
          );
          return { subject: patient ?? therapy ?? null, result };
        }),
    );

    app.post(
      '/orders',
      {
        config: { access: 'order.write' },
        schema: {
          tags: ['orders'],
          summary: 'The next version of a therapy’s order; it counts once another pharmacist has verified it',
          body: orderRequest,
          response: { 201: order },
        },
      },
      async (request, reply) => {
        const { therapy: therapyId, ...content } = request.body;
        const signedIn = personOf(request);
        const made = await once(
          db,
          request,
          async (query) => {
            const therapy = await lockTherapy(query, therapyId);
            const errors = refusalsFor(content, therapy);
            if (errors.length > 0) throw refused(errors);
            const { id, version } = await insertOrder(query, content, therapy, 'entered', signedIn.user.id);
            await writeAudit(query, actorOf(signedIn), 'order.create', id, { therapy: therapyId, version });
            return { subject: id, result: await readOrder(query, id) };
          },
          readOrder,
        );
        return reply.code(201).send(made);
      },
    );

    app.get(
      '/orders/:id',
      {
        config: { access: 'patient.read' },
        schema: {
          tags: ['orders'],
          summary: 'One version of an order; audited',
          params: idParams,
          response: { 200: order },
        },
      },
      (request) =>
        auditedRead(db, request, 'order.read', async (query) => {
          const { id } = request.params;
          return { subject: id, result: await readOrder(query, id) };
        }),
    );

    app.post(
      '/orders/:id/verify',
      {
        config: { access: 'order.write' },
        schema: {
          tags: ['orders'],
          summary:
            'Another pharmacist enters dose, concentration, volume and duration anew; where all agree, it counts',
          params: idParams,
          body: orderVerification,
          response: { 200: order },
        },
      },
      async (request) => {
        const { id } = request.params;
        const signedIn = personOf(request);
        const by = signedIn.user.id;
        const { after, errors } = await db.transaction(async (query) => {
          const { therapy, state, createdBy, version } = await lockOrder(query, id);
          if (state !== 'draft') throw problem(409, `version ${version} is ${state}; only a draft can be verified`);
          if (createdBy === by) throw problem(403, 'you wrote this order: another pharmacist has to verify it');
          const before = await readOrder(query, id);
          const apart = disagreements(before, request.body, by);
          if (apart.length > 0) {
            const fields = apart.map(({ path }) => path);
            await writeAudit(query, actorOf(signedIn), 'order.disagree', id, { version, fields });
            return { after: before, errors: apart };
          }
          const ended = await query<{ version: number }>('order_end', [
            ...[therapy, 'verified', 'superseded', by, `version ${version} counts instead`],
          ]);
          await query('order_verify', [id, by]);
          await writeAudit(query, actorOf(signedIn), 'order.verify', id, {
            version,
            replaces: ended[0]?.version ?? null,
          });
          return { after: await readOrder(query, id), errors: [] };
        });
        // Thrown after the commit: that the two did not agree stays in the audit.
        if (errors.length > 0) throw refused(errors);
        return after;
      },
    );

    app.post(
      '/orders/:id/cancel',
      {
        config: { access: 'order.write' },
        schema: {
          tags: ['orders'],
          summary: 'It is not to be given; it stays visible',
          params: idParams,
          body: orderCancel,
          response: { 200: order },
        },
      },
      (request) =>
        db.transaction(async (query) => {
          const { id } = request.params;
          const { reason } = request.body;
          const { therapy, state, version } = await lockOrder(query, id);
          if (state !== 'draft' && state !== 'verified') throw problem(409, `version ${version} is ${state} already`);
          await query('order_end', [therapy, state, 'cancelled', personOf(request).user.id, reason]);
          await writeAudit(query, actorOf(personOf(request)), 'order.cancel', id, { version, was: state, reason });
          return readOrder(query, id);
        }),
    );
  };
}
