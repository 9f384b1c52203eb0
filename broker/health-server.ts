import { createServer } from 'node:http';
import type { Server } from 'node:net';
import type { Registry } from 'prom-client';

/**
 * `/healthz` (the process answers), `/readyz` (it can admit pumps; 503 with the reason otherwise), `/metrics`.
 * @param notReady null when ready, else why not
 */
export async function startHealthServer(options: {
  port: number;
  host: string;
  registry: Registry;
  notReady: () => string | null;
}): Promise<{ port: number; close: () => Promise<void> }> {
  const { registry, notReady } = options;
  const server = createServer((request, response) => {
    const send = (status: number, type: string, body: string) => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    const sendStatus = (reason: string | null) =>
      send(
        reason === null ? 200 : 503,
        'application/json',
        JSON.stringify(reason ? { status: reason } : { status: 'ok' }),
      );
    if (request.method !== 'GET' && request.method !== 'HEAD') return send(405, 'text/plain', 'GET only\n');
    switch (request.url?.split('?')[0]) {
      case '/healthz':
        return sendStatus(null);
      case '/readyz':
        return sendStatus(notReady());
      case '/metrics':
        registry.metrics().then(
          (text) => send(200, registry.contentType, text),
          (error: unknown) => send(500, 'text/plain', `${String(error)}\n`),
        );
        return;
      default:
        send(404, 'text/plain', 'not found\n');
    }
  });
  const port = await listen(server, options.port, options.host);
  return {
    port,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** Fulfilled with the port once the server listens. @throws Error, for instance when the port is taken */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(port, host, () => {
      server.removeListener('error', fail);
      const address = server.address();
      done(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
