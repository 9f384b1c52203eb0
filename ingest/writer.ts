import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { halve, rejectAlone } from './bisect.ts';
import type { Lease } from './commit.ts';
import { judgeFailure } from './database.ts';
import type { PumpMemory } from './fleet.ts';
import type { Incoming, Waiting } from './incoming.ts';
import { OwnedPumps } from './owned-pumps.ts';
import { WaitingQueue } from './queue.ts';
import { readMessage } from './receive.ts';
import { type AlertEffect, isEmpty, type Rows } from './rows.ts';
import { passed } from './steps.ts';
import { Transactions } from './transaction.ts';
import { WorkLoop } from './work-loop.ts';

// One writer owns some shards and has one transaction in flight. Alarms lead the next one; bulk waits for company, at
// most 100 ms.

/** Records in one transaction. */
const maxRecordsPerCommit = 1_000;
/**
 * A transaction that is not through by then counts as an outage, long before its time-out: an alarm of it is on the
 * screens within 5 s, whatever holds it up. ms
 */
const slowAfterMs = 3_000;
/** Waiting bytes that are surely a transaction's worth. */
const plentyBytes = 512 * 1024;

export type WriterEvents = {
  committed: (rows: Rows, outcome: { head: number | null; tookMs: number }) => void;
  /** @param unrecorded alerts of the transaction whose outcome is unknown */
  databaseFailed: (error: unknown, unrecorded?: readonly AlertEffect[]) => void;
  databaseAnswered: () => void;
};

export type WriterDeps = {
  pool: Pool;
  log: Logger;
  worker: string;
  now: () => number;
  maxQueuedBytes: number;
  /** Since when this worker hears pumps without a break, ms; now while it hears none. */
  hearingSince: () => number;
  /** Gives pumps that were just loaded what is on record for them. */
  giveCare: (pumps: readonly PumpMemory[]) => Promise<void>;
  events: WriterEvents;
};

/** What one transaction took: as it waited, to be put back, and as it was read. */
type Taken = { held: Waiting[]; incoming: Incoming[] };

const open = (waiting: Waiting): Incoming => (waiting.what === 'raw' ? readMessage(waiting) : waiting);
const taken = (incoming: Incoming[]): Taken => ({ held: incoming, incoming });

export class Writer {
  readonly queue: WaitingQueue;
  /** Pumps of the owned shards. */
  readonly pumps: ReadonlyMap<string, PumpMemory>;
  readonly #owned: OwnedPumps;
  readonly #transactions: Transactions;
  readonly #loop: WorkLoop;
  #closing = false;
  #closed = false;
  /** Alerts of the transaction that failed last. */
  #unrecorded: readonly AlertEffect[] = [];
  /** Memory is not to be trusted until it has been loaded again. */
  #stale = false;
  /** Since a transaction failed none was committed: a database that answers questions may still be unable to write. */
  #unproven = false;
  /** A transaction takes long: it may still be committed, but nobody waits for that in order to tell its alarms. */
  #slow = false;
  #failures = 0;
  #tickDue = false;
  readonly #deps: WriterDeps;

  constructor(deps: WriterDeps) {
    this.#deps = deps;
    this.queue = new WaitingQueue(deps.maxQueuedBytes);
    this.#owned = new OwnedPumps(deps);
    this.pumps = this.#owned.pumps;
    const listeningSince = (shard: number) => this.listeningSince(shard);
    this.#transactions = new Transactions({ ...deps, owned: this.#owned, listeningSince });
    this.#loop = new WorkLoop({ round: () => this.#work(), due: () => this.#due(), log: deps.log });
  }

  get shards(): number[] {
    return this.#owned.leases.shards;
  }

  owns(shard: number): boolean {
    return this.#owned.leases.owns(shard);
  }

  /** Whether evaluation goes on without the database. */
  get isDown(): boolean {
    return this.#stale || this.#unproven || this.#slow;
  }

  /** Whether the leases surely still hold: an acknowledgement after their end might be older than the next owner's. */
  holdsLeases(now: number): boolean {
    return !this.#stale && this.#owned.leases.hold(now);
  }

