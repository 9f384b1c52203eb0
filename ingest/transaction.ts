import type { Pool } from 'pg';
import { buildBatch, buildHello, buildTime } from './build.ts';
import { commit, noteCommitted } from './commit.ts';
import { CopyBuffer } from './copy-binary.ts';
import { Unbuildable } from './database.ts';
import type { Incoming } from './incoming.ts';
import { KeptStates } from './kept-states.ts';
import type { OwnedPumps } from './owned-pumps.ts';
import { buildUnreadable } from './rejected-rows.ts';
import { newRows, type Rows } from './rows.ts';
import { passed } from './steps.ts';

type TransactionDeps = {
  pool: Pool;
  now: () => number;
  owned: OwnedPumps;
  /** Since when a shard's pumps are heard without a break, ms. */
  listeningSince: (shard: number) => number;
};

/** What one transaction is made of, and its commit. The writer decides when, and what follows a failure. */
export class Transactions {
  /** One buffer for the samples of every transaction: a new one each time costs more than filling it. */
  readonly #samples = new CopyBuffer(256 * 1024);
  readonly #keptStates = new KeptStates();
  readonly #deps: TransactionDeps;

  constructor(deps: TransactionDeps) {
    this.#deps = deps;
  }

  /** Every pump's state is part of the next one. */
  keepAll(): void {
    this.#keptStates.keepAll();
  }

  /** @param ticking what time alone decides is part of it */
  async build(taken: readonly Incoming[], ticking: boolean): Promise<Rows> {
    const { now, owned, listeningSince } = this.#deps;
    await owned.loadUnknown(taken);
    if (taken.length > 0) passed('batch-taken');
    const rows = newRows(this.#samples.clear());
    for (const incoming of taken) this.#build(rows, incoming);
    if (ticking) for (const pump of owned.pumps.values()) buildTime(rows, pump, now(), listeningSince(pump.shard));
    this.#keptStates.choose(rows, now(), ticking, owned.pumps);
    return rows;
  }

  /** Nothing is acknowledged before this has answered. @returns the feed's head */
  async commit(rows: Rows, began: number): Promise<number | null> {
    const { pool, now, owned } = this.#deps;
    const client = await pool.connect();
    let head: number | null;
    try {
      ({ head } = await commit(client, owned.leases.list(), rows));
      client.release();
    } catch (error) {
      // The connection may be inside a transaction, or gone: never back to the pool.
      client.release(error instanceof Error ? error : true);
      throw error;
    }
    owned.leases.renewed(began);
    noteCommitted(rows, now());
    return head;
  }

  /** @throws Unbuildable: a record that nobody foresaw may cost itself, and never what waits beside it */
  #build(rows: Rows, incoming: Incoming): void {
    try {
      this.#fill(rows, incoming);
    } catch (error) {
      throw new Unbuildable(error instanceof Error ? error.message : String(error), { cause: error });
    }
  }

  #fill(rows: Rows, incoming: Incoming): void {
    const { leases, pumps } = this.#deps.owned;
    if (!leases.owns(incoming.shard) && incoming.what !== 'unreadable') return;
    const pump = pumps.get(incoming.pump) ?? null;
    if (incoming.what === 'unreadable') buildUnreadable(rows, pump, incoming);
    else if (pump === null) return;
    else if (incoming.what === 'hello') buildHello(rows, pump, incoming);
    else buildBatch(rows, pump, incoming);
  }
}
