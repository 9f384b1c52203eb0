import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../guard.ts';
import { problem } from '../problem.ts';

/** `GET /live` → WebSocket. The guard has checked Origin, session and role before the upgrade. */
export function liveRoutes({ live }: ApiDeps): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'GET',
      url: '/live',
      config: { access: 'read' },
      schema: { hide: true },
      handler: async () => {
        throw problem(400, 'this address speaks WebSocket');
      },
      wsHandler: (socket, request) => live.connect(socket, personOf(request)),
    });
  };
}
