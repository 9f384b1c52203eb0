// Flow of a stroking pump: a start-up lag, then a steady rate, counted in whole strokes.

/** Time constant of the start-up, s: slack in set and mechanism is taken up slower at a low rate. */
export function startUpLagS(rateMlPerH: number): number {
  return rateMlPerH > 0 ? Math.min(120, 5 + 30 / rateMlPerH) : 0;
}

/**
 * Volume in mL that a segment delivered between two moments, both in ms since the segment's start: the integral of
 * rate × (1 − e^(−t/lag)). It adds up over any partition of the time.
 */
export function deliveredMl(rateMlPerH: number, fromMs: number, toMs: number): number {
  if (rateMlPerH <= 0 || toMs <= fromMs) return 0;
  const lagMs = startUpLagS(rateMlPerH) * 1000;
  const lagging = lagMs * (Math.exp(-fromMs / lagMs) - Math.exp(-toMs / lagMs));
  return (rateMlPerH / 3_600_000) * (toMs - fromMs - lagging);
}

/**
 * Moment in ms since the segment's start at which `ml` more than at `fromMs` were delivered.
 * @returns Infinity at rate 0; accurate to 1 ms, never early
 */
export function momentOfMl(rateMlPerH: number, fromMs: number, ml: number): number {
  if (ml <= 0) return fromMs;
  if (rateMlPerH <= 0) return Number.POSITIVE_INFINITY;
  const steadyMs = (ml / rateMlPerH) * 3_600_000;
  let low = fromMs + steadyMs;
  let high = low + startUpLagS(rateMlPerH) * 1000;
  while (high - low > 0.5) {
    const middle = (low + high) / 2;
    if (deliveredMl(rateMlPerH, fromMs, middle) < ml) low = middle;
    else high = middle;
  }
  return Math.ceil(high);
}

/** Whole strokes in a volume; a volume that is a multiple but for rounding counts fully. */
export function strokesIn(ml: number, strokeMl: number): number {
  return Math.floor(ml / strokeMl + 1e-6);
}

/** A set's own deviation of delivered from counted volume: ±3 to 6 %, as a factor near 1. */
export function setBias(uniformSign: number, uniformSize: number): number {
  return 1 + (uniformSign < 0.5 ? -1 : 1) * (0.03 + 0.03 * uniformSize);
}
