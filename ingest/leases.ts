import type { Lease } from './commit.ts';

/** How long a lease holds without renewal, ms (sql/renew-shards.sql). */
const leaseMs = 5_000;

/** The shards that one writer owns: their fences, since when it listens to them, and when they were last renewed. */
export class Leases {
  #fences = new Map<number, bigint>();
  #listeningSince = new Map<number, number>();
  #renewedAt = 0;

  get shards(): number[] {
    return [...this.#fences.keys()];
  }

  get size(): number {
    return this.#fences.size;
  }

  owns(shard: number): boolean {
    return this.#fences.has(shard);
  }

  /** What is owned, of these shards or of all. */
  list(shards: readonly number[] = this.shards): Lease[] {
    return shards.flatMap((shard) => {
      const fence = this.#fences.get(shard);
      return fence === undefined ? [] : [{ shard, fence }];
    });
  }

  take({ shard, fence }: Lease): void {
    this.#fences.set(shard, fence);
  }

  drop(shard: number): void {
    this.#fences.delete(shard);
    this.#listeningSince.delete(shard);
  }

  /** Listening begins, or begins anew: a pump can't be silent before it could be heard. */
  listen(shard: number, since: number): void {
    this.#listeningSince.set(shard, since);
  }

  listeningSince(shard: number): number | null {
    return this.#listeningSince.get(shard) ?? null;
  }

  /** @param began before the statement that renewed them, ms */
  renewed(began: number): void {
    this.#renewedAt = began;
  }

  /** Whether they surely still hold. */
  hold(now: number): boolean {
    // A clock that was set back does not make a lease longer.
    return Math.abs(now - this.#renewedAt) < leaseMs;
  }
}

/** As the queries take them: shards and fences side by side. */
export function columnsOf(leases: readonly Lease[]): [shards: number[], fences: string[]] {
  return [leases.map(({ shard }) => shard), leases.map(({ fence }) => fence.toString())];
}
