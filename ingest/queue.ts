import { type Incoming, isUrgent, weight } from './incoming.ts';

/** What waits for its transaction: urgent messages lead the next one, the others come in order of arrival. */
export class IncomingQueue {
  #urgent: Incoming[] = [];
  #bulk: Incoming[] = [];
  #bulkAt = 0;
  #oldestAt = 0;
  /** Records waiting. */
  size = 0;
  /** Records dropped since the queue was full; safe, since nothing of them was acknowledged. */
  dropped = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes a message; false when memory is full. Urgent ones may use a tenth more than the others. */
  push(incoming: Incoming): boolean {
    const records = weight(incoming);
    const urgent = isUrgent(incoming);
    if (this.size + records > (urgent ? this.#limit * 1.1 : this.#limit)) {
      this.dropped += records;
      return false;
    }
    if (this.size === 0) this.#oldestAt = incoming.receivedAt;
    this.size += records;
    (urgent ? this.#urgent : this.#bulk).push(incoming);
    return true;
  }

  /** Puts back what a failed transaction held, before everything else. */
  putBack(held: readonly Incoming[]): void {
    const urgent = held.filter(isUrgent);
    const bulk = held.filter((incoming) => !isUrgent(incoming));
    this.#urgent = [...urgent, ...this.#urgent];
    this.#bulk = [...bulk, ...this.#bulk.slice(this.#bulkAt)];
    this.#bulkAt = 0;
    for (const incoming of held) this.size += weight(incoming);
    this.#oldestAt = Math.min(this.#oldestAt, held[0]?.receivedAt ?? this.#oldestAt);
  }

  get hasUrgent(): boolean {
    return this.#urgent.length > 0;
  }

  /** When the oldest waiting message may have arrived, ms. */
  get oldestAt(): number {
    return this.#oldestAt;
  }

  /** Takes up to `limit` records, urgent ones first. At least one message, however large. */
  take(limit: number): Incoming[] {
    const taken: Incoming[] = [];
    let records = 0;
    const fits = (incoming: Incoming) => taken.length === 0 || records + weight(incoming) <= limit;
    let urgent = 0;
    while (urgent < this.#urgent.length && fits(this.#urgent[urgent] as Incoming)) {
      const incoming = this.#urgent[urgent] as Incoming;
      taken.push(incoming);
      records += weight(incoming);
      urgent += 1;
    }
    if (urgent > 0) this.#urgent = this.#urgent.slice(urgent);
    while (this.#bulkAt < this.#bulk.length && fits(this.#bulk[this.#bulkAt] as Incoming)) {
      const incoming = this.#bulk[this.#bulkAt] as Incoming;
      taken.push(incoming);
      records += weight(incoming);
      this.#bulkAt += 1;
    }
    if (this.#bulkAt > 4096 || this.#bulkAt === this.#bulk.length) {
      this.#bulk = this.#bulk.slice(this.#bulkAt);
      this.#bulkAt = 0;
    }
    this.size -= records;
    this.#oldestAt = this.#bulk[this.#bulkAt]?.receivedAt ?? this.#urgent[0]?.receivedAt ?? 0;
    return taken;
  }

  /** Everything that waits, in the order in which it would be taken; the queue keeps it. */
  *waiting(): Iterable<Incoming> {
    yield* this.#urgent;
    for (let at = this.#bulkAt; at < this.#bulk.length; at += 1) yield this.#bulk[at] as Incoming;
  }
}
