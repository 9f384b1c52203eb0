import type { Alert } from '#schemas/http/alert.ts';

/** One change of an alert, as the feed numbered it. */
export type FeedEntry = { seq: number; alert: Alert };

const endedShownMs = 60 * 60_000;
const entriesKept = 1_000;

/**
 * What the board shows, and the last changes, in memory: a thousand browsers that reconnect cost no query, and one that
 * connects during an outage still sees the last recorded state.
 */
export type AlertBoard = {
  feedEpoch: string | null;
  head: number;
  load(feedEpoch: string, head: number, alerts: readonly Alert[], recent: readonly FeedEntry[]): void;
  apply(entry: FeedEntry): void;
  /** Writes a receipt into the alert's hops as long as that hop is empty. */
  stamp(id: string, hop: 'sentAt' | 'renderedAt', at: string): void;
  /** Changes after `last`, or null where a snapshot is needed instead. */
  since(feedEpoch: string | null, last: number): FeedEntry[] | null;
  /** Active, ended and unseen high, and ended in the last hour; newest first. */
  shown(now: number): Alert[];
  /** Forgets what is no longer shown. */
  prune(now: number): void;
  /** The alert that a feed number changed, while that change is remembered. */
  alertAt(seq: number): string | null;
  /** The alert as the board holds it, its receipts included. */
  get(id: string): Alert | undefined;
};

/** Receipts are written a moment after they happened: a change in between does not know them yet. */
function keepReceipts(alert: Alert, before: Alert): Alert {
  const sentAt = alert.hops.sentAt ?? before.hops.sentAt;
  const renderedAt = alert.hops.renderedAt ?? before.hops.renderedAt;
  return { ...alert, hops: { ...alert.hops, sentAt, renderedAt } };
}

/** Plain comparison: a board of thousands is put in order for every screen that comes back. */
function newestFirst(a: Alert, b: Alert): number {
  if (a.raisedAt !== b.raisedAt) return a.raisedAt < b.raisedAt ? 1 : -1;
  return a.id < b.id ? 1 : -1;
}

export function createAlertBoard(): AlertBoard {
  const alerts = new Map<string, Alert>();
  let recent: FeedEntry[] = [];

  const isShown = (alert: Alert, now: number) =>
    alert.condition === 'active' ||
    (alert.audience === 'clinical' && alert.priority === 'high' && alert.hops.seenAt === null) ||
    (alert.endedAt !== null && now - Date.parse(alert.endedAt) < endedShownMs);

  const board: AlertBoard = {
    feedEpoch: null,
    head: 0,
    load: (feedEpoch, head, loaded, entries) => {
      alerts.clear();
      for (const alert of loaded) alerts.set(alert.id, alert);
      recent = [...entries];
      board.feedEpoch = feedEpoch;
      board.head = head;
    },
    apply: (entry) => {
      const before = alerts.get(entry.alert.id);
      alerts.set(entry.alert.id, before ? keepReceipts(entry.alert, before) : entry.alert);
      recent.push(entry);
      if (recent.length > 2 * entriesKept) recent = recent.slice(-entriesKept);
      board.head = entry.seq;
    },
    stamp: (id, hop, at) => {
      const alert = alerts.get(id);
      if (alert && alert.hops[hop] === null) alerts.set(id, { ...alert, hops: { ...alert.hops, [hop]: at } });
    },
    since: (feedEpoch, last) => {
      if (feedEpoch === null || feedEpoch !== board.feedEpoch || last > board.head) return null;
      const missed = board.head - last;
      if (missed === 0) return [];
      if (missed > entriesKept || missed > recent.length) return null;
      return recent.slice(recent.length - missed);
    },
    prune: (now) => {
      for (const [id, alert] of alerts) if (!isShown(alert, now)) alerts.delete(id);
    },
    shown: (now) => [...alerts.values()].filter((alert) => isShown(alert, now)).sort(newestFirst),
    alertAt: (seq) => {
      const entry = recent[recent.length - 1 - (board.head - seq)];
      return entry?.seq === seq ? entry.alert.id : null;
    },
    get: (id) => alerts.get(id),
  };
  return board;
}
