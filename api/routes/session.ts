import rateLimit from '@fastify/rate-limit';
import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { type Role, session, sessionRequest } from '#schemas/http/shapes.ts';
import { actorOf, writeAudit } from '../audit/write.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../guard.ts';
import { problem } from '../problem.ts';
import { cookieNameFor } from '../sessions/cookie.ts';

type UserRow = {
  id: string;
  email: string;
  name: string;
  role: Role;
  lead: boolean;
  passwordHash: string | null;
  demo: boolean;
};

/** Sign-ins tried from one address in a minute; an office behind one address signs in at the start of a shift. */
const perAddressAMinute = 60;

/** `POST/GET/DELETE /session`. */
export function sessionRoutes({
  config,
  db,
  sessions,
  passwords,
  failedSignIns,
  metrics,
  now,
  publicUrl,
}: ApiDeps): FastifyPluginAsyncZod {
  const setCookie = (reply: FastifyReply, value: string) => {
    const url = publicUrl();
    const secure = url.protocol === 'https:';
    reply.setCookie(cookieNameFor(url), value, { path: '/', httpOnly: true, sameSite: 'strict', secure });
  };

  return async (app) => {
    await app.register(rateLimit, { global: false });

    app.post(
      '/session',
      {
        config: { access: 'public', rateLimit: { max: perAddressAMinute, timeWindow: 60_000 } },
        schema: { tags: ['session'], summary: 'Sign in', body: sessionRequest, response: { 201: session } },
      },
      async (request, reply) => {
        const email = request.body.email.trim().toLowerCase();
        const waitS = failedSignIns.waitS(email, now());
        if (waitS > 0) {
          throw problem(429, 'too many failed sign-ins for this account', {}, { 'retry-after': String(waitS) });
        }
        const [found] = await db.query<UserRow>('user_by_email', [email]);
        const user = found && (!found.demo || config.DEMO) ? found : undefined;
        const same = await passwords.matches(user?.passwordHash ?? null, request.body.password);
        if (same === null) throw problem(503, 'too many sign-ins at once', {}, { 'retry-after': '2' });
        if (!user || !same) {
          failedSignIns.failed(email, now());
          metrics.signInFailures.inc();
          const actor = { id: found?.id ?? null, name: found?.name ?? 'unknown' };
          await db.transaction((query) => writeAudit(query, actor, 'session.refused', email, { from: request.ip }));
          throw problem(401, 'e-mail or password is wrong');
        }
        const { cookie, csrfToken } = await db.transaction(async (query) => {
          const made = await sessions.create(query, user.id);
          await writeAudit(query, user, 'session.create', user.id, { from: request.ip });
          return made;
        });
        setCookie(reply, cookie);
        const { id, name, role, lead } = user;
        return reply.code(201).send({ user: { id, email: user.email, name, role, lead }, csrfToken });
      },
    );

    app.get(
      '/session',
      {
        config: { access: 'signed-in' },
        schema: { tags: ['session'], summary: 'Who is signed in', response: { 200: session } },
      },
      async (request) => {
        const { user, csrfToken } = personOf(request);
        return { user, csrfToken };
      },
    );

    app.delete(
      '/session',
      {
        config: { access: 'signed-in' },
        schema: { tags: ['session'], summary: 'Sign out; closes its live sockets', response: { 204: z.null() } },
      },
      async (request, reply) => {
        const signedIn = personOf(request);
        await db.transaction(async (query) => {
          await query('session_end', [Buffer.from(signedIn.sessionHash, 'hex')]);
          await writeAudit(query, actorOf(signedIn), 'session.end', signedIn.user.id);
        });
        sessions.forget([signedIn.sessionHash]);
        reply.clearCookie(cookieNameFor(publicUrl()), { path: '/' });
        return reply.code(204).send(null);
      },
    );
  };
}
