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
  // Rows of the snapshot being read: what it does not name is gone once it is whole.
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

  function snapshot(frame: Extract<ServerFrame, { type: 'snapshot' }>): void {
    if (frame.part === 1) {
      const named = new Set(frame.alerts.map((alert) => alert.id));
      for (const list of lists) {
        for (const alert of list.rows()) {
          if (!named.has(alert.id) && alert.feedSeq <= frame.head) list.remove(alert.id);
        }
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
      for (const list of lists) list.flush();
      store.pumps.flush();
      if (Object.keys(change).length > 0) store.situation.setState(change);
      change = {};
    },
  };
}
