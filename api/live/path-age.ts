import { shardCount } from '#schemas/topics.ts';

/** Canaries remembered while they are on their way; an echo that takes longer than a minute tells nothing new. */
const remembered = 60;

export type PathAge = {
  /** A canary leaves: its number. */
  sent(now: number): number;
  /** Its echo came back from a worker that owns these shards. */
  echoed(n: number, shards: readonly number[]): void;
  /** Age of the newest echo of the slowest shard; null before the first echo of all. */
  ageMs(now: number): number | null;
};

/**
 * How old what a screen shows may be: since the newest canary that came through broker and ingest, over the slowest
 * shard. Counted from when the canary left, so that a queue on the way counts too.
 */
export function createPathAge(startedAt: number): PathAge {
  const onTheWay = new Map<number, number>();
  const newest = new Map<number, number>();
  let n = 0;
  return {
    sent: (now) => {
      n += 1;
      onTheWay.set(n, now);
      onTheWay.delete(n - remembered);
      return n;
    },
    echoed: (number, shards) => {
      const leftAt = onTheWay.get(number);
      if (leftAt === undefined) return;
      for (const shard of shards) newest.set(shard, Math.max(newest.get(shard) ?? 0, leftAt));
    },
    ageMs: (now) => {
      if (newest.size === 0) return null;
      let oldest = now;
      // A shard that nobody ever answered for is as old as we are.
      for (let shard = 0; shard < shardCount; shard += 1) oldest = Math.min(oldest, newest.get(shard) ?? startedAt);
      return Math.round(Math.max(0, now - oldest));
    },
  };
}
