// Screens as the dashboard would be: each follows the feed over a live socket, comes back when the link breaks and says
// what it knew last. What it got is written down for the checker.
import { appendFileSync } from 'node:fs';
import WebSocket from 'ws';
import { type ServerFrame, serverFrame } from '#schemas/http/live-frames.ts';
import type { ScreenEvent } from './checker/history.ts';

export type ChaosScreen = {
  readonly last: number;
  readonly open: boolean;
  /** Ends it; by now it had to know the feed up to `head`. */
  end(head: number): void;
};

type AlertChange = Extract<ServerFrame, { type: 'alert' }>;

/** A screen that hears nothing for this long takes its link for dead, as the dashboard does. */
const deadAfterMs = 12_000;
const againAfterMs = 300;

/** Signs in at the api. @returns the session's cookie */
export async function screenCookie(apiUrl: string, email: string, password: string): Promise<string> {
  const response = await fetch(`${apiUrl}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  if (response.status !== 201) throw new Error(`sign-in answered ${response.status}: ${await response.text()}`);
  return response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
}

/**
 * @param given.url the api, as this screen reaches it
 * @param given.heard is told of every frame
 */
export function startScreen(given: {
  name: string;
  url: string;
  cookie: string;
  log: string;
  heard?: (frame: ServerFrame) => void;
}): ChaosScreen {
  const { name, url, cookie, log } = given;
  let feedEpoch: string | null = null;
  let last = 0;
  let socket: WebSocket | null = null;
  let over = false;
  let heardAt = Date.now();
  let again: NodeJS.Timeout | null = null;
  /** A snapshot whose alerts have not all come yet, and the changes that came between its parts. */
  let reading: { active: string[]; between: AlertChange[] } | null = null;

  type Event = ScreenEvent extends infer E ? (E extends ScreenEvent ? Omit<E, 'at' | 'screen'> : never) : never;
  const write = (event: Event) =>
    appendFileSync(log, `${JSON.stringify({ at: Date.now(), screen: name, ...event })}\n`);

  const onChange = ({ seq, alert }: AlertChange) => {
    write({ event: 'alert', seq, alert: alert.id, condition: alert.condition });
    last = seq;
  };

  const onFrame = (data: WebSocket.RawData) => {
    heardAt = Date.now();
    const frame = serverFrame.parse(JSON.parse(data.toString()));
    given.heard?.(frame);
    if (frame.type === 'hello') feedEpoch = frame.feedEpoch;
    else if (frame.type === 'snapshot') {
      if (frame.part === 1) reading = { active: [], between: [] };
      if (reading === null) return;
      for (const { id, condition } of frame.alerts) if (condition === 'active') reading.active.push(id);
      if (frame.moreAlerts) return;
      const { active, between } = reading;
      reading = null;
      last = frame.head;
      // Who was told of an alert's end between two parts does not lack it.
      write({ event: 'snapshot', head: frame.head, active: [...active, ...between.map(({ alert }) => alert.id)] });
      for (const change of between) onChange(change);
    } else if (frame.type === 'alert') {
      if (reading === null) onChange(frame);
      else reading.between.push(frame);
    }
  };

  const connect = () => {
    again = null;
    const mine = new WebSocket(`${url.replace(/^http/, 'ws')}/api/v1/live`, {
      headers: { cookie },
      handshakeTimeout: 5_000,
    });
    socket = mine;
    heardAt = Date.now();
    let opened = false;
    mine.on('open', () => {
      opened = true;
      reading = null;
      write({ event: 'open', last });
      mine.send(JSON.stringify({ type: 'resume', feedEpoch, last }));
    });
    mine.on('message', (data) => {
      if (mine === socket) onFrame(data);
    });
    mine.on('error', () => mine.terminate());
    mine.on('close', () => {
      if (mine !== socket) return;
      socket = null;
      if (opened) write({ event: 'close', last });
      if (!over) again = setTimeout(connect, againAfterMs);
    });
  };
  connect();
  const watch = setInterval(() => {
    if (socket && Date.now() - heardAt > deadAfterMs) socket.terminate();
  }, 1_000);

  return {
    get last() {
      return last;
    },
    get open() {
      return socket?.readyState === WebSocket.OPEN;
    },
    end(head) {
      over = true;
      clearInterval(watch);
      if (again) clearTimeout(again);
      write({ event: 'end', head });
      const mine = socket;
      socket = null;
      mine?.terminate();
    },
  };
}
