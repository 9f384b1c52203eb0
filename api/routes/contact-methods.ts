import { ECDH, randomUUID } from 'node:crypto';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import {
  type ContactMethod,
  type ContactMethodRequest,
  contactMethod,
  contactMethodPage,
  contactMethodRequest,
  queued,
} from '#schemas/http/contact-methods.ts';
import type { NotificationPayload } from '#schemas/http/notification.ts';
import { may } from '#schemas/http/permissions.ts';
import { idParams } from '#schemas/http/queries.ts';
import { pageQuery } from '#schemas/http/shapes.ts';
import { actorOf, writeAudit } from '../audit/write.ts';
import type { Query } from '../database.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../guard.ts';
import { refuseUrl } from '../notify/outbound.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';
import { notFound, problem } from '../problem.ts';

const sort = 'methods';
const mostMethods = 20;
/** A test rings somebody's telephone and costs money. */
const mostTests = 5;

const usualLabels: Record<ContactMethodRequest['channel'], string> = {
  'web-push': 'this device',
  'e-mail': 'E-mail',
  sms: 'Text messages',
  voice: 'Calls',
};

/** `GET/POST /contact-methods`, `DELETE /contact-methods/{id}`, `POST /contact-methods/{id}/test`: one's own. */
export function contactMethodRoutes({ db, config, notify }: ApiDeps): FastifyPluginAsyncZod {
  async function readMethod(query: Query, id: string): Promise<ContactMethod> {
    const [row] = await query<ContactMethod>('contact_method_one', [id]);
    if (!row) throw notFound(`contact method ${id}`);
    return row;
  }

  function addressOf(given: ContactMethodRequest): object {
    switch (given.channel) {
      case 'web-push': {
        const wrong = refuseUrl(given.subscription.endpoint, config.OUTBOUND_ALLOW);
        if (wrong !== null) throw problem(400, `subscription.endpoint: expected ${wrong}`);
        if (!isPoint(given.subscription.keys.p256dh)) {
          throw problem(400, 'subscription.keys.p256dh: expected a point of the curve P-256');
        }
        return given.subscription;
      }
      case 'e-mail':
        return { address: given.address };
      case 'sms':
      case 'voice':
        return { number: given.number };
    }
  }

  return async (app) => {
    app.get(
      '/contact-methods',
      {
        config: { access: 'reach.own' },
        schema: {
          tags: ['contact methods'],
          summary: 'How one is reached oneself, dead methods among it',
          querystring: z.strictObject(pageQuery.shape),
          response: { 200: contactMethodPage },
        },
      },
      async (request) => {
        const { limit, cursor } = request.query;
        const at = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
        const own = personOf(request).user.id;
        const rows = await db.query<ContactMethod & { key: string }>('contact_methods_list', [
          own,
          at.key,
          at.id,
          limit + 1,
        ]);
        return toPage(
          rows,
          limit,
          (row) => ({ sort, key: row.key, id: row.id }),
          (row) => row,
        );
      },
    );

    app.post(
      '/contact-methods',
      {
        config: { access: 'reach.own' },
        schema: {
          tags: ['contact methods'],
          summary: 'Add a way to be reached; a device or address that is known already is renewed (200)',
          body: contactMethodRequest,
          response: { 200: contactMethod, 201: contactMethod },
        },
      },
      async (request, reply) => {
        const given = request.body;
        const signedIn = personOf(request);
        const { id: user } = signedIn.user;
        const address = JSON.stringify(addressOf(given));
        const label = given.label ?? usualLabels[given.channel];
        const { made, method } = await db.transaction(async (query) => {
          const [person] = await query<{ methods: number }>('contact_methods_lock', [user]);
          const same = await query<{ id: string; user: string }>('contact_method_same', [given.channel, address, user]);
          // A browser has one subscription: whoever signs in on it takes it over, and the other's alerts stop coming there.
          for (const other of same.filter((found) => found.user !== user)) {
            await query('contact_method_remove', [other.id]);
            await writeAudit(query, actorOf(signedIn), 'contact-method.take-over', other.id, { from: other.user });
          }
          const known = same.find((found) => found.user === user);
          if (known) {
            await query('contact_method_renew', [known.id, address, label]);
            return { made: false, method: await readMethod(query, known.id) };
          }
          if ((person?.methods ?? 0) >= mostMethods) {
            throw problem(409, `you have ${mostMethods} ways to be reached already; remove one first`);
          }
          const [added] = await query<{ id: string }>('contact_method_insert', [user, given.channel, label, address]);
          if (!added) throw new Error('the contact method was not inserted');
          await writeAudit(query, actorOf(signedIn), 'contact-method.add', added.id, { channel: given.channel });
          return { made: true, method: await readMethod(query, added.id) };
        });
        return reply.code(made ? 201 : 200).send(method);
      },
    );

    app.delete(
      '/contact-methods/:id',
      {
        config: { access: 'reach.own' },
        schema: {
          tags: ['contact methods'],
          summary: 'Remove one; an administrator may remove anybody’s',
          params: idParams,
          response: { 204: z.null() },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const signedIn = personOf(request);
        await db.transaction(async (query) => {
          const [row] = await query<{ user: string }>('contact_method_lock', [id]);
          const mayAll = may(signedIn.user.role, 'reach.write');
          if (!row || (row.user !== signedIn.user.id && !mayAll)) throw notFound(`contact method ${id}`);
          await query('contact_method_remove', [id]);
          await writeAudit(query, actorOf(signedIn), 'contact-method.remove', id, { of: row.user });
        });
        return reply.code(204).send(null);
      },
    );

    app.post(
      '/contact-methods/:id/test',
      {
        config: { access: 'reach.own' },
        schema: {
          tags: ['contact methods'],
          summary: 'Send a test that asks for an answer; an administrator may test anybody’s',
          params: idParams,
          response: { 202: queued },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const signedIn = personOf(request);
        const notification = await db.transaction(async (query) => {
          const [row] = await query<{ user: string; channel: ContactMethodRequest['channel']; dead: boolean }>(
            'contact_method_lock',
            [id],
          );
          const mayAll = may(signedIn.user.role, 'reach.write');
          if (!row || (row.user !== signedIn.user.id && !mayAll)) throw notFound(`contact method ${id}`);
          if (row.dead) throw problem(409, 'this device no longer takes notifications; remove it and add it again');
          if (!notify.channels.has(row.channel)) throw problem(409, `${row.channel} is not set up on this server`);
          const [made] = await query<{ tests: number }>('contact_method_tests', [id]);
          if ((made?.tests ?? 0) >= mostTests) {
            throw problem(429, `${mostTests} tests in ten minutes are enough`, {}, { 'retry-after': '600' });
          }
          const payload: NotificationPayload = { kind: 'test', priority: null, type: null, alert: null, count: 1 };
          const columns = [`test:${randomUUID()}`, 'test', row.channel, row.user, id, JSON.stringify(payload)];
          const [inserted] = await query<{ id: string }>('notification_insert', columns);
          if (!inserted) throw new Error('the test was not inserted');
          await writeAudit(query, actorOf(signedIn), 'contact-method.test', id, { of: row.user });
          return inserted.id;
        });
        notify.hint();
        return reply.code(202).send({ notification });
      },
    );
  };
}

/** Nothing could ever be encrypted to what is none [RFC 8291, 3.1]. */
function isPoint(base64url: string): boolean {
  try {
    ECDH.convertKey(Buffer.from(base64url, 'base64url'), 'prime256v1');
    return true;
  } catch {
    return false;
  }
}
