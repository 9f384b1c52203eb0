import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { type ClientFrame, type ServerFrame, tickEveryMs } from '#schemas/http/live-frames.ts';
import { may } from '#schemas/http/permissions.ts';
import { serviceTopics } from '#schemas/topics.ts';
import type { BrokerLink } from '../broker-link.ts';
import { type Database, isDatabaseAway } from '../database.ts';
import type { ApiMetrics } from '../metrics.ts';
import { socketCheckMs } from '../sessions/limits.ts';
import type { Sessions, SignedIn } from '../sessions/sessions.ts';
import { createAlertBoard, type FeedEntry } from './alert-board.ts';
import { createComponents } from './components.ts';
import type { DatabaseWatch } from './database-watch.ts';
import { createFeedReader } from './feed-reader.ts';
import { createIngestReader } from './ingest-messages.ts';
import { createPathAge } from './path-age.ts';
import { createProvisional } from './provisional.ts';
import { createPumpBoard } from './pump-board.ts';
import { createPumpLoader } from './pump-loader.ts';
import { createReceipts } from './receipts.ts';
import { createScreen, type Screen } from './screen.ts';
import { sendPumpsInParts, sendSnapshot } from './snapshot.ts';

const pumpsEveryMs = 250;
const canaryEveryMs = 2_000;
const goingAway = 1001;
const sessionEnded = 4401;
const tooMany = 4429;
const mostScreensOfASession = 20;

export type LiveDeps = {
  db: Database;
  broker: BrokerLink;
  sessions: Sessions;
  databaseWatch: DatabaseWatch;
  metrics: ApiMetrics;
  now: () => number;
  log: Logger;
  /** A person said by a gesture that they saw an alert: recorded like the request of the same name. */
  seen(signedIn: SignedIn, alertId: string): Promise<void>;
};

export type Live = ReturnType<typeof createLive>;

