/**
 * Looked at once a second: a longer gap than this, or a clock that runs back, and we stood still or the clock was set, ms.
 * The pumps stayed with the broker meanwhile: a shorter one costs each a sample or two, which is no silence yet.
 */
const stoodStillMs = 15_000;
/** A link that is back sooner was no broker's restart, after which pumps take up to a minute to return, ms. */
const shortBreakMs = 5_000;

/**
 * Since when this worker hears pumps without a break. A pump is silent only for who listens: a broker that stands still, a
 * machine that is suspended and a clock that is set silence every pump at once, and none of them is a pump's doing.
 */
export class Hearing {
  #since: number | null = null;
  #lookedAt: number | null = null;
  #downSince: number | null = null;

  /**
   * Once a second, before time decides anything.
   * @param now ms since 1970
   * @param linked whether the link to the broker stands
   */
  look(now: number, linked: boolean): void {
    const passed = now - (this.#lookedAt ?? now);
    this.#lookedAt = now;
    if (passed < 0 || passed > stoodStillMs) this.#since = null;
    if (!linked) {
      this.#downSince ??= now;
      if (now - this.#downSince >= shortBreakMs) this.#since = null;
      return;
    }
    this.#downSince = null;
    this.#since ??= now;
  }

  /** `now` while nothing is heard. */
  since(now: number): number {
    return this.#since ?? now;
  }
}
