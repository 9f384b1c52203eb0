/** The wall clock runs ahead of the monotonic one by more than this: the device slept, or its clock was set, ms. */
const sleptMs = 1_000;

/**
 * A clock that also counts while the device sleeps: the monotonic clock stops then, the wall clock does not. Each is
 * only compared with itself; the larger step counts, so that a clock set back never hides elapsed time.
 */
export function elapsedClock(monotonic: () => number, wall: () => number): () => number {
  let last = { monotonic: monotonic(), wall: wall() };
  let elapsed = 0;
  return () => {
    const next = { monotonic: monotonic(), wall: wall() };
    const step = next.monotonic - last.monotonic;
    const wallStep = next.wall - last.wall;
    // Whole milliseconds against parts of them: the larger of every small step would run ahead.
    elapsed += wallStep - step > sleptMs ? wallStep : Math.max(step, 0);
    last = next;
    return elapsed;
  };
}
