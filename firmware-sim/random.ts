// Seeded randomness whose state travels with the pump's state, so that a pump goes on with the same draws after a restart.

/** Anything that carries the generator's 32-bit state. */
export type Seeded = { rng: number };

/** Next draw in [0, 1), mulberry32; changes `seeded.rng`. */
export function draw(seeded: Seeded): number {
  seeded.rng = (seeded.rng + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seeded.rng ^ (seeded.rng >>> 15), 1 | seeded.rng);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}

/** Uniform in [low, high). */
export function between(seeded: Seeded, low: number, high: number): number {
  return low + (high - low) * draw(seeded);
}

/** Waiting time of a Poisson process, in the unit of `mean`. */
export function exponential(seeded: Seeded, mean: number): number {
  return -Math.log(1 - draw(seeded)) * mean;
}

/** Lognormal value with the given median; `sigma` is the deviation of its logarithm. */
export function lognormal(seeded: Seeded, median: number, sigma: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - draw(seeded))) * Math.cos(2 * Math.PI * draw(seeded));
  return median * Math.exp(sigma * normal);
}

/** One of `choices`, drawn by their weights. */
export function pick<T>(seeded: Seeded, choices: readonly { weight: number; value: T }[]): T {
  const total = choices.reduce((sum, choice) => sum + choice.weight, 0);
  let left = draw(seeded) * total;
  for (const choice of choices) {
    left -= choice.weight;
    if (left < 0) return choice.value;
  }
  const last = choices.at(-1);
  if (last === undefined) throw new RangeError('nothing to pick from');
  return last.value;
}

/** A seed for the n-th of many generators; neighbours share no draws. */
export function seedOf(seed: number, n: number): number {
  return (Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(n + 1, 0x85ebca6b)) | 0;
}
