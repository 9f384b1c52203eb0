import { notMonitoredAfterMs, staleAfterMs } from '#schemas/http/live-times.ts';

/** What the watchdog has heard. All times are milliseconds of this device's own clock. */
export type Heard = {
  /** When watching began: the reference until the first frame. */
  startedAt: number;
  lastFrameAt: number | null;
  /** Newest path age told by a tick, and when it was told; null until a tick knew one. */
  path: { ageMs: number; toldAt: number } | null;
  /** Server time of the newest tick whose path was fresh. */
  lastTrustedAt: number | null;
};

export type Watch =
  | { at: 'connecting' }
  | { at: 'watching' }
  | { at: 'stale'; because: 'frame' | 'path'; forMs: number }
  | { at: 'not-monitored'; because: 'frame' | 'path'; forMs: number; lastTrustedAt: number | null };

/**
 * Whether the screen may be trusted (architecture.md, "Alerts to people"): STALE at 12 s without a frame or a 15 s old
 * path, NOT MONITORED at 25 s of either, WATCHING never before the first tick with a fresh path.
 * @param now same clock as `heard`
 */
export function assess(heard: Heard, now: number): Watch {
  const frameMs = now - (heard.lastFrameAt ?? heard.startedAt);
  const pathMs = heard.path === null ? now - heard.startedAt : heard.path.ageMs + (now - heard.path.toldAt);
  const because = frameMs >= staleAfterMs.frame ? 'frame' : 'path';
  const forMs = because === 'frame' ? frameMs : pathMs;
  if (frameMs >= notMonitoredAfterMs || pathMs >= notMonitoredAfterMs) {
    return { at: 'not-monitored', because, forMs, lastTrustedAt: heard.lastTrustedAt };
  }
  if (frameMs >= staleAfterMs.frame || pathMs >= staleAfterMs.path) return { at: 'stale', because, forMs };
  return heard.lastTrustedAt === null ? { at: 'connecting' } : { at: 'watching' };
}
