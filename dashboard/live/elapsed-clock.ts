/**
 * A clock that also counts while the device sleeps: the monotonic clock stops then, the wall clock does not. Each is
 * only compared with itself; the larger step counts, so that a clock set back never hides elapsed time.
 */
export function elapsedClock(monotonic: () => number, wall: () => number): () => number {
  let last = { monotonic: monotonic(), wall: wall() };
  let elapsed = 0;
  return () => {
    const next = { monotonic: monotonic(), wall: wall() };
    elapsed += Math.max(next.monotonic - last.monotonic, next.wall - last.wall, 0);
    last = next;
    return elapsed;
  };
}
