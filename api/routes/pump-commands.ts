import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type * as z from 'zod';
import { commandRequest, commandSent } from '#schemas/http/administration.ts';
import { pumpParams } from '#schemas/http/queries.ts';
import type { Command } from '#schemas/messages/control.ts';
import { topicPrefix } from '#schemas/topics.ts';
import { actorOf, writeAudit } from '../audit/write.ts';
import type { Query } from '../database.ts';
import type { ApiDeps } from '../deps.ts';
import { personOf } from '../guard.ts';
import { type JournalKnown, missingRanges } from '../journal-ranges.ts';
import { problem } from '../problem.ts';
import { knownPump } from '../provisioning.ts';

const rangesInOneCommand = 16;

/** `POST /pumps/{id}/commands`: the whole way down to a pump. Nothing here touches therapy, and nothing may be added. */
export function pumpCommandRoutes({ db, broker, now }: ApiDeps): FastifyPluginAsyncZod {
  async function build(query: Query, pump: string, asked: z.infer<typeof commandRequest>): Promise<Command> {
    const id = randomUUID();
    switch (asked.cmd) {
      case 'hello':
        return { id, cmd: 'hello', args: {} };
      case 'time':
        return { id, cmd: 'time', args: asked.args ?? { at: new Date(now()).toISOString() } };
      case 'backfill': {
        if (asked.args) return { id, cmd: 'backfill', args: asked.args };
        const [journal] = await query<JournalKnown & { epoch: string }>('journal_newest', [pump]);
        const ranges = journal ? missingRanges(journal).slice(0, rangesInOneCommand) : [];
        if (!journal || ranges.length === 0) throw problem(409, 'nothing is missing');
        return { id, cmd: 'backfill', args: { epoch: journal.epoch, ranges } };
      }
    }
  }

  return async (app) => {
    app.post(
      '/pumps/:id/commands',
      {
        config: { access: 'fleet.write' },
        schema: {
          tags: ['pumps'],
          summary: 'Ask a pump for missing records, for a hello, or tell it the time',
          params: pumpParams,
          body: commandRequest,
          response: { 202: commandSent },
        },
      },
      async (request, reply) => {
        const pump = request.params.id;
        const { command, topic } = await db.transaction(async (query) => {
          const { shard, retired } = await knownPump(query, pump);
          if (retired) throw problem(409, 'the pump is retired');
          const built = await build(query, pump, request.body);
          // Written down before it leaves: a command that nobody recorded must not exist.
          await writeAudit(query, actorOf(personOf(request)), 'pump.command', pump, { ...built });
          return { command: built, topic: `${topicPrefix(shard, pump)}/down/cmd` };
        });
        if (!(await broker.publish(topic, command, 1))) {
          throw problem(503, "the broker can't be reached; the command was not sent", {}, { 'retry-after': '5' });
        }
        return reply.code(202).send({ id: command.id, cmd: command.cmd, args: { ...command.args } });
      },
    );
  };
}
