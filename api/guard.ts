import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { type Action, mayPerson } from '#schemas/http/permissions.ts';
import type { Role } from '#schemas/http/shapes.ts';
import { isLoopbackName } from './config.ts';
import { isDatabaseAway } from './database.ts';
import { databaseAway, problem } from './problem.ts';
import type { Sessions, SignedIn } from './sessions/sessions.ts';

/** What a route lets through: one action of the permissions table, anybody signed in, or everybody. */
type RouteAccess = Action | 'signed-in' | 'public';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess;
  }
  interface FastifyRequest {
    signedIn: SignedIn | null;
  }
}

export type GuardOptions = {
  sessions: Sessions;
  /** Where browsers reach us, known once the port is. */
  publicUrl: () => URL;
  /** Decided by the public address. */
  cookieName: () => string;
};

const changing = (method: string) => method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';

/** The person of a request behind a route that asks for one. */
export function personOf(request: FastifyRequest): SignedIn {
  if (request.signedIn === null) throw problem(401, 'sign in first');
  return request.signedIn;
}

/** The role of the person of a request. */
export const roleOf = (request: FastifyRequest): Role => personOf(request).user.role;

/**
 * Whether a browser page of this origin may talk to us. Clients that are not browsers send none, and hold no cookie
 * that another site could make them send.
 */
export function originAllowed(origin: string | undefined, publicUrl: URL): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const given = new URL(origin);
  if (given.origin === publicUrl.origin) return true;
  // The names of this machine are one place, on the same port.
  return (
    publicUrl.protocol === 'http:' &&
    given.protocol === 'http:' &&
    given.port === publicUrl.port &&
    isLoopbackName(given.hostname) &&
    isLoopbackName(publicUrl.hostname)
  );
}

/**
 * Default deny: a route without `config.access` stops the service at start. Order of the checks: transport, Origin,
 * session, CSRF token, role; all of them before a body is read or a socket upgraded.
 */
export function addGuard(app: FastifyInstance, { sessions, publicUrl, cookieName }: GuardOptions): void {
  app.decorateRequest('signedIn', null);

  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    routes.push(route);
  });
  app.addHook('onReady', async () => {
    const open = routes.find((route) => route.config?.access === undefined);
    if (open) throw new Error(`${open.method} ${open.url} names no access`);
  });

  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access;
    if (access === undefined) return; // no such route: the not-found handler answers
    checkTransport(request, publicUrl());

    const isUpgrade = request.headers.upgrade?.toLowerCase() === 'websocket';
    if ((changing(request.method) || isUpgrade) && !originAllowed(request.headers.origin, publicUrl())) {
      throw problem(403, `requests from ${request.headers.origin} are refused`);
    }
    if (access === 'public') return;

    const signedIn = await who(request);
    if (signedIn === null) throw problem(401, 'sign in first: POST /api/v1/session');
    request.signedIn = signedIn;
    if (changing(request.method)) checkCsrf(request, signedIn);
    if (access !== 'signed-in' && !mayPerson(signedIn.user, access)) {
      throw problem(403, `the role ${signedIn.user.role} may not do this (${access})`);
    }
  });

  async function who(request: FastifyRequest): Promise<SignedIn | null> {
    const cookie = request.cookies[cookieName()];
    if (cookie === undefined || cookie === '') return null;
    try {
      return await sessions.find(cookie);
    } catch (error) {
      if (isDatabaseAway(error)) throw databaseAway("the session can't be checked while the database is away");
      throw error;
    }
  }
}

/** Without TLS a cookie travels in the clear, and a page elsewhere could point its own name at us (DNS rebinding). */
function checkTransport(request: FastifyRequest, publicUrl: URL): void {
  if (publicUrl.protocol === 'https:') return;
  const name = request.headers.host?.replace(/:\d+$/, '') ?? '';
  if (!isLoopbackName(name)) throw problem(403, 'plain http is answered on loopback only; set PUBLIC_URL to https');
}

function checkCsrf(request: FastifyRequest, signedIn: SignedIn): void {
  const given = request.headers['x-csrf-token'];
  if (typeof given !== 'string') throw problem(403, 'the header x-csrf-token is missing');
  const a = Buffer.from(given);
  const b = Buffer.from(signedIn.csrfToken);
  if (a.length !== b.length || !timingSafeEqual(a, b)) throw problem(403, 'the header x-csrf-token is wrong');
}
