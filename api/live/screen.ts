import type { WebSocket } from 'ws';
import { type ClientFrame, clientFrame, type ServerFrame } from '#schemas/http/live-frames.ts';
import type { SignedIn } from '../sessions/sessions.ts';

/** Bytes a screen may owe us beyond its snapshot; past it the link is cut and the screen comes back for a new one. */
const mostBufferedBytes = 1024 * 1024;
/** Frames a client may send in a minute, and how many of them may be unreadable, before it is sent away. */
const mostFramesAMinute = 600;
const mostBadAMinute = 20;
const minuteMs = 60_000;
const policyViolation = 1008;

/** One connected browser window. */
export type Screen = {
  readonly signedIn: SignedIn;
  readonly since: number;
  /** True once it has its snapshot or its missed changes; from then on it gets every change. */
  following: boolean;
  /** When it last said that it painted something while visible, or that a person did something. */
  lastReceiptAt: number | null;
  /** When a person last did something at it, as far as it said; null: it never said. */
  lastHumanAt: number | null;
  watched: number;
  /** What was sent of its last snapshot; the receipt for the snapshot's head is a receipt for all of it. */
  snapshot: { head: number; alerts: string[] } | null;
  send(frame: ServerFrame): void;
  /** Sends a frame that was serialised once for everybody. */
  sendText(text: string): void;
  /** Sends and resolves once the link has taken it; its bytes count as snapshot, not as debt. */
  sendDrained(frame: ServerFrame): Promise<void>;
  open(): boolean;
  cut(code: number, reason: string): void;
};

type Handlers = {
  frame(screen: Screen, frame: ClientFrame): void;
  closed(screen: Screen): void;
  /** A link that owed too much was cut. */
  slow(screen: Screen): void;
};

export function createScreen(socket: WebSocket, signedIn: SignedIn, now: () => number, on: Handlers): Screen {
  let snapshotBytes = 0;
  let minute = { since: now(), frames: 0, bad: 0 };
  let alive = true;

  const screen: Screen = {
    signedIn,
    since: now(),
    following: false,
    lastReceiptAt: null,
    lastHumanAt: null,
    watched: 0,
    snapshot: null,
    send: (frame) => screen.sendText(JSON.stringify(frame)),
    sendText: (text) => {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount - snapshotBytes > mostBufferedBytes) {
        on.slow(screen);
        // A close frame would queue behind what the client does not read.
        socket.terminate();
        return;
      }
      socket.send(text);
    },
    sendDrained: (frame) =>
      new Promise((resolve) => {
        if (socket.readyState !== socket.OPEN) return resolve();
        // Half a megabyte: made once, outside the collected heap.
        const bytes = Buffer.from(JSON.stringify(frame));
        snapshotBytes += bytes.length;
        socket.send(bytes, { binary: false }, () => {
          snapshotBytes -= bytes.length;
          resolve();
        });
      }),
    open: () => socket.readyState === socket.OPEN,
    cut: (code, reason) => {
      socket.close(code, reason);
      // A client that never answers the close frame is dropped all the same.
      setTimeout(() => socket.terminate(), 2_000).unref();
    },
  };

  /** Counts a frame; false where the client was sent away for it. */
  function mayGoOn(bad: boolean): boolean {
    const at = now();
    if (at - minute.since > minuteMs) minute = { since: at, frames: 0, bad: 0 };
    if (bad) minute.bad += 1;
    else minute.frames += 1;
    if (minute.bad >= mostBadAMinute) screen.cut(policyViolation, 'too many unreadable frames');
    else if (minute.frames > mostFramesAMinute) screen.cut(policyViolation, 'too many frames');
    else return true;
    return false;
  }

  socket.on('message', (data, isBinary) => {
    if (socket.readyState !== socket.OPEN) return;
    const read = isBinary ? null : readFrame(data.toString());
    if (!mayGoOn(read === null || 'reason' in read)) return;
    if (read === null) screen.send({ type: 'error', message: 'frames are JSON text, not binary' });
    else if ('reason' in read) screen.send({ type: 'error', message: read.reason });
    else on.frame(screen, read.frame);
  });
  socket.on('pong', () => {
    alive = true;
  });
  // A half-open link never closes by itself.
  const heartbeat = setInterval(() => {
    if (!alive) socket.terminate();
    alive = false;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, 20_000);
  socket.on('close', () => {
    clearInterval(heartbeat);
    on.closed(screen);
  });
  // A broken or oversized frame ends in `close`, with the code that says why.
  socket.on('error', () => {});
  return screen;
}

function readFrame(text: string): { frame: ClientFrame } | { reason: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { reason: 'not JSON' };
  }
  const read = clientFrame.safeParse(value);
  if (read.success) return { frame: read.data };
  const reason = read.error.issues.map((issue) => `${issue.path.join('.') || 'frame'}: ${issue.message}`).join(' · ');
  return { reason: reason.slice(0, 300) };
}
