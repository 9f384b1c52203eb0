import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type * as z from 'zod';
import { system } from '#schemas/http/administration.ts';
import { readDelays } from '../alert-delays.ts';
import { type Database, isDatabaseAway } from '../database.ts';
import type { ApiDeps } from '../deps.ts';

type System = z.infer<typeof system>;

/** An ingest worker whose echo is older than this does not answer; echoes come every 2 s. */
const answersWithinMs = 10_000;
const dayMs = 86_400_000;

/** `GET /system`: components, delays, who is watching. Answers during a database outage too: that is when it is read. */
export function systemRoutes({ db, broker, live, databaseWatch, now }: ApiDeps): FastifyPluginAsyncZod {
  const iso = (ms: number) => new Date(ms).toISOString();
  return async (app) => {
    app.get(
      '/system',
      {
        config: { access: 'system.read' },
        schema: { tags: ['system'], summary: 'Components, delays, screens watching', response: { 200: system } },
      },
      async () => {
        const { up, downSince } = databaseWatch.state();
        const components: System['components'] = [
          { name: 'api', state: 'up', detail: null, ageMs: 0 },
          { name: 'broker', state: broker.connected() ? 'up' : 'down', detail: null, ageMs: null },
          {
            name: 'database',
            state: up ? 'up' : 'down',
            detail: downSince === null ? null : `since ${iso(downSince)}`,
            ageMs: null,
          },
          ...live.components().map(({ worker, shards, ageMs, databaseDownSince }) => ({
            name: `ingest ${worker}`,
            state: ageMs < answersWithinMs ? ('up' as const) : ('down' as const),
            detail: `${shards.length} shards${databaseDownSince === null ? '' : ', without its database'}`,
            ageMs,
          })),
        ];
        if (live.components().length === 0) {
          components.push({ name: 'ingest', state: 'unknown', detail: 'no echo yet', ageMs: null });
        }
        return {
          at: iso(now()),
          components,
          pathAgeMs: live.pathAgeMs(),
          feedHead: live.head(),
          screens: live.screens().map(({ user, since, lastReceiptAt }) => ({
            user,
            since: iso(since),
            lastReceiptAt: lastReceiptAt === null ? null : iso(lastReceiptAt),
          })),
          ...(await storage(db, now)),
        };
      },
    );
  };
}

async function storage(db: Database, now: () => number): Promise<Pick<System, 'delays' | 'database'>> {
  try {
    const { hops } = await readDelays(db.query, { from: new Date(now() - dayMs).toISOString(), to: null });
    const [database] = await db.query<NonNullable<System['database']>>('system_storage');
    return {
      delays: hops,
      database: database ?? null,
    };
  } catch (error) {
    if (isDatabaseAway(error)) return { delays: null, database: null };
    throw error;
  }
}
