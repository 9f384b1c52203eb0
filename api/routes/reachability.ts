import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import {
  answered,
  answerRequest,
  type ContactMethod,
  pushKey,
  type Reachable,
  reachablePage,
} from '#schemas/http/contact-methods.ts';
import { permitted } from '#schemas/http/permissions.ts';
import { pageQuery } from '#schemas/http/shapes.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../guard.ts';
import { answerDelivery } from '../notify/answer.ts';
import { decodeCursor, toPage } from '../page-cursor.ts';

const sort = 'reach';

/** `GET /push/key`, `POST /contact-methods/answers`, `GET /reachability`. */
export function reachabilityRoutes({ db, live, notify }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/push/key',
      {
        config: { access: 'reach.own' },
        schema: {
          tags: ['contact methods'],
          summary: 'The key that a browser subscribes with, and what this server can send by',
          response: { 200: pushKey },
        },
      },
      async () => ({ key: notify.vapid().publicKey, channels: [...notify.channels.keys()] }),
    );

    app.post(
      '/contact-methods/answers',
      {
        config: { access: 'reach.own' },
        schema: {
          tags: ['contact methods'],
          summary: 'Answer a test that came by push or e-mail: only the person whom it was sent to can',
          body: answerRequest,
          response: { 200: answered },
        },
      },
      async (request) => {
        const by = { via: 'link', user: personOf(request).user.id } as const;
        const { payload: _payload, ...said } = await answerDelivery(
          { db, feedChanged: live.feedHint },
          request.body.delivery,
          by,
        );
        return said;
      },
    );

    app.get(
      '/reachability',
      {
        config: { access: 'reach.read' },
        schema: {
          tags: ['contact methods'],
          summary:
            'Everybody who can be on call, with their methods and what is wrong with them; addresses are hinted at',
          querystring: z.strictObject(pageQuery.shape),
          response: { 200: reachablePage },
        },
      },
      async ({ query: { limit, cursor } }) => {
        const at = decodeCursor(cursor, { sort, key: 'time', id: 'uuid' });
        const rows = await db.query<Reachable & { id: string; key: string }>('reachability_list', [
          permitted['reach.own'],
          at.key,
          at.id,
          limit + 1,
        ]);
        return toPage(
          rows,
          limit,
          (row) => ({ sort, key: row.key, id: row.id }),
          ({ user, methods }) => ({ user, methods: methods.map(hinted) }),
        );
      },
    );
  };
}

/** Enough to know which one it is: `n…@example.org`, `…67`. */
function hinted(method: ContactMethod): ContactMethod {
  if (method.channel === 'e-mail') return { ...method, to: method.to.replace(/^(.).*@/, '$1…@') };
  if (method.channel === 'web-push') return method;
  return { ...method, to: `…${method.to.slice(-2)}` };
}
