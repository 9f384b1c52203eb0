// Apart from the frames, so that a browser's watchdog needs no parser.

/** A screen is STALE after this long without a frame, or with an older path. */
export const staleAfterMs = { frame: 12_000, path: 15_000 } as const;
/** … and NOT MONITORED after this long of either. */
export const notMonitoredAfterMs = 25_000;
/** A window that nobody touched for this long counts as nobody watching, whatever it paints. */
export const idleAfterMs = 15 * 60_000;
/** How often the server ticks. */
export const tickEveryMs = 5_000;

/**
 * Whether a path of this age lets a screen say WATCHING.
 * @param pathAgeMs null while no canary came through yet
 */
export function isFreshPath(pathAgeMs: number | null): boolean {
  return pathAgeMs !== null && pathAgeMs < staleAfterMs.path;
}
