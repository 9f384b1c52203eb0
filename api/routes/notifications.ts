import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { queued } from '#schemas/http/contact-methods.ts';
import {
  channels,
  type Notification,
  type NotificationPayload,
  notification,
  notificationPage,
  notificationStates,
  purposes,
} from '#schemas/http/notification.ts';
import { idParams } from '#schemas/http/queries.ts';
import { pageQuery } from '#schemas/http/shapes.ts';
import { actorOf, writeAudit } from '../audit/write.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../guard.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';
import { notFound, problem } from '../problem.ts';

const sort = 'sent';
const notificationsQuery = z.strictObject({
  ...pageQuery.shape,
  state: z.enum(notificationStates).optional(),
  channel: z.enum(channels).optional(),
  purpose: z.enum(purposes).optional(),
});

/** `GET /notifications`, `POST /notifications/{id}/retry`, `POST /notifications/webhook-test`. */
export function notificationRoutes({ db, notify }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/notifications',
      {
        config: { access: 'reach.read' },
        schema: {
          tags: ['notifications'],
          summary: 'What was sent to people, newest first; failed ones are the dead letters',
          querystring: notificationsQuery,
          response: { 200: notificationPage },
        },
      },
      async ({ query: { limit, cursor, state, channel, purpose } }) => {
        const at = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
        const filter = [state ?? null, channel ?? null, purpose ?? null, at.key, at.id, limit + 1];
        const rows = await db.query<Notification & { key: string }>('notifications_list', filter);
        return toPage(
          rows,
          limit,
          (row) => ({ sort, key: row.key, id: row.id }),
          (row) => row,
        );
      },
    );

    app.post(
      '/notifications/:id/retry',
      {
        config: { access: 'reach.write' },
        schema: {
          tags: ['notifications'],
          summary: 'Send a dead letter once more, under its own key',
          params: idParams,
          response: { 200: notification },
        },
      },
      async (request) => {
        const { id } = request.params;
        const row = await db.transaction(async (query) => {
          const [before] = await query<Notification>('notification_one', [id]);
          if (!before) throw notFound(`notification ${id}`);
          const [again] = await query('notification_retry', [id]);
          if (!again) throw problem(409, `it is ${before.state}, not failed`);
          await writeAudit(query, actorOf(personOf(request)), 'notification.retry', id);
          const [after] = await query<Notification>('notification_one', [id]);
          if (!after) throw notFound(`notification ${id}`);
          return after;
        });
        notify.hint();
        return row;
      },
    );

    app.post(
      '/notifications/webhook-test',
      {
        config: { access: 'reach.write' },
        schema: { tags: ['notifications'], summary: 'Send a test to the webhook', response: { 202: queued } },
      },
      async (request, reply) => {
        if (!notify.channels.has('webhook')) throw problem(409, 'no webhook is set up (WEBHOOK_URL, WEBHOOK_SECRET)');
        const payload: NotificationPayload = { kind: 'test', priority: null, type: null, alert: null, count: 1 };
        const id = await db.transaction(async (query) => {
          const columns = [`test:${randomUUID()}`, 'test', 'webhook', null, null, JSON.stringify(payload)];
          const [inserted] = await query<{ id: string }>('notification_insert', columns);
          if (!inserted) throw new Error('the test was not inserted');
          await writeAudit(query, actorOf(personOf(request)), 'notification.webhook-test', inserted.id);
          return inserted.id;
        });
        notify.hint();
        return reply.code(202).send({ notification: id });
      },
    );
  };
}
