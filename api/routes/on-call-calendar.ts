import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { calendarToken } from '#schemas/http/on-call.ts';
import { calendarOf, calendarShifts } from '#schemas/rules/icalendar.ts';
import { actorOf, writeAudit } from '../audit/write.ts';
import type { ApiDeps } from '../deps.ts';
import { readBook } from '../escalation/book.ts';
import { personOf } from '../guard.ts';
import { notFound, problem } from '../problem.ts';
import { cookieNameFor } from '../sessions/cookie.ts';
import { hashOf, newSecret } from '../sessions/sessions.ts';

const username = 'calendar';

/**
 * `GET /on-call/calendar.ics`: one's own shifts. A browser shows its cookie; a calendar signs in by HTTP Basic with a
 * token that can be revoked, so that no address ever holds a secret.
 */
export function onCallCalendarRoutes({ db, sessions, publicUrl, now }: ApiDeps): FastifyPluginAsyncZod {
  async function whose(request: FastifyRequest): Promise<string | null> {
    const cookie = request.cookies[cookieNameFor(publicUrl())];
    const signedIn = cookie === undefined || cookie === '' ? null : await sessions.find(cookie);
    if (signedIn !== null) return signedIn.user.id;
    const token = basicPassword(request.headers.authorization);
    if (token === null) return null;
    const [row] = await db.query<{ id: string }>('calendar_token_find', [hashOf(token)]);
    return row?.id ?? null;
  }

  return async (app) => {
    app.get(
      '/on-call/calendar.ics',
      {
        // It checks for itself who asks: calendars have no cookie.
        config: { access: 'public' },
        schema: {
          tags: ['on-call'],
          summary: 'One’s own shifts, iCalendar; cookie or HTTP Basic',
          response: { 200: z.string() },
        },
      },
      async (request, reply) => {
        const user = await whose(request);
        if (user === null) {
          reply.header('www-authenticate', 'Basic realm="Dripwatch on-call calendar", charset="UTF-8"');
          throw problem(401, 'a session, or the user name and password of a calendar token');
        }
        const book = await readBook(db.query);
        const owner = book.people.get(user)?.name ?? '';
        return reply
          .type('text/calendar; charset=utf-8')
          .serializer(String)
          .send(calendarOf(owner, calendarShifts(book.schedules, user, now()), now()));
      },
    );

    app.post(
      '/on-call/calendar-token',
      {
        config: { access: 'alert.respond' },
        schema: {
          tags: ['on-call'],
          summary: 'A new token for one’s calendar; the old one ends',
          response: { 201: calendarToken },
        },
      },
      async (request, reply) => {
        const signedIn = personOf(request);
        const password = newSecret();
        await db.transaction(async (query) => {
          await query('calendar_token_put', [signedIn.user.id, hashOf(password)]);
          await writeAudit(query, actorOf(signedIn), 'calendar-token.create', signedIn.user.id);
        });
        const address = new URL('/api/v1/on-call/calendar.ics', publicUrl()).href;
        return reply.code(201).send({ address, username, password });
      },
    );

    app.delete(
      '/on-call/calendar-token',
      {
        config: { access: 'alert.respond' },
        schema: { tags: ['on-call'], summary: 'No calendar reads one’s shifts any more', response: { 204: z.null() } },
      },
      async (request, reply) => {
        const signedIn = personOf(request);
        await db.transaction(async (query) => {
          const [row] = await query<{ id: string }>('calendar_token_remove', [signedIn.user.id]);
          if (!row) throw notFound('a calendar token of yours');
          await writeAudit(query, actorOf(signedIn), 'calendar-token.remove', signedIn.user.id);
        });
        return reply.code(204).send(null);
      },
    );
  };
}

/** [RFC 7617] */
function basicPassword(header: string | undefined): string | null {
  const encoded = /^Basic ([A-Za-z0-9+/=]{1,500})$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  return text.startsWith(`${username}:`) ? text.slice(username.length + 1) : null;
}
