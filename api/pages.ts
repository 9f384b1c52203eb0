import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const yearS = 365 * 24 * 3600;

/** Addresses that are never the dashboard's: an unknown one is answered with a problem. */
const notPages = /^\/(api|assets|fhir|healthz|readyz|metrics)(\/|$)/;

/** Serves the built dashboard: hashed files for a year, everything else asked for anew each time. */
export async function addPages(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'public' };
      route.schema = { ...route.schema, hide: true };
    });
    await scope.register(fastifyStatic, {
      root: resolve(folder),
      // Looked up at each request: a dashboard built later needs no restart.
      wildcard: true,
      index: ['index.html'],
      cacheControl: false,
      setHeaders: (reply, path) => {
        const hashed = /[\\/]assets[\\/]/.test(path);
        reply.header('cache-control', hashed ? `public, max-age=${yearS}, immutable` : 'no-cache');
      },
    });
  });
}

/** The page that a browser gets for an address inside the dashboard; null where it is not one, or none is built. */
export function dashboardPage(folder: string): (request: FastifyRequest) => string | null {
  const index = resolve(folder, 'index.html');
  return (request) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    const asksForPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    return asksForPage && !notPages.test(path) && existsSync(index) ? 'index.html' : null;
  };
}
