// Times in which a pump is known to be out of reach: a commute, a hospital visit. Silence in them is shown and not
// paged; it never counts as "all clear".

export type OfflineWindow = { from: number; until: number; reason: string; by: string };
export type OfflineSettings = { mostHours: number };

/**
 * The window that holds a silence now, with the moment when it ends to be held; null: page as usual. A ★ drug is never
 * held, nor is a window longer than allowed beyond its allowed length.
 */
export function expectedOffline(
  windows: readonly OfflineWindow[],
  critical: boolean,
  now: number,
  settings: OfflineSettings,
): { window: OfflineWindow; until: number } | null {
  if (critical) return null;
  let longest: { window: OfflineWindow; until: number } | null = null;
  for (const window of windows) {
    const until = Math.min(window.until, window.from + settings.mostHours * 3_600_000);
    if (now < window.from || now >= until) continue;
    if (!longest || until > longest.until) longest = { window, until };
  }
  return longest;
}
