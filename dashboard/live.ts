import { type ClientFrame, type ServerFrame, serverFrame } from '#schemas/http/live-frames.ts';
import { staleAfterMs } from '#schemas/http/live-times.ts';
import { createApplier } from './live/apply.ts';
import { reconnectDelayMs } from './live/backoff.ts';
import { browserPage, createReceipts, type Receipts } from './live/receipts.ts';
import type { Watch } from './live/watch.ts';
import { startWatchdog } from './live/watchdog.ts';
import type { Store } from './store.ts';

export type Live = {
  receipts: Receipts;
  /** Pumps whose every change this screen wants, at most 500. */
  watch: (pumps: string[]) => void;
  close: () => void;
};

type Options = {
  store: Store;
  /** ws: or wss: address of `GET /api/v1/live`. */
  url: string;
  /** Twice a second and with every frame, in a background tab too. */
  onBeat: (watch: Watch) => void;
  /** The link broke: perhaps the session ended. */
  onLost: () => void;
};

/** Reads a frame; null when it is none that we know. */
export function readFrame(data: unknown): ServerFrame | null {
  if (typeof data !== 'string') return null;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return null;
  }
  const read = serverFrame.safeParse(value);
  return read.success ? read.data : null;
}

const gestures = ['pointerdown', 'keydown', 'wheel'] as const;
const presentEveryMs = 30_000;

/** Keeps the store in step with the server: connects, resumes at the last feed number, reconnects with full jitter. */
export function connectLive({ store, url, onBeat, onLost }: Options): Live {
  const { situation } = store;
  const applier = createApplier(store);
  let socket: WebSocket | null = null;
  let failures = 0;
  let closed = false;
  let flushing = false;
  let watched: string[] = [];
  // A page is opened by a person.
  let touchedAt = performance.now();
  let presentToldAt = Number.NEGATIVE_INFINITY;
  let openedAt = performance.now();
  let cancelRetry = () => {};

  const watchdog = startWatchdog(beat, (reason) => {
    situation.setState({ watch: { at: 'not-monitored', because: 'frame', forMs: 0, lastTrustedAt: null } });
    console.error(`watchdog: ${reason}`);
  });

  function beat(watch: Watch): void {
    const known = situation.getState();
    const now = store.clock.now();
    const second = now === null ? null : Math.floor(now / 1000) * 1000;
    if (second !== known.now || watch.at !== known.watch.at || watch.at === 'stale' || watch.at === 'not-monitored') {
      situation.setState({ watch, now: second });
    }
    onBeat(watch);
    leaveDeadLink(watch);
  }

  /** A link over which nothing comes any more is left: half-open, nobody would ever say that it ended. */
  function leaveDeadLink(watch: Watch): void {
    if (socket === null || !('because' in watch) || watch.because !== 'frame') return;
    if (performance.now() - openedAt >= staleAfterMs.frame) lose(socket);
  }

  function send(frame: ClientFrame): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  }

  const receipts = createReceipts(browserPage(), send);

  /** One render per frame; a hidden page draws no frames, so its title and sound must not wait for one. */
  function scheduleFlush(): void {
    if (document.visibilityState !== 'visible') {
      applier.flush();
      return;
    }
    if (flushing) return;
    flushing = true;
    requestAnimationFrame(() => {
      flushing = false;
      applier.flush();
    });
  }

  function resume(from: WebSocket): void {
    const { feedEpoch, head, loaded } = situation.getState();
    // Without a whole snapshot there is nothing to go on from.
    const frame: ClientFrame = { type: 'resume', feedEpoch: loaded ? feedEpoch : null, last: loaded ? head : 0 };
    from.send(JSON.stringify(frame));
    if (watched.length > 0) send({ type: 'watch', pumps: watched });
    // A link that comes back by itself is nobody's doing: the server is told how long ago a person was.
    tellPresent();
  }

  function tellPresent(): void {
    presentToldAt = performance.now();
    send({ type: 'present', agoMs: Math.max(0, presentToldAt - touchedAt) });
  }

  function touched(): void {
    touchedAt = performance.now();
    if (touchedAt - presentToldAt > presentEveryMs) tellPresent();
  }

  function receive(data: unknown, from: WebSocket): void {
    if (from !== socket) return;
    const frame = readFrame(data);
    if (frame === null) {
      // An unread frame may have been an alert: ask for everything again, and say so until it is whole.
      situation.setState((s) => ({ unreadable: s.unreadable + 1, loaded: false }));
      from.close(4000, 'unreadable frame');
      return;
    }
    failures = 0;
    if (!applier.apply(frame)) {
      applier.flush();
      from.close(4001, 'feed numbers missing');
      return;
    }
    if (frame.type === 'tick') watchdog.tick(frame.at, frame.pathAgeMs);
    else watchdog.frame();
    scheduleFlush();
  }

  function lose(link: WebSocket): void {
    if (link !== socket || closed) return;
    socket = null;
    link.close();
    applier.flush();
    failures += 1;
    situation.setState({ link: 'waiting' });
    onLost();
    cancelRetry = watchdog.wakeAfter(reconnectDelayMs(failures, Math.random()), open);
  }

  function open(): void {
    if (closed) return;
    openedAt = performance.now();
    situation.setState({ link: 'connecting' });
    const next = new WebSocket(url);
    socket = next;
    next.addEventListener('open', () => {
      if (next !== socket) return;
      situation.setState({ link: 'open' });
      receipts.reset();
      resume(next);
    });
    next.addEventListener('message', (event) => receive(event.data, next));
    next.addEventListener('close', () => lose(next));
  }

  const flushWhenShown = () => applier.flush();
  document.addEventListener('visibilitychange', flushWhenShown);
  for (const gesture of gestures) document.addEventListener(gesture, touched, { capture: true, passive: true });
  open();

  return {
    receipts,
    watch(pumps) {
      watched = pumps.slice(0, 500);
      send({ type: 'watch', pumps: watched });
    },
    close() {
      closed = true;
      cancelRetry();
      document.removeEventListener('visibilitychange', flushWhenShown);
      for (const gesture of gestures) document.removeEventListener(gesture, touched, { capture: true });
      socket?.close(1000);
      watchdog.close();
    },
  };
}
