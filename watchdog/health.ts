import fastify from 'fastify';
import type { Registry } from 'prom-client';

/**
 * `/healthz` (alive), `/readyz` (it makes its rounds; 503 says why not), `/metrics`.
 * @param missing what keeps the watchdog from its work, or null
 */
export async function serveHealth(
  { host, port, registry }: { host: string; port: number; registry: Registry },
  missing: () => string | null,
): Promise<{ port: number; close: () => Promise<void> }> {
  const app = fastify({ forceCloseConnections: true });
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const reason = missing();
    return reply.code(reason === null ? 200 : 503).send({ status: reason ?? 'ok' });
  });
  app.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  await app.listen({ host, port });
  const address = app.server.address();
  return { port: typeof address === 'object' && address ? address.port : port, close: () => app.close() };
}
