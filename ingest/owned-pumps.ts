import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Lease } from './commit.ts';
import { run } from './database.ts';
import type { PumpMemory } from './fleet.ts';
import type { Incoming } from './incoming.ts';
import { columnsOf, Leases } from './leases.ts';
import { loadPumps, loadStatuses } from './load.ts';
import { passed } from './steps.ts';

type OwnedDeps = {
  pool: Pool;
  log: Logger;
  worker: string;
  now: () => number;
  /** Gives pumps that were just loaded what is on record for them. */
  giveCare: (pumps: readonly PumpMemory[]) => Promise<void>;
};

/** The shards that a writer owns, and what is remembered of their pumps. Calls never overlap: the writer's loop sees to it. */
export class OwnedPumps {
  /** Pumps of the owned shards. */
  readonly pumps = new Map<string, PumpMemory>();
  readonly leases = new Leases();
  readonly #deps: OwnedDeps;

  constructor(deps: OwnedDeps) {
    this.#deps = deps;
  }

  /** Loads the pumps of shards whose lease was just taken. Listening begins first: what arrives meanwhile waits. */
  async adopt(leases: readonly Lease[], listen: () => Promise<void>): Promise<void> {
    if (leases.length === 0) return;
    await listen();
    const { pool, giveCare, now } = this.#deps;
    const loaded = await loadPumps(
      pool,
      leases.map((lease) => lease.shard),
      [],
    );
    await giveCare(loaded);
    for (const pump of loaded) this.pumps.set(pump.pump, pump);
    for (const { shard, fence } of leases) {
      this.leases.take({ shard, fence });
      this.leases.listen(shard, now());
    }
    passed('shards-loaded');
  }

  /** Gives shards back; what still waits for them is dropped, unacknowledged. */
  async release(shards: readonly number[]): Promise<void> {
    const leases = this.leases.list(shards);
    for (const { shard } of leases) this.forget(shard);
    if (leases.length === 0) return;
    passed('before-release');
    await run(this.#deps.pool, 'releaseShards', columnsOf(leases));
    passed('shards-released');
  }

  /** At the very end: what can't be given back expires by itself. */
  async releaseAll(): Promise<void> {
    const leases = this.leases.list();
    if (leases.length > 0) await run(this.#deps.pool, 'releaseShards', columnsOf(leases));
    for (const { shard } of leases) this.forget(shard);
  }

  /** Keeps the leases, and reads what people said of the pumps. @returns false: a shard has another owner */
  async renew(): Promise<boolean> {
    const { pool, now } = this.#deps;
    const began = now();
    passed('before-renewal');
    const renewed = await run(pool, 'renewShards', columnsOf(this.leases.list()));
    const kept = renewed.rowCount === this.leases.size;
    if (kept) this.leases.renewed(began);
    return kept;
  }

  /** What people said of the pumps since they were loaded. */
  async readStatuses(): Promise<void> {
    const { pool, now } = this.#deps;
    passed('leases-renewed');
    const statuses = await loadStatuses(pool, this.leases.shards, now());
    for (const [id, { status, library }] of statuses) {
      const pump = this.pumps.get(id);
      if (pump) Object.assign(pump, { status, library });
    }
  }

  /** Pumps that were provisioned after their shard was loaded. */
  async loadUnknown(taken: readonly Incoming[]): Promise<void> {
    const unknown = new Set<string>();
    for (const { pump, shard } of taken) if (!this.pumps.has(pump) && this.leases.owns(shard)) unknown.add(pump);
    if (unknown.size === 0) return;
    const loaded = await loadPumps(this.#deps.pool, [], [...unknown]);
    await this.#deps.giveCare(loaded);
    for (const pump of loaded) if (this.leases.owns(pump.shard)) this.pumps.set(pump.pump, pump);
  }

  /** Loads everything again under a new fence. @param afterOutage our own outage is no pump's silence */
  async retake(afterOutage: boolean): Promise<void> {
    const { pool, worker, log, now, giveCare } = this.#deps;
    const { shards } = this.leases;
    const taken = await run<{ shard: number; fence: string }>(pool, 'retakeShards', [worker, shards]);
    passed('shards-retaken');
    const kept = new Map(taken.rows.map((row) => [row.shard, BigInt(row.fence)]));
    const loaded = await loadPumps(pool, [...kept.keys()], []);
    await giveCare(loaded);
    const lost = shards.filter((shard) => !kept.has(shard));
    for (const shard of lost) this.forget(shard);
    if (lost.length > 0) log.warn({ shards: lost }, 'shards were taken over');
    this.pumps.clear();
    for (const pump of loaded) this.pumps.set(pump.pump, pump);
    for (const [shard, fence] of kept) {
      this.leases.take({ shard, fence });
      if (afterOutage) this.leases.listen(shard, now());
    }
    passed('memory-reloaded');
  }

  forget(shard: number): void {
    this.leases.drop(shard);
    for (const [id, pump] of this.pumps) if (pump.shard === shard) this.pumps.delete(id);
  }
}
