const quietMs = 60_000;
const maxKeys = 1_000;

/** Says whether a line should be written, and how many like it were swallowed since the last one. */
export type QuietLog = (key: string, write: (swallowed: number) => void) => void;

/**
 * One line per key and minute, and keys are bounded: a pump that flaps or somebody who guesses must not flood the log.
 * @param now milliseconds of any steady clock
 */
export function createQuietLog(now: () => number = Date.now): QuietLog {
  const seen = new Map<string, { since: number; swallowed: number }>();
  return (key, write) => {
    const at = now();
    const known = seen.get(key);
    if (known && at - known.since < quietMs) {
      known.swallowed += 1;
      return;
    }
    seen.delete(key);
    if (seen.size >= maxKeys) {
      // Insertion order is order of age, so the oldest goes.
      const oldest = seen.keys().next();
      if (!oldest.done) seen.delete(oldest.value);
    }
    seen.set(key, { since: at, swallowed: 0 });
    write(known?.swallowed ?? 0);
  };
}
