// Board and page are two things (alerts-and-limits.md): the board shows every active alert at once; people are paged for
// it after a dwell by priority, or after what its rule said, unless announced work or an expected absence holds it.

import type { Priority } from '../messages/record.ts';
import { type Announcement, heldByWork, type WorkSettings } from './announced-work.ts';
import type { Audience } from './audience.ts';
import { expectedOffline, type OfflineSettings, type OfflineWindow } from './expected-offline.ts';

/** What decides when people are paged for an alert; times in milliseconds since 1970. */
export type PagingFacts = {
  type: string;
  audience: Audience;
  /** As it is now: what worsened counts as what it became. */
  priority: Priority;
  /** `detail.critical`: a ★ drug. */
  critical: boolean;
  /** `detail.pageAfterMin`: the rule's own dwell, counted from `raisedAt`; null: the default of its priority. */
  pageAfterMin: number | null;
  raisedAt: number;
  /** null: still active. */
  endedAt: number | null;
  /** When a person first said by a gesture that they saw it. */
  seenAt: number | null;
  /** Found in what came in late. */
  late: boolean;
};

/** What is known of the alert's pump that may hold it. */
export type PagingHolds = {
  announcements: readonly Announcement[];
  windows: readonly OfflineWindow[];
  work: WorkSettings;
  offline: OfflineSettings;
};

export type Hold = { by: 'work' | 'expected-offline'; until: number };

export type Paging =
  | { page: 'never'; because: 'technician' | 'day-list' | 'late-and-ended' | 'ended' | 'seen' }
  /** At this moment, if nothing changes until then; one that has passed means now. `held`: what moved it last. */
  | { page: 'at'; at: number; held: Hold | null };

/** How long a condition must have lasted before people are paged; null: never, it is on the day list. */
export const dwellMin: Record<Priority, number | null> = { high: 0, medium: 5, low: null };

/**
 * When people are paged for an alert, as far as is known now. Ask again whenever the alert or what holds it changed, and
 * at the moment itself: work announced meanwhile moves it.
 */
export function pagingOf(alert: PagingFacts, holds: PagingHolds): Paging {
  if (alert.audience === 'technician') return { page: 'never', because: 'technician' };
  const minutes = alert.pageAfterMin ?? (alert.audience === 'technical-on-call' ? 0 : dwellMin[alert.priority]);
  if (minutes === null) return { page: 'never', because: 'day-list' };
  const due = afterHolds(alert, holds, alert.raisedAt + minutes * 60_000);
  if (alert.endedAt === null) return { page: 'at', ...due };

  if (alert.late) return { page: 'never', because: 'late-and-ended' };
  // A clinical high one that lasted its dwell is owed until somebody has seen it, though its condition is over.
  const isOwed = alert.audience === 'clinical' && alert.priority === 'high' && due.at <= alert.endedAt;
  if (!isOwed) return { page: 'never', because: 'ended' };
  return alert.seenAt === null ? { page: 'at', ...due } : { page: 'never', because: 'seen' };
}

/** The first moment from `at` on at which nothing holds it: one hold may begin before another is over. */
function afterHolds(alert: PagingFacts, holds: PagingHolds, at: number): { at: number; held: Hold | null } {
  const held = holdAt(alert, holds, at);
  if (held === null) return { at, held: null };
  const later = afterHolds(alert, holds, held.until);
  return { at: later.at, held: later.held ?? held };
}

function holdAt(alert: PagingFacts, holds: PagingHolds, at: number): Hold | null {
  // The platform's own alerts are nobody's bag change.
  if (alert.audience !== 'clinical') return null;
  const work = heldByWork(holds.announcements, alert.type, alert.critical, at, holds.work);
  const away = alert.type === 'silent-pump' ? expectedOffline(holds.windows, alert.critical, at, holds.offline) : null;
  if (away && (!work || away.until > work.until)) return { by: 'expected-offline', until: away.until };
  return work && { by: 'work', until: work.until };
}

/** The shared keys of `alert.detail` that decide about paging; what is not of its type counts as absent. */
export function pagingDetail(
  detail: Readonly<Record<string, unknown>>,
): Pick<PagingFacts, 'critical' | 'pageAfterMin'> {
  const { critical, pageAfterMin } = detail;
  const isMinutes = typeof pageAfterMin === 'number' && Number.isFinite(pageAfterMin) && pageAfterMin >= 0;
  return { critical: critical === true, pageAfterMin: isMinutes ? pageAfterMin : null };
}