/** Everything that screens are told without asking. Making one does no IO; `start` does. */
export function createLive(deps: LiveDeps) {
  const { db, broker, sessions, databaseWatch, metrics, now, log } = deps;
  const apiId = randomBytes(6).toString('hex');
  const screens = new Set<Screen>();
  const timers: NodeJS.Timeout[] = [];
  const alerts = createAlertBoard();
  const pumps = createPumpBoard();
  const loader = createPumpLoader(db, pumps, log);
  const provisional = createProvisional();
  const path = createPathAge(now());
  const receipts = createReceipts(db, log);
  const components = createComponents();
  let provisionalShown = false;

  function broadcast(frame: ServerFrame): number {
    const text = JSON.stringify(frame);
    let reached = 0;
    for (const screen of screens) {
      if (!screen.following) continue;
      screen.sendText(text);
      reached += 1;
    }
    return reached;
  }

  function alertFrame({ seq, alert }: FeedEntry, at: number): ServerFrame {
    const sentAt = alert.hops.sentAt ?? alerts.get(alert.id)?.hops.sentAt ?? new Date(at).toISOString();
    return { type: 'alert', seq, at, alert: { ...alert, hops: { ...alert.hops, sentAt } } };
  }

  function sendAlert(entry: FeedEntry): void {
    const { alert } = entry;
    const at = now();
    const fresh = alerts.get(alert.id)?.hops.sentAt === null;
    const reached = broadcast(alertFrame(entry, at));
    if (!fresh || reached === 0) return;
    markSent([alert.id], at);
    if (!alert.late && alert.hops.receivedAt !== null) {
      metrics.alertDelay.observe((at - Date.parse(alert.hops.receivedAt)) / 1000);
    }
  }

  function markSent(ids: readonly string[], at: number): void {
    for (const id of ids) {
      receipts.note('sent', id, at);
      alerts.stamp(id, 'sentAt', new Date(at).toISOString());
    }
  }

  const feed = createFeedReader(
    db,
    alerts,
    {
      changed: sendAlert,
      reloaded: () => {
        for (const screen of screens) {
          screen.send(hello());
          if (screen.following) snapshotFor(screen);
        }
      },
    },
    log,
  );

  function hello(): ServerFrame {
    return { type: 'hello', feedEpoch: alerts.feedEpoch ?? '', head: alerts.head };
  }

  function snapshotFor(screen: Screen): void {
    const at = now();
    const unsent = alerts.shown(at).filter((alert) => alert.hops.sentAt === null);
    markSent(
      unsent.map((alert) => alert.id),
      at,
    );
    const shown = alerts.shown(at);
    screen.snapshot = { head: alerts.head, alerts: shown.map((alert) => alert.id) };
    void sendSnapshot(screen, { head: alerts.head, alerts: shown, pumps: pumps.all(), now });
    sendProvisional(screen);
  }

  function resume(screen: Screen, feedEpoch: string | null, last: number): void {
    // Nothing is known yet, the database being away since our start: the load will send hello and a snapshot.
    if (alerts.feedEpoch === null) {
      screen.following = true;
      return;
    }
    const missed = alerts.since(feedEpoch, last);
    if (missed === null || screen.following) {
      snapshotFor(screen);
      return;
    }
    const at = now();
    for (const entry of missed) void screen.sendDrained(alertFrame(entry, at));
    markSent(
      missed.map(({ alert }) => alert.id),
      at,
    );
    screen.following = true;
    // Pumps have no feed: what changed meanwhile is unknown, so all of them are said again.
    void sendPumpsInParts(screen, pumps.all(), (items) => ({ type: 'pumps', at: now(), items }));
    sendProvisional(screen);
  }

  function onFrame(screen: Screen, frame: ClientFrame): void {
    switch (frame.type) {
      case 'resume':
        resume(screen, frame.feedEpoch, frame.last);
        return;
      case 'rendered':
        rendered(screen, frame.seq);
        return;
      case 'seen':
        seen(screen, frame.seq);
        return;
      case 'watch':
        screen.watched = frame.pumps.length;
    }
  }

  /** A visible screen painted this change, or the snapshot that ended at it. Wall displays never count. */
  function rendered(screen: Screen, seq: number): void {
    if (screen.signedIn.user.role === 'display') return;
    const at = now();
    screen.lastReceiptAt = at;
    const changed = alerts.alertAt(seq);
    const ids = new Set(screen.snapshot?.head === seq ? screen.snapshot.alerts : []);
    if (changed !== null) ids.add(changed);
    for (const id of ids) {
      if (alerts.get(id)?.hops.renderedAt !== null) continue;
      receipts.note('rendered', id, at);
      alerts.stamp(id, 'renderedAt', new Date(at).toISOString());
    }
  }

  function seen(screen: Screen, seq: number): void {
    const { signedIn } = screen;
    if (!may(signedIn.user.role, 'alert.answer')) {
      screen.send({ type: 'error', message: `the role ${signedIn.user.role} does not answer alerts` });
      return;
    }
    screen.lastReceiptAt = now();
    void findAlert(seq)
      .then((id) => (id === null ? undefined : deps.seen(signedIn, id)))
      .catch((error: unknown) => {
        log.warn({ err: error }, 'a gesture on an alert could not be recorded');
        screen.send({ type: 'error', message: 'seen could not be recorded' });
      });
  }

  async function findAlert(seq: number): Promise<string | null> {
    const remembered = alerts.alertAt(seq);
    if (remembered !== null) return remembered;
    const [row] = await db.query<{ id: string }>('feed_alert_of', [seq]);
    return row?.id ?? null;
  }

  function sendPumps(): void {
    const items = pumps.takeChanged();
    if (items.length > 0) broadcast({ type: 'pumps', at: now(), items });
  }

  function sendProvisional(screen: Screen): void {
    const { since, alerts: union } = provisional.union(now());
    if (union.length > 0 || since !== null) screen.send({ type: 'provisional', at: now(), since, alerts: union });
  }

  function shareProvisional(): void {
    const { since, alerts: union } = provisional.union(now());
    const any = union.length > 0 || since !== null;
    if (any || provisionalShown) broadcast({ type: 'provisional', at: now(), since, alerts: union });
    provisionalShown = any;
  }

  function tickFrame(): ServerFrame {
    const db = databaseWatch.state();
    const pathAgeMs = path.ageMs(now());
    metrics.pathAge.set((pathAgeMs ?? Number.NaN) / 1000);
    return {
      type: 'tick',
      head: alerts.head,
      at: now(),
      pathAgeMs,
      db,
      fleet: pumps.fleet(),
      screens: watching().length,
    };
  }

  /** Screens that a person may be looking at: everything but wall displays. */
  function watching(): Screen[] {
    return [...screens].filter((screen) => screen.signedIn.user.role !== 'display');
  }

  async function checkSessions(): Promise<void> {
    const since = now() - 2 * socketCheckMs;
    const used = [...screens].filter(({ lastReceiptAt }) => lastReceiptAt !== null && lastReceiptAt > since);
    const hashes = [...new Set([...screens].map((screen) => screen.signedIn.sessionHash))];
    const good = await sessions.alive(hashes);
    for (const screen of screens) {
      const hash = screen.signedIn.sessionHash;
      const lives = good ? good.has(hash) : sessions.goodEnough(hash, now());
      if (!lives) screen.cut(sessionEnded, 'the session ended');
    }
    if (good && used.length > 0) await sessions.touch(used.map((screen) => screen.signedIn.sessionHash));
  }

  broker.onLive(
    createIngestReader(
      {
        pumps: (changed) => loader.need(pumps.merge(changed)),
        feedHint: (head) => {
          if (head > alerts.head) feed.hint();
        },
        provisional: (worker, since, set) => {
          provisional.put(worker, since, set, now());
          shareProvisional();
        },
        canary: (echo) => {
          components.echoed(echo, now());
          if (echo.api === apiId) path.echoed(echo.n, echo.shards);
        },
      },
      log,
    ),
  );
  sessions.onEnded((hashes) => {
    for (const screen of screens) {
      if (hashes.includes(screen.signedIn.sessionHash)) screen.cut(sessionEnded, 'the session ended');
    }
  });

  return {
    start: () => {
      feed.start();
      loader.start();
      receipts.start();
      const sendCanary = () => void broker.publish(serviceTopics.canary(apiId), { api: apiId, n: path.sent(now()) }, 0);
      const every = (ms: number, work: () => void) => timers.push(setInterval(work, ms));
      every(pumpsEveryMs, sendPumps);
      every(canaryEveryMs, sendCanary);
      every(tickEveryMs, () => {
        const text = JSON.stringify(tickFrame());
        for (const screen of screens) screen.sendText(text);
        shareProvisional();
        alerts.prune(now());
      });
      every(socketCheckMs, () => {
        checkSessions().catch((error: unknown) => {
          if (!isDatabaseAway(error)) log.error({ err: error }, 'sessions of screens not checked');
        });
      });
    },
    connect: (socket: WebSocket, signedIn: SignedIn) => {
      const screen = createScreen(socket, signedIn, now, {
        frame: onFrame,
        closed: (gone) => {
          screens.delete(gone);
          metrics.screens.set(screens.size);
        },
        slow: (slow) => {
          metrics.slowScreens.inc();
          log.warn({ user: slow.signedIn.user.id }, 'a screen that did not keep up was cut');
        },
      });
      screens.add(screen);
      const ofSession = [...screens].filter((other) => other.signedIn.sessionHash === signedIn.sessionHash);
      if (ofSession.length > mostScreensOfASession)
        ofSession[0]?.cut(tooMany, 'too many windows; the oldest was closed');
      metrics.screens.set(screens.size);
      if (alerts.feedEpoch !== null) screen.send(hello());
      screen.send(tickFrame());
    },
    /** The feed moved, as far as this process knows. */
    feedHint: () => feed.hint(),
    /** These pumps' rows changed in the database. */
    pumpsChanged: (ids: readonly string[]) => loader.need(ids),
    head: () => alerts.head,
    pathAgeMs: () => path.ageMs(now()),
    components: () => components.list(now()),
    screens: () =>
      watching().map(({ signedIn, since, lastReceiptAt, watched }) => ({
        user: { id: signedIn.user.id, name: signedIn.user.name, role: signedIn.user.role },
        since,
        lastReceiptAt,
        watched,
      })),
    closeScreens: () => {
      for (const screen of screens) screen.cut(goingAway, 'the service stops');
    },
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      await feed.close();
      await loader.close();
      await receipts.close();
    },
  };
}
