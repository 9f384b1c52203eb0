import type { FastifyPluginAsync } from 'fastify';
import type { ApiDeps } from '../deps.ts';

/** `/healthz`: the process runs. `/readyz`: database and broker answer. `/metrics`: Prometheus. */
export function healthRoutes({ databaseWatch, broker, metrics, prepared, escalating }: ApiDeps): FastifyPluginAsync {
  return async (app) => {
    const schema = { hide: true };
    app.get('/healthz', { config: { access: 'public' }, schema, logLevel: 'warn' }, async () => ({ status: 'ok' }));

    app.get('/readyz', { config: { access: 'public' }, schema, logLevel: 'warn' }, async (_request, reply) => {
      const database = databaseWatch.state().up;
      // Without a database that is the database's.
      const checks = {
        database,
        broker: broker.connected(),
        prepared: prepared(),
        escalation: !database || escalating(),
      };
      const ready = Object.values(checks).every(Boolean);
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', checks });
    });

    app.get('/metrics', { config: { access: 'public' }, schema, logLevel: 'warn' }, async (_request, reply) => {
      metrics.databaseUp.set(databaseWatch.state().up ? 1 : 0);
      metrics.brokerUp.set(broker.connected() ? 1 : 0);
      return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
    });
  };
}
