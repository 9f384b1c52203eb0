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

/** Whether the board still shows an alert: active, or high and never seen by anybody. */
export function onBoard(alert: Alert): boolean {
  return alert.condition === 'active' || (alert.priority === 'high' && alert.hops.seenAt === null);
}

/** Whether `next` may replace `known`: (epoch number, seq) never goes back; the same pair may carry a newer presence. */
export function newerPump(next: Pump, known: Pump | undefined): boolean {
  if (known === undefined || known.epochNo === null || known.seq === null) return true;
  if (next.epochNo === null || next.seq === null) return false;
  if (next.epochNo !== known.epochNo) return next.epochNo > known.epochNo;
  return next.seq >= known.seq;
}

export function createApplier(store: Store): Applier {
  let change: Partial<Situation> = {};
  // Rows of the snapshot being read: what it does not name is gone once it is whole.
  let snapshotPumps: Set<string> | null = null;

  const current = <K extends keyof Situation>(key: K): Situation[K] =>
    ({ ...store.situation.getState(), ...change })[key];

  function putAlert(alert: Alert, feedSeq: number, ownSeq: boolean): void {
    const known = store.alerts.get(alert.id);
    if (known !== undefined && known.feedSeq > feedSeq) return;
    if (onBoard(alert)) store.alerts.write(alert.id, { ...alert, feedSeq, ownSeq });
    else store.alerts.remove(alert.id);
  }

  function putPump(next: Pump): void {
    const known = store.pumps.get(next.id);
    if (newerPump(next, known)) store.pumps.write(next.id, next);
  }

  function snapshot(frame: Extract<ServerFrame, { type: 'snapshot' }>): void {
    if (frame.part === 1) {
      const named = new Set(frame.alerts.map((alert) => alert.id));
      for (const alert of store.alerts.rows()) {
        if (!named.has(alert.id) && alert.feedSeq <= frame.head) store.alerts.remove(alert.id);
      }
      snapshotPumps = new Set();
      change.head = Math.max(current('head'), frame.head);
    }
    for (const alert of frame.alerts) putAlert(alert, frame.head, false);
    for (const pump of frame.pumps) {
      snapshotPumps?.add(pump.id);
      putPump(pump);
    }
    if (!frame.last) return;
    const named = snapshotPumps;
    if (named !== null) for (const pump of store.pumps.rows()) if (!named.has(pump.id)) store.pumps.remove(pump.id);
    snapshotPumps = null;
    change.loaded = true;
    change.unreadable = 0;
  }

  function hello(feedEpoch: string, head: number): void {
    // The server does not know its feed yet, the database being away: what is shown stays.
    if (feedEpoch === '') return;
    const known = current('feedEpoch');
    const otherFeed = known !== null && known !== feedEpoch;
    if (otherFeed || head < current('head')) {
      // Another feed, or one that went back (a database restored): what we know outranks nothing that comes now.
      for (const alert of store.alerts.rows()) store.alerts.write(alert.id, { ...alert, feedSeq: 0 });
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
          snapshot(frame);
          return true;
        case 'alert':
          if (frame.seq > current('head') + 1) return false;
          putAlert(frame.alert, frame.seq, true);
          change.head = Math.max(current('head'), frame.seq);
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
      store.alerts.flush();
      store.pumps.flush();
      if (Object.keys(change).length > 0) store.situation.setState(change);
      change = {};
    },
  };
}
