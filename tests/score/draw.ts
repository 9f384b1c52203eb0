// Everything that is drawn for scenarios, from one seed.
import { between, draw, type Seeded, seedOf } from '../../firmware-sim/random.ts';

export class Draw {
  readonly #seeded: Seeded;
  /** A seed for what draws by itself, such as a pump. */
  readonly seed: number;

  constructor(seed: number, n: number) {
    this.#seeded = { rng: seedOf(seed, n) };
    this.seed = this.int(1, 1_000_000_000);
  }

  between(low: number, high: number): number {
    return between(this.#seeded, low, high);
  }

  /** Whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  /** Between two values above 0, as often in each doubling. */
  factor(low: number, high: number): number {
    return Math.exp(this.between(Math.log(low), Math.log(high)));
  }

  chance(of: number): boolean {
    return draw(this.#seeded) < of;
  }

  one<T>(choices: readonly T[]): T {
    const chosen = choices[this.int(0, choices.length - 1)];
    if (chosen === undefined) throw new RangeError('nothing to draw from');
    return chosen;
  }
}

/** A text as a number, so that each rule draws for itself. */
export function hashOf(text: string): number {
  let hash = 0;
  for (const char of text) hash = (Math.imul(hash, 31) + (char.codePointAt(0) ?? 0)) | 0;
  return hash & 0x7fffffff;
}
