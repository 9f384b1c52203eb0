import type { Ack } from '#schemas/messages/control.ts';
import { missingRanges } from '#schemas/rules/cursor.ts';
import { topicPrefix } from '#schemas/topics.ts';
import type { Rows } from './rows.ts';

// A pump hears what is committed, never what is merely received: at once after alarms and hellos, else at most every 5 s.

/** Least time between two usual acknowledgements of one pump, ms. */
export const ackEveryMs = 5_000;

type Waiting = { topic: string; epoch: string; upTo: number; missing: [number, number][] };

export type Publish = (topic: string, payload: string) => void;

export class Acknowledger {
  #lastAt = new Map<string, number>();
  #waiting = new Map<string, Waiting>();
  readonly #publish: Publish;
  readonly #window: () => number;
  sent = 0;

  /** @param window how many unacknowledged records a pump may have in flight, by how busy we are */
  constructor(publish: Publish, window: () => number) {
    this.#publish = publish;
    this.#window = window;
  }

  /** After a commit: what is in it is now true, and is kept as it was at this moment. */
  committed(rows: Rows, now: number): void {
    for (const [pump, { journal, atOnce }] of rows.acknowledge) {
      this.#waiting.set(pump.pump, {
        topic: `${topicPrefix(pump.shard, pump.pump)}/down/ack`,
        epoch: journal.epoch,
        upTo: journal.cursor.upTo,
        missing: missingRanges(journal.cursor),
      });
      if (atOnce || this.#isDue(pump.pump, now)) this.#send(pump.pump, now);
    }
  }

  /** Sends what has waited long enough. */
  flush(now: number): void {
    for (const pump of this.#waiting.keys()) {
      if (this.#isDue(pump, now)) this.#send(pump, now);
    }
  }

  /** Before closing: everything that waits, however recent. */
  flushAll(now: number): void {
    for (const pump of [...this.#waiting.keys()]) this.#send(pump, now);
  }

  /** Pumps of shards that went to another worker hear that one. */
  forget(owned: (pump: string) => boolean): void {
    for (const pump of this.#lastAt.keys()) {
      if (owned(pump)) continue;
      this.#lastAt.delete(pump);
      this.#waiting.delete(pump);
    }
  }

  /** A clock that was set back keeps nobody waiting until it has caught up. */
  #isDue(pump: string, now: number): boolean {
    return Math.abs(now - (this.#lastAt.get(pump) ?? 0)) >= ackEveryMs;
  }

  #send(pump: string, now: number): void {
    const waiting = this.#waiting.get(pump);
    if (!waiting) return;
    this.#waiting.delete(pump);
    this.#lastAt.set(pump, now);
    const ack: Ack = {
      epoch: waiting.epoch,
      upTo: waiting.upTo,
      missing: waiting.missing,
      window: this.#window(),
      at: new Date(now).toISOString(),
    };
    this.sent += 1;
    this.#publish(waiting.topic, JSON.stringify(ack));
  }
}
