import { randomBytes } from 'node:crypto';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { issuedCredential, pumpChange, pumpDetail } from '#schemas/http/administration.ts';
import { pumpParams, type pumpSorts, pumpsQuery } from '#schemas/http/queries.ts';
import { page, provisioned, provisionRequest, pump } from '#schemas/http/shapes.ts';
import { topicPrefix } from '#schemas/topics.ts';
import { actorOf, writeAudit } from '../audit/write.ts';
import { isTaken } from '../database.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf, roleOf } from '../guard.ts';
import { once } from '../idempotency.ts';
import { decodeCursor, type KeyKind, toPage } from '../page-cursor.ts';
import { problem } from '../problem.ts';
import { createProvisioning, knownPump, makeSureOfLeave } from '../provisioning.ts';
import { readPump, readPumpDetail } from '../pump-detail.ts';
import { type PumpRow, shardOfPump, toPump } from '../pump-row.ts';
import { pumpDetailForRole } from '../told-by-role.ts';

type Sort = (typeof pumpSorts)[number];
const sorted: Record<Sort, { query: string; key: KeyKind }> = {
  newest: { query: 'pumps_newest', key: 'time' },
  id: { query: 'pumps_by_id', key: 'text' },
  battery: { query: 'pumps_by_battery', key: 'number' },
  contact: { query: 'pumps_by_contact', key: 'text' },
};

/** `GET/POST /pumps`, `GET/PATCH /pumps/{id}`, `POST /pumps/{id}/credentials` and `/retire`. */
export function pumpRoutes(deps: ApiDeps): FastifyPluginAsyncZod {
  const { db } = deps;
  const { changed, issue, retire } = createProvisioning(deps);

  return async (app) => {
    app.get(
      '/pumps',
      {
        config: { access: 'read' },
        schema: { tags: ['pumps'], summary: 'The fleet', querystring: pumpsQuery, response: { 200: page(pump) } },
      },
      async ({ query: { limit, cursor, presence, status, state, q, sort } }) => {
        const { query, key } = sorted[sort];
        const from = decodeCursor(cursor, { sort, key, id: 'text' });
        const filter = [presence ?? null, status ?? null, q === undefined ? null : likeText(q), state ?? null];
        const rows = await db.query<PumpRow & { key: string }>(query, [...filter, from.key, from.id, limit + 1]);
        return toPage(rows, limit, (row) => ({ sort, key: row.key, id: row.id }), toPump);
      },
    );

    app.post(
      '/pumps',
      {
        config: { access: 'fleet.write' },
        schema: {
          tags: ['pumps'],
          summary: 'Provision a pump; the token is told once and stored nowhere',
          body: provisionRequest,
          response: { 201: provisioned },
        },
      },
      async (request, reply) => {
        const { model, serial } = request.body;
        const id = request.body.id ?? `PUMP-${randomBytes(5).toString('hex').toUpperCase()}`;
        const shard = shardOfPump(id);
        try {
          const made = await once(
            db,
            request,
            async (query) => {
              await query('pump_insert', [id, shard, model, serial]);
              const credential = await issue(query, id);
              await writeAudit(query, actorOf(personOf(request)), 'pump.provision', id, { model, serial });
              const result = { pump: await readPump(query, id), topicPrefix: topicPrefix(shard, id), credential };
              return { subject: id, result };
            },
            // The first answer was lost, its token with it: the same pump gets another one.
            async (query, known) => {
              const before = await knownPump(query, known);
              const credential = await issue(query, known);
              await writeAudit(query, actorOf(personOf(request)), 'pump.credential', known, { again: true });
              return { pump: await readPump(query, known), topicPrefix: topicPrefix(before.shard, known), credential };
            },
          );
          await changed([made.pump.id]);
          return await reply.code(201).send(made);
        } catch (error) {
          if (isTaken(error)) throw problem(409, `the pump id ${id} is taken`);
          throw error;
        }
      },
    );

    app.get(
      '/pumps/:id',
      {
        config: { access: 'read' },
        schema: {
          tags: ['pumps'],
          summary: 'One pump with its journals and recent events',
          params: pumpParams,
          response: { 200: pumpDetail },
        },
      },
      async (request) => pumpDetailForRole(roleOf(request), await readPumpDetail(db.query, request.params.id)),
    );

    app.patch(
      '/pumps/:id',
      {
        config: { access: 'fleet.write' },
        schema: {
          tags: ['pumps'],
          summary: 'Change what people say of a pump',
          params: pumpParams,
          body: pumpChange,
          response: { 200: pump },
        },
      },
      async (request) => {
        const { id } = request.params;
        const { model, serial, status } = request.body;
        const signedIn = personOf(request);
        const after = await db.transaction(async (query) => {
          await knownPump(query, id);
          if (status === 'retired') await retire(query, signedIn, id);
          else await makeSureOfLeave(query, id, status ?? null);
          const sets = status !== undefined && status !== 'retired';
          const said = [model ?? null, serial ?? null, sets, status ?? null, signedIn.user.id];
          await query('pump_update', [id, ...said]);
          await writeAudit(query, actorOf(signedIn), 'pump.change', id, { model, serial, status });
          return readPump(query, id);
        });
        await changed([id]);
        return after;
      },
    );

    app.post(
      '/pumps/:id/credentials',
      {
        config: { access: 'fleet.write' },
        schema: {
          tags: ['pumps'],
          summary: 'A new token; the one in use works until the new one has connected',
          params: pumpParams,
          response: { 201: issuedCredential },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const issued = await db.transaction(async (query) => {
          const before = await knownPump(query, id);
          if (before.retired) throw problem(409, 'the pump is retired; give it another status first');
          await writeAudit(query, actorOf(personOf(request)), 'pump.credential', id);
          return { topicPrefix: topicPrefix(before.shard, id), credential: await issue(query, id) };
        });
        await changed([id]);
        return reply.code(201).send(issued);
      },
    );

    app.post(
      '/pumps/:id/retire',
      {
        config: { access: 'fleet.write' },
        schema: {
          tags: ['pumps'],
          summary: 'Retire a pump: its tokens end and its link is cut',
          params: pumpParams,
          response: { 200: pump },
        },
      },
      async (request) => {
        const { id } = request.params;
        const after = await db.transaction(async (query) => {
          await knownPump(query, id);
          await retire(query, personOf(request), id);
          return readPump(query, id);
        });
        await changed([id]);
        return after;
      },
    );
  };
}

/** Taken literally: `%` and `_` of a search are not wildcards. */
function likeText(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