  listeningSince(shard: number): number {
    return Math.max(this.#owned.leases.listeningSince(shard) ?? this.#deps.now(), this.#deps.hearingSince());
  }

  /** Takes a message of an owned shard; false when it was dropped for lack of memory. */
  push(waiting: Waiting): boolean {
    const taken = this.queue.push(waiting, this.isDown);
    this.#loop.wake();
    return taken;
  }

  /** Once a second: what time alone decides. */
  tick(): void {
    this.#tickDue = true;
    this.#loop.wake();
  }

  /**
   * Begins to own shards whose lease was just taken; resolves when their pumps are loaded. Listening begins first: what
   * arrives meanwhile waits in the queue.
   */
  adopt(leases: readonly Lease[], listen: () => Promise<void>): Promise<void> {
    return this.#loop.errand(() => this.#owned.adopt(leases, listen));
  }

  /** Gives shards back; what still waits for them is dropped, unacknowledged. */
  release(shards: readonly number[]): Promise<void> {
    return this.#loop.errand(() => this.#owned.release(shards));
  }

  /** Keeps the leases of an idle writer; a transaction renews them by itself. */
  renew(): Promise<void> {
    return this.#loop.errand(async () => {
      if (this.#owned.leases.size === 0 || this.#stale) return;
      if (!(await this.#owned.renew())) this.#distrust('a shard has another owner');
      await this.#owned.readStatuses();
    });
  }

  /** Commits what waits, then stops. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#loop
      .errand(async () => {
        this.#closed = true;
        this.#loop.end();
        while (this.queue.size > 0 && !this.#stale) await this.#commitTaken(this.#take());
        this.#transactions.keepAll();
        if (!this.#stale) await this.#commitTaken(taken([]), true);
      })
      .catch((error) => this.#deps.log.warn({ err: error }, 'closing: what waits stays with the pumps'));
    await this.#loop
      .errand(() => this.#owned.releaseAll())
      .catch((error) => this.#deps.log.warn({ err: error }, 'closing: shards expire by themselves'));
  }

  #distrust(reason: string): void {
    if (!this.#stale) this.#deps.log.warn({ reason, shards: this.shards }, 'memory dropped, to be loaded again');
    this.#stale = true;
  }

  #due(): 'now' | 'soon' | 'no' {
    const { queue } = this;
    if (this.#tickDue || queue.hasUrgent) return 'now';
    if (queue.size >= maxRecordsPerCommit || queue.bytes >= plentyBytes) return 'now';
    return queue.size > 0 ? 'soon' : 'no';
  }

  /** One round: reload if needed, errands, one transaction. */
  async #work(): Promise<void> {
    const ticking = this.#tickDue;
    this.#tickDue = false;
    if (this.#stale && !(await this.#recover())) {
      // Nobody waits for a database that is away in order to stop.
      if (this.#closing) this.#loop.refuseErrands('the database is away');
      return;
    }
    await this.#loop.runErrands();
    if (this.#closed || this.#stale) return;
    const taken = this.#take();
    if (taken.held.length > 0 || ticking) await this.#commitTaken(taken, ticking);
  }

  #take(): Taken {
    return this.queue.take(maxRecordsPerCommit, open);
  }

  /** @param refusals how often the database refused this very message standing alone */
  async #commitTaken(taken: Taken, ticking = false, refusals = 0): Promise<void> {
    this.#unrecorded = [];
    const patience = setTimeout(() => {
      this.#slow = true;
      const why = new Error(`a transaction is not committed after ${slowAfterMs} ms`);
      this.#deps.events.databaseFailed(why, this.#unrecorded);
    }, slowAfterMs);
    try {
      await this.#write(taken.incoming, ticking);
    } catch (error) {
      clearTimeout(patience);
      this.#slow = false;
      await this.#afterFailure(taken.held, error, refusals);
    } finally {
      clearTimeout(patience);
    }
    if (!this.#slow) return;
    this.#slow = false;
    if (!this.isDown) this.#deps.events.databaseAnswered();
  }

  /** Builds and commits. Nothing of `taken` is acknowledged before the commit has answered. */
  async #write(taken: readonly Incoming[], ticking: boolean): Promise<void> {
    const { now, events } = this.#deps;
    const rows = await this.#transactions.build(taken, ticking);
    let head: number | null = null;
    const began = now();
    if (!isEmpty(rows)) {
      this.#unrecorded = rows.alerts;
      head = await this.#transactions.commit(rows, began);
    }
    if (this.#unproven || !isEmpty(rows)) {
      this.#failures = 0;
      this.#unproven = false;
      events.databaseAnswered();
    }
    events.committed(rows, { head, tookMs: now() - began });
  }

  /** After any error the outcome is unknown: drop, take a new fence, load again, then filter what is held again. */
  async #afterFailure(held: Waiting[], error: unknown, refusals: number): Promise<void> {
    const failure = judgeFailure(error);
    passed('outcome-unknown');
    this.#distrust(error instanceof Error ? error.message : String(error));
    if (failure === 'retry') {
      this.queue.putBack(held);
      // A full disk lets the memory be loaded again and the next transaction fail again: that must not spin.
      if (this.#unproven) this.#failures += 1;
      this.#unproven = true;
      this.#deps.events.databaseFailed(error, this.#unrecorded);
      return;
    }
    // Something in it can't be stored. Halves, until it stands alone and is kept as a rejected record.
    this.#deps.log.warn({ err: error, messages: held.length }, 'something in a transaction can not be stored');
    passed('value-refused');
    if (!(await this.#recover())) {
      this.queue.putBack(held);
      return;
    }
    const incoming = held.map(open);
    const parts = halve(incoming);
    if (parts === null) {
      passed('record-rejected');
      if (refusals < 2)
        return this.#commitTaken(taken(incoming.map((alone) => rejectAlone(alone, error))), false, refusals + 1);
      // Not even its rejection can be kept: it stays with the pump, unacknowledged, and is said loudly.
      this.#deps.log.error({ err: error, pump: held[0]?.pump }, 'a message can neither be stored nor rejected');
      return;
    }
    passed('batch-halved');
    for (const part of parts) {
      if (this.#stale) this.queue.putBack(part);
      else await this.#commitTaken(taken(part));
    }
  }

  /** Loads everything again under a new fence; false when the database does not answer yet. */
  async #recover(): Promise<boolean> {
    const { events } = this.#deps;
    if (this.#failures > 0) await pause(backOffMs(this.#failures));
    try {
      await this.#owned.retake(this.#failures > 0);
      this.#stale = false;
      if (!this.#unproven) this.#failures = 0;
      events.databaseAnswered();
      return true;
    } catch (error) {
      this.#failures += 1;
      events.databaseFailed(error);
      return false;
    }
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Full jitter, 0.1 s doubling to 2 s. */
function backOffMs(failures: number): number {
  return Math.random() * Math.min(2_000, 100 * 2 ** failures);
}
