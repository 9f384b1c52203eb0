// Jobs of the scoreboard in a process of its own, one after the other: asked and answered by message.
import * as z from 'zod';
import { scoreHealthy } from './healthy.ts';
import type { Told } from './parallel.ts';
import { scoreRule } from './score-rule.ts';

const job = z.discriminatedUnion('job', [
  z.object({ job: z.literal('rule'), rule: z.string(), seed: z.int(), count: z.int() }),
  z.object({
    job: z.literal('healthy'),
    seed: z.int(),
    from: z.int(),
    to: z.int(),
    days: z.number(),
    cadenceS: z.number(),
  }),
]);

const tell = (message: Told<unknown>) => void process.send?.(message);

process.once('disconnect', () => process.exit(0));
process.on('message', (asked) => {
  try {
    const given = job.parse(asked);
    const result =
      given.job === 'rule'
        ? scoreRule(given.rule, given.seed, given.count)
        : scoreHealthy(given, (done) => tell({ told: 'progress', done }));
    tell({ told: 'result', result });
  } catch (error) {
    tell({ told: 'error', words: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
