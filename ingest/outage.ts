import type { ProvisionalAlert } from '#schemas/messages/live.ts';
import type { Waiting } from './incoming.ts';
import { ProvisionalAlerts, provisionalEveryMs } from './provisional.ts';
import { readMessage } from './receive.ts';
import type { AlertEffect } from './rows.ts';
import type { Writer } from './writer.ts';

/** The time during which the database does not answer: since when, what is provisionally evaluated, what was dropped. */
export class Outage {
  since: number | null = null;
  #provisional = new ProvisionalAlerts();
  #dropped = new Map<string, number>();
  #publishedAt = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get isOn(): boolean {
    return this.since !== null;
  }

  get alerts(): ProvisionalAlert[] {
    return this.#provisional.alerts;
  }

  /** True when it begins now. What waits is evaluated at once. */
  begin(writers: readonly Writer[]): boolean {
    if (this.since !== null) return false;
    this.since = this.#now();
    this.#publishedAt = 0;
    for (const writer of writers) for (const waiting of writer.queue.waiting()) this.evaluate(writer, waiting);
    return true;
  }

  /** When every writer has its memory back, the outage is over: how long it was, and whose records were dropped. */
  end(writers: readonly Writer[]): { forMs: number; dropped: { pump: string; shard: number }[] } | null {
    if (this.since === null || writers.some((writer) => writer.isDown)) return null;
    const forMs = this.#now() - this.since;
    const dropped = [...this.#dropped].map(([pump, shard]) => ({ pump, shard }));
    this.since = null;
    this.#dropped.clear();
    this.#provisional.clear();
    return { forMs, dropped };
  }

  dropped(pump: string, shard: number): void {
    this.#dropped.set(pump, shard);
  }

  /** Alerts of a transaction whose outcome is unknown: its records are in the memory that evaluation goes on from. */
  unrecorded(alerts: readonly AlertEffect[]): void {
    for (const { pump, effect } of alerts) this.#provisional.take(pump, effect);
  }

  /** @returns whether it tells anything that was not evaluated before */
  evaluate(writer: Writer, waiting: Waiting): boolean {
    return this.#provisional.evaluate(writer.pumps, waiting.what === 'raw' ? readMessage(waiting) : waiting);
  }

  /** True when the full set is to be published now. */
  tick(writers: readonly Writer[]): boolean {
    const now = this.#now();
    for (const writer of writers) this.#provisional.tick(writer.pumps, now, (shard) => writer.listeningSince(shard));
    // What is new waits for no round: it has to be on the screens within seconds.
    if (!this.#provisional.takeChanged() && now - this.#publishedAt < provisionalEveryMs) return false;
    this.#publishedAt = now;
    return true;
  }
}
