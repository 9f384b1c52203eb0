import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { shardCount } from '#schemas/topics.ts';
import { run } from './database.ts';
import { passed } from './steps.ts';
import type { Writer } from './writer.ts';

// Shards are owned through their rows: fence and expiry. Each worker takes its even share of what has expired; order per
// pump holds because one worker owns it. That is all the coordination there is.

export type LeaseDeps = {
  pool: Pool;
  log: Logger;
  worker: string;
  writers: readonly Writer[];
  subscribe: (shards: readonly number[]) => Promise<void>;
  unsubscribe: (shards: readonly number[]) => Promise<void>;
};

export function writerOf(writers: readonly Writer[], shard: number): Writer {
  return writers[shard % writers.length] as Writer;
}

/**
 * One round: say that we live, keep what we have, give back what is too much, take what has expired.
 * @returns the shards that were taken
 */
export async function keepLeases(deps: LeaseDeps): Promise<number[]> {
  const { pool, log, worker, writers, subscribe, unsubscribe } = deps;
  const beat = await run<{ workers: number }>(pool, 'heartbeatWorker', [worker]);
  const fair = Math.ceil(shardCount / (beat.rows[0]?.workers ?? 1));
  await Promise.all(writers.map((writer) => writer.renew()));

  const owned = writers.flatMap((writer) => writer.shards).sort((a, b) => a - b);
  if (owned.length > fair) {
    const excess = owned.slice(fair);
    await unsubscribe(excess).catch((error) => log.warn({ err: error }, 'unsubscribe'));
    await Promise.all(writers.map((writer) => writer.release(excess.filter((shard) => writer.owns(shard)))));
    log.info({ shards: excess }, 'shards given back');
  }
  if (owned.length < fair) {
    const taken = await run<{ shard: number; fence: string }>(pool, 'takeShards', [worker, fair - owned.length]);
    if (taken.rows.length === 0) return [];
    passed('shards-taken');
    const leases = taken.rows.map((row) => ({ shard: row.shard, fence: BigInt(row.fence) }));
    await Promise.all(
      writers.map((writer) => {
        const mine = leases.filter((lease) => writerOf(writers, lease.shard) === writer);
        return writer.adopt(mine, () => subscribe(mine.map((lease) => lease.shard)));
      }),
    );
    log.info({ shards: leases.map((lease) => lease.shard) }, 'shards taken');
    return leases.map((lease) => lease.shard);
  }
  return [];
}
