import type { Alert } from '#schemas/http/alert.ts';
import type { ServerFrame } from '#schemas/http/live-frames.ts';
import type { Pump } from '#schemas/http/shapes.ts';
import type { Situation, Store } from '../store.ts';

/** Applies server frames to the store in their order. Older never overwrites newer. */
export type Applier = {
  /** Takes a frame; subscribers hear of it at the next `flush`. Returns false when feed numbers are missing before it. */
  apply: (frame: ServerFrame) => boolean;
  flush: () => void;
};

type AlertChange = Extract<ServerFrame, { type: 'alert' }>;

/** Whether a list still shows an alert: active, or high, a clinician's and never seen by anybody. */
export function onBoard({ audience, condition, priority, hops }: Alert): boolean {
  return condition === 'active' || (audience === 'clinical' && priority === 'high' && hops.seenAt === null);
}

/** Whether `next` may replace `known`: (epoch number, seq) never goes back; the same pair may carry a newer presence. */
export function newerPump(next: Pump, known: Pump | undefined): boolean {
  if (known === undefined || known.epochNo === null || known.seq === null) return true;
  if (next.epochNo === null || next.seq === null) return false;
  if (next.epochNo !== known.epochNo) return next.epochNo > known.epochNo;
  return next.seq >= known.seq;
}

export function createApplier(store: Store): Applier {
  const lists = [store.alerts, store.technical];
  let change: Partial<Situation> = {};
  // The snapshot being read: what it does not name is gone once it is whole. Its alerts, and changes that come between,
  // wait until all of them are there: no list, no head and no receipt for the snapshot's number stands for a part of it.
  let snapshotAlerts: Alert[] | null = null;
  let changesBetween: AlertChange[] = [];
  let snapshotPumps: Set<string> | null = null;

  const current = <K extends keyof Situation>(key: K): Situation[K] =>
    ({ ...store.situation.getState(), ...change })[key];

  function putAlert(alert: Alert, feedSeq: number, ownSeq: boolean): void {
    const list = alert.audience === 'clinical' ? store.alerts : store.technical;
    const known = list.get(alert.id);
    if (known !== undefined && known.feedSeq > feedSeq) return;
    if (onBoard(alert)) list.write(alert.id, { ...alert, feedSeq, ownSeq });
    else list.remove(alert.id);
  }

  function putPump(next: Pump): void {
    const known = store.pumps.get(next.id);
    if (newerPump(next, known)) store.pumps.write(next.id, next);
  }

  /** @returns false when feed numbers are missing before it */
  function putChange({ seq, alert }: AlertChange): boolean {
    if (seq > current('head') + 1) return false;
    putAlert(alert, seq, true);
    change.head = Math.max(current('head'), seq);
    return true;
  }

  function snapshot(frame: Extract<ServerFrame, { type: 'snapshot' }>): boolean {
    if (frame.part === 1) {
      snapshotAlerts = [];
      changesBetween = [];
      snapshotPumps = new Set();
    }
    snapshotAlerts?.push(...frame.alerts);
    if (!frame.moreAlerts && snapshotAlerts !== null) {
      putAlerts(snapshotAlerts, frame.head);
      snapshotAlerts = null;
      if (!changesBetween.splice(0).every(putChange)) return false;
    }
    for (const pump of frame.pumps) {
      snapshotPumps?.add(pump.id);
      putPump(pump);
    }
    if (!frame.last) return true;
    const named = snapshotPumps;
    if (named !== null) for (const pump of store.pumps.rows()) if (!named.has(pump.id)) store.pumps.remove(pump.id);
    snapshotPumps = null;
    change.loaded = true;
    change.unreadable = 0;
    return true;
  }

  function putAlerts(alerts: readonly Alert[], head: number): void {
    const named = new Set(alerts.map((alert) => alert.id));
    for (const list of lists) {
      for (const alert of list.rows()) if (!named.has(alert.id) && alert.feedSeq <= head) list.remove(alert.id);
    }
    for (const alert of alerts) putAlert(alert, head, false);
    change.head = Math.max(current('head'), head);
  }

  function hello(feedEpoch: string, head: number): void {
    // Half a snapshot of a link that broke.
    snapshotAlerts = null;
    // The server does not know its feed yet, the database being away: what is shown stays.
    if (feedEpoch === '') return;
    const known = current('feedEpoch');
    const otherFeed = known !== null && known !== feedEpoch;
    if (otherFeed || head < current('head')) {
      // Another feed, or one that went back (a database restored): what we know outranks nothing that comes now.
      for (const list of lists) for (const alert of list.rows()) list.write(alert.id, { ...alert, feedSeq: 0 });
      for (const pump of store.pumps.rows()) store.pumps.remove(pump.id);
      change.head = head;
      change.loaded = false;
    }
    change.feedEpoch = feedEpoch;
  }

  return {
    apply(frame) {
      if ('at' in frame) store.clock.hear(frame.at);
      switch (frame.type) {
        case 'hello':
          hello(frame.feedEpoch, frame.head);
          return true;
        case 'snapshot':
          return snapshot(frame);
        case 'alert':
          if (snapshotAlerts === null) return putChange(frame);
          changesBetween.push(frame);
          return true;
        case 'pumps':
          for (const pump of frame.items) putPump(pump);
          return true;
        case 'provisional':
          change.provisional =
            frame.alerts.length === 0 && frame.since === null
              ? null
              : { since: frame.since, at: frame.at, alerts: frame.alerts };
          return true;
        case 'tick':
          change.tick = frame;
          if (frame.db.up) change.provisional = null;
          return true;
        case 'error':
          return true;
      }
    },
    flush() {
      for (const list of lists) list.flush();
      store.pumps.flush();
      if (Object.keys(change).length > 0) store.situation.setState(change);
      change = {};
    },
  };
}
