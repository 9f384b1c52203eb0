import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { elapsedClock } from '#schemas/elapsed-clock.ts';
import { type ClientFrame, type ServerFrame, tickEveryMs } from '#schemas/http/live-frames.ts';
import { isFreshPath } from '#schemas/http/live-times.ts';
import type { CanaryEcho } from '#schemas/messages/live.ts';
import { serviceTopics } from '#schemas/topics.ts';
import type { BrokerLink } from '../broker-link.ts';
import { type Database, isDatabaseAway } from '../database.ts';
import type { ApiMetrics } from '../metrics.ts';
import { socketCheckMs } from '../sessions/limits.ts';
import type { Sessions, SignedIn } from '../sessions/sessions.ts';
import { createAlertBoard } from './alert-board.ts';
import { createAlertTelling } from './alert-telling.ts';
import { broadcast } from './broadcast.ts';
import { createComponents } from './components.ts';
import type { DatabaseWatch } from './database-watch.ts';
import { createFeedReader } from './feed-reader.ts';
import { createGestures } from './gestures.ts';
import { createIngestReader } from './ingest-messages.ts';
import { createPathAge } from './path-age.ts';
import { createPlatformWatch } from './platform-watch.ts';
import { createProvisional } from './provisional.ts';
import { createPumpBoard } from './pump-board.ts';
import { createPumpLoader } from './pump-loader.ts';
import { createReceipts } from './receipts.ts';
import { createScreen, type Screen } from './screen.ts';
import { cutEndedSessions, sessionEnded } from './session-check.ts';
import { createSnapshots, sendPumpsInParts } from './snapshot.ts';
import { createWatchers } from './watchers.ts';

const pumpsEveryMs = 250;
const canaryEveryMs = 2_000;
const watchingEveryMs = 5_000;
const goingAway = 1001;
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
  // Ages are counted by no clock that can be set: set back by an hour, everything would count as fresh for an hour.
  const elapsed = elapsedClock(() => performance.now(), now);
  const path = createPathAge(elapsed());
  const receipts = createReceipts(db, log);
  const components = createComponents();
  const platform = createPlatformWatch({
    ...{ db, alerts, pumps, now, log },
    workers: () => components.list(elapsed()),
    feedChanged: () => feed.hint(),
  });
  const telling = createAlertTelling({ alerts, screens, receipts, metrics, now });
  const snapshots = createSnapshots({ alerts, pumps, now, markSent: telling.markSent });
  const watchers = createWatchers({ db, apiId, screens, now, log });
  const gestures = createGestures({ db, alerts, receipts, now, log, seen: deps.seen });
  let provisionalShown = false;

  const feed = createFeedReader(
    db,
    alerts,
    {
      changed: telling.changed,
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
    snapshots.begin(screen);
    sendProvisional(screen);
  }

  function resume(screen: Screen, feedEpoch: string | null, last: number): void {
    // Nothing is known yet, the database being away since our start: the load will send hello and a snapshot.
    if (alerts.feedEpoch === null) {
      screen.following = true;
      return;
    }
    if (snapshots.isGoing(screen)) return;
    const missed = alerts.since(feedEpoch, last);
    if (missed === null || screen.following) {
      snapshotFor(screen);
      return;
    }
    const at = now();
    for (const entry of missed) void screen.sendDrained(telling.frame(entry, at, screen.signedIn.user.role));
    telling.markSent(
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
        gestures.rendered(screen, frame.seq);
        return;
      case 'seen':
        gestures.seen(screen, frame.seq);
        return;
      case 'present':
        screen.lastHumanAt = Math.max(screen.lastHumanAt ?? 0, now() - frame.agoMs);
        return;
      case 'watch':
        screen.watched = frame.pumps.length;
    }
  }

  function sendPumps(): void {
    const items = pumps.takeChanged();
    if (items.length > 0) broadcast(screens, { type: 'pumps', at: now(), items });
  }

  function sendProvisional(screen: Screen): void {
    const { since, alerts: union } = provisional.union(elapsed());
    if (union.length > 0 || since !== null) screen.send({ type: 'provisional', at: now(), since, alerts: union });
  }

  function shareProvisional(): void {
    const { since, alerts: union } = provisional.union(elapsed());
    const any = union.length > 0 || since !== null;
    if (any || provisionalShown) broadcast(screens, { type: 'provisional', at: now(), since, alerts: union });
    provisionalShown = any;
  }

  function tickFrame(): ServerFrame {
    const db = databaseWatch.state();
    const pathAgeMs = path.ageMs(elapsed());
    metrics.pathAge.set((pathAgeMs ?? Number.NaN) / 1000);
    return {
      type: 'tick',
      head: alerts.head,
      at: now(),
      pathAgeMs,
      db,
      fleet: pumps.fleet(),
      screens: watchers.list().length,
    };
  }

  function sendTick(): void {
    const text = JSON.stringify(tickFrame());
    for (const screen of screens) screen.sendText(text);
  }

  function sendCanary(): void {
    void broker.publish(serviceTopics.canary(apiId), { api: apiId, n: path.sent(elapsed()) }, 0);
  }

  /** A path that can be trusted again is told at once: a screen may not say WATCHING before it hears of it. */
  function echoed(echo: CanaryEcho): void {
    components.echoed(echo, elapsed());
    if (echo.api !== apiId) return;
    const before = path.ageMs(elapsed());
    path.echoed(echo.n, echo.shards);
    if (!isFreshPath(before) && isFreshPath(path.ageMs(elapsed()))) sendTick();
  }

  broker.onLive(
    createIngestReader(
      {
        pumps: (changed) => loader.need(pumps.merge(changed)),
        feedHint: (head) => {
          if (head > alerts.head) feed.hint();
        },
        provisional: (worker, since, set) => {
          provisional.put(worker, since, set, elapsed());
          shareProvisional();
        },
        canary: echoed,
      },
      log,
    ),
  );
  // The first tick waits for the first echo: no need to wait for the next canary as well.
  broker.onReady(sendCanary);
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
      const every = (ms: number, work: () => void) => timers.push(setInterval(work, ms));
      every(pumpsEveryMs, sendPumps);
      every(canaryEveryMs, sendCanary);
      every(watchingEveryMs, watchers.tell);
      every(tickEveryMs, () => {
        sendTick();
        shareProvisional();
        platform.look();
        alerts.prune(now());
      });
      every(socketCheckMs, () => {
        cutEndedSessions(screens, sessions, now()).catch((error: unknown) => {
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
    pathAgeMs: () => path.ageMs(elapsed()),
    components: () => components.list(elapsed()),
    screens: () =>
      watchers.list().map(({ signedIn, since, lastReceiptAt, watched }) => ({
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
      await platform.close();
      await feed.close();
      await loader.close();
      await receipts.close();
    },
  };
}
