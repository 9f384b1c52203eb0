// Work that a person announces holds the conditions that it is known to cause, for a limited time: they stay on the
// board, nobody is paged, and it ends by itself.

export const workKinds = ['bag-change', 'set-change', 'shower', 'transport'] as const;
export type WorkKind = (typeof workKinds)[number];
export type Announcement = { kind: WorkKind; at: number; by: string; endedAt: number | null };
export type WorkSettings = { holdMin: number; criticalHoldMin: number };

const changing = [
  'MDC_EVT_EMPTY',
  'MDC_EVT_VOL_INFUS_NEAR_COMP',
  'MDC_EVT_VOL_INFUS_COMP',
  'MDC_EVT_FLUID_LINE_AIR',
  'MDC_EVT_FLUID_LINE_OCCL_PROXIMAL',
  'MDC_EVT_DOOR_POSN_ERR',
  'MDC_EVT_CHECK_IV_SET',
  'MDC_EVT_STANDBY_WARN',
  'MDC_EVT_CALLBACK',
  'delivery-deviation',
  'counters',
  'ends-before-visit',
];

/** Conditions by alert type, or the beginning of an alarm's code. What is not named is never held: free flow, a wrong programme, a malfunction. */
const held: Record<WorkKind, readonly string[]> = {
  'bag-change': changing,
  'set-change': [...changing, 'MDC_EVT_FLUID_LINE_OCCL', 'occlusion-trend', 'repeated-occlusion'],
  shower: ['silent-pump', 'MDC_EVT_STANDBY_WARN', 'MDC_EVT_CALLBACK', 'MDC_EVT_PWR_LOSS'],
  transport: ['silent-pump', 'MDC_EVT_PWR_LOSS', 'MDC_EVT_BATT_LO'],
};

/** Whether work of a kind holds a condition: those that it is known to cause, and no other. */
export function isHeldBy(kind: WorkKind, type: string): boolean {
  return held[kind].some((name) => type === name || (name.startsWith('MDC_') && type.startsWith(name)));
}

/** The announcement that holds a condition now, and until when; null: page as usual. */
export function heldByWork(
  announcements: readonly Announcement[],
  type: string,
  critical: boolean,
  now: number,
  settings: WorkSettings,
): { announcement: Announcement; until: number } | null {
  const holdMs = (critical ? settings.criticalHoldMin : settings.holdMin) * 60_000;
  let last: { announcement: Announcement; until: number } | null = null;
  for (const announcement of announcements) {
    const until = Math.min(announcement.at + holdMs, announcement.endedAt ?? Number.POSITIVE_INFINITY);
    if (now < announcement.at || now >= until) continue;
    if (!isHeldBy(announcement.kind, type)) continue;
    if (!last || until > last.until) last = { announcement, until };
  }
  return last;
}
