import { bytesOf, type Incoming, isUrgent, recordsIn, toWaitLong, type Waiting } from './incoming.ts';

/** What waits for its transaction: urgent messages lead the next one, the others come in order of arrival. */
export class WaitingQueue {
  #urgent: Waiting[] = [];
  #bulk: Waiting[] = [];
  #bulkAt = 0;
  /** Bytes waiting. */
  bytes = 0;
  readonly #limit: number;

  /** @param limit bytes at most; urgent messages may use a tenth more */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Messages waiting. */
  get size(): number {
    return this.#urgent.length + this.#bulk.length - this.#bulkAt;
  }

  /** When the oldest waiting message arrived, ms since 1970, or null. */
  get oldestAt(): number | null {
    const first = [this.#urgent[0], this.#bulk[this.#bulkAt]].flatMap((waiting) => waiting?.receivedAt ?? []);
    return first.length === 0 ? null : Math.min(...first);
  }

  get hasUrgent(): boolean {
    return this.#urgent.length > 0;
  }

  /**
   * Takes a message; false when memory is full. Dropping is safe: nothing of it was acknowledged.
   * @param long whether it will surely wait for more than a transaction
   */
  push(waiting: Waiting, long = false): boolean {
    const bytes = bytesOf(waiting);
    const urgent = isUrgent(waiting);
    if (this.bytes + bytes > (urgent ? this.#limit * 1.1 : this.#limit)) return false;
    const kept = long || this.bytes > this.#limit / 2 ? toWaitLong(waiting) : waiting;
    this.bytes += bytes;
    (urgent ? this.#urgent : this.#bulk).push(kept);
    return true;
  }

  /** Puts back what a failed transaction held, before everything else. */
  putBack(held: readonly Waiting[]): void {
    this.#urgent = [...held.filter(isUrgent), ...this.#urgent];
    this.#bulk = [...held.filter((waiting) => !isUrgent(waiting)), ...this.#bulk.slice(this.#bulkAt)];
    this.#bulkAt = 0;
    for (const waiting of held) this.bytes += bytesOf(waiting);
  }

  /**
   * Takes up to `limit` records, urgent ones first; at least one message, however large.
   * @param read reads a message when its turn has come
   * @returns what was taken, as it waited and as it was read
   */
  take(limit: number, read: (waiting: Waiting) => Incoming): { held: Waiting[]; incoming: Incoming[] } {
    const held: Waiting[] = [];
    const incoming: Incoming[] = [];
    let records = 0;
    const take = (waiting: Waiting) => {
      const opened = read(waiting);
      held.push(waiting);
      incoming.push(opened);
      records += recordsIn(opened);
      this.bytes -= bytesOf(waiting);
    };
    let urgent = 0;
    for (; urgent < this.#urgent.length && records < limit; urgent += 1) take(this.#urgent[urgent] as Waiting);
    if (urgent > 0) this.#urgent = this.#urgent.slice(urgent);
    for (; this.#bulkAt < this.#bulk.length && records < limit; this.#bulkAt += 1)
      take(this.#bulk[this.#bulkAt] as Waiting);
    if (this.#bulkAt > 4096 || this.#bulkAt === this.#bulk.length) {
      this.#bulk = this.#bulk.slice(this.#bulkAt);
      this.#bulkAt = 0;
    }
    return { held, incoming };
  }

  /** Everything that waits, in the order in which it would be taken; the queue keeps it. */
  *waiting(): Iterable<Waiting> {
    yield* this.#urgent;
    for (let at = this.#bulkAt; at < this.#bulk.length; at += 1) yield this.#bulk[at] as Waiting;
  }
}
