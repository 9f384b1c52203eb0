import type { ServerFrame } from '#schemas/http/live-frames.ts';
import { may } from '#schemas/http/permissions.ts';
import type { Role } from '#schemas/http/shapes.ts';
import type { ApiMetrics } from '../metrics.ts';
import { alertForRole } from '../told-by-role.ts';
import type { AlertBoard, FeedEntry } from './alert-board.ts';
import { broadcastText } from './broadcast.ts';
import type { Receipts } from './receipts.ts';
import type { Screen } from './screen.ts';

type TellingDeps = {
  alerts: AlertBoard;
  screens: ReadonlySet<Screen>;
  receipts: Receipts;
  metrics: ApiMetrics;
  now: () => number;
};

/** Changes of alerts on their way to screens, and when each alert left for one for the first time. */
export function createAlertTelling({ alerts, screens, receipts, metrics, now }: TellingDeps) {
  /** @param at the moment of sending, ms since 1970: what it was sent at where it had not been before */
  function frame({ seq, alert }: FeedEntry, at: number, role: Role): ServerFrame {
    const sentAt = alert.hops.sentAt ?? alerts.get(alert.id)?.hops.sentAt ?? new Date(at).toISOString();
    return { type: 'alert', seq, at, alert: alertForRole(role, { ...alert, hops: { ...alert.hops, sentAt } }) };
  }

  /** Serialised once for all who may know patients, and once for those who may not. */
  function texts(entry: FeedEntry, at: number): (role: Role) => string {
    const known = new Map<boolean, string>();
    return (role) => {
      const knows = may(role, 'initials.read');
      const text = known.get(knows) ?? JSON.stringify(frame(entry, at, role));
      known.set(knows, text);
      return text;
    };
  }

  /** A change, to every screen that follows. @returns the bytes that each was sent */
  function changed(entry: FeedEntry): number {
    const { alert } = entry;
    const at = now();
    const fresh = alerts.get(alert.id)?.hops.sentAt === null;
    const reached = broadcastText(screens, texts(entry, at));
    if (!fresh || reached.screens === 0) return reached.bytes;
    markSent([alert.id], at);
    if (!alert.late && alert.hops.receivedAt !== null) {
      metrics.alertDelay.observe((at - Date.parse(alert.hops.receivedAt)) / 1000);
    }
    return reached.bytes;
  }

  function markSent(ids: readonly string[], at: number): void {
    for (const id of ids) {
      receipts.note('sent', id, at);
      alerts.stamp(id, 'sentAt', new Date(at).toISOString());
    }
  }

  return { frame, changed, markSent };
}
