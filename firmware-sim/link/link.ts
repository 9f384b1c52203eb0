// A pump's connection to the broker. The journal is the truth: nothing here is kept over a disconnection, and no MQTT
// acknowledgement deletes anything.
import { type Ack, ack, type Command, command, type Hello, type Reply } from '#schemas/messages/control.ts';
import { cleanWire, distort, type WireFaults, type WireMessage } from '../faults/wire.ts';
import type { Entry } from '../journal/entry.ts';
import type { Journal } from '../journal/journal.ts';
import { draw, type Seeded } from '../random.ts';
import type { Scheduler } from '../scheduler.ts';
import { reconnectWait } from './backoff.ts';
import { type Connection, type Credential, openConnection } from './connection.ts';
import { newOutbox } from './outbox.ts';
import type { Pacer } from './pacer.ts';

export type LinkDeps = {
  pump: string;
  brokerUrl: string;
  credential: Credential;
  journal: Journal;
  scheduler: Scheduler;
  pacer: Pacer;
  seeded: Seeded;
  /** The pump's two clocks at this moment, as an envelope shows them. */
  clocks(): { sentAt: string; uptimeMs: number };
  /** Who the pump says it is. */
  identity(): Pick<Hello, 'model' | 'serial' | 'firmware' | 'libraryVersion' | 'sampleEveryS'>;
  /** Answers a command other than hello. */
  obey(given: Command): Reply;
  /** The platform lacks these records, which were deleted as committed or are not here. */
  lacks(ranges: [number, number][]): void;
  /** The broker refused the credential. @returns a new one, or null to try the same again */
  refused(): Promise<Credential | null>;
  changed(): void;
};

export type Link = {
  connect(): void;
  /** New journal records: alarms and live records go at once. */
  offer(entries: readonly Entry[]): void;
  /** Everything of these ranges goes again now. */
  resendNow(ranges: readonly [number, number][]): void;
  /** A new epoch: hello and everything again. */
  restart(): void;
  /** Cuts the link for a while, without a DISCONNECT. */
  cut(ms: number): void;
  /** Sends bytes that are no batch. */
  sendRaw(lane: string, payload: string): void;
  faults: WireFaults;
  readonly connected: boolean;
  /** Why the last connection failed, or null. */
  readonly trouble: string | null;
  close(): Promise<void>;
};

/** Messages that may wait for the broker's PUBACK: beyond it the socket is given time. */
const publishesInFlight = 16;

/** @returns a link at rest; `connect` starts it */
export function newLink(deps: LinkDeps): Link {
  const { journal, scheduler } = deps;
  const outbox = newOutbox(() => journal.entries());
  let credential = deps.credential;
  let connection: Connection | null = null;
  let isReady = false;
  let closed = false;
  let attempts = 0;
  let publishing = 0;
  let backlogAt = 0;
  let held: WireMessage | null = null;
  let faults: WireFaults = cleanWire;
  let trouble: string | null = null;
  let cancelWake: (() => void) | null = null;
  let wakeAt = Number.POSITIVE_INFINITY;
  let explainedTo = 0;
  let cutUntil = 0;

  const topic = (lane: string) => `${credential.topicPrefix}/${lane}`;

  const publish = (message: WireMessage) => {
    const mine = connection;
    // The link is gone: the journal sends again, and an answer is asked for again.
    if (!mine) return;
    publishing += 1;
    mine.publish(message, () => {
      if (mine !== connection) return;
      publishing -= 1;
      if (publishing === publishesInFlight - 1) wake();
    });
  };

  const sendBatch = (lane: string, entries: readonly Entry[]) => {
    const { sentAt, uptimeMs } = deps.clocks();
    const head = JSON.stringify({ v: 1, epoch: journal.epoch, boot: journal.boot, sentAt, uptimeMs });
    const payload = `${head.slice(0, -1)},"records":[${entries.map((entry) => entry.text).join(',')}]}`;
    const outcome = distort(deps.seeded, faults, { topic: topic(`up/${lane}`), payload }, held);
    held = outcome.held;
    for (const message of outcome.send) publish(message);
  };

  const wakeBy = (moment: number) => {
    if (moment >= wakeAt || closed) return;
    cancelWake?.();
    wakeAt = moment;
    cancelWake = scheduler.at(moment, () => {
      wakeAt = Number.POSITIVE_INFINITY;
      cancelWake = null;
      wake();
    });
  };

  const wake = () => {
    if (!isReady || closed) return;
    const now = scheduler.now();
    const askAgain = outbox.resend(now);
    while (publishing < publishesInFlight) {
      const batch = outbox.take(now, now >= backlogAt);
      if (!batch) break;
      if (batch.urgency === 'backlog') backlogAt = deps.pacer.book(now, batch.entries.length);
      sendBatch(batch.lane, batch.entries);
    }
    if (Number.isFinite(askAgain)) wakeBy(Math.max(askAgain, now + 50));
    if (outbox.inFlight > 0) wakeBy(now + 2_000);
    if (outbox.hasBacklog()) wakeBy(Math.max(backlogAt, now + 20));
  };

  const sayHello = () => {
    const body: Hello = {
      v: 1,
      epoch: journal.epoch,
      ...(journal.previousEpoch && { previousEpoch: journal.previousEpoch }),
      boot: journal.boot,
      first: journal.entries()[0]?.seq ?? journal.last,
      last: journal.last,
      ...deps.identity(),
      ...deps.clocks(),
    };
    publish({ topic: topic('up/hello'), payload: JSON.stringify(body) });
  };

  const takeAck = (given: Ack) => {
    if (given.epoch !== journal.epoch) return;
    const first = journal.entries()[0]?.seq ?? journal.last + 1;
    journal.acknowledge(given.upTo);
    outbox.acknowledged(given.upTo, given.window);
    const now = scheduler.now();
    if (given.missing.length > 0) outbox.missing(given.missing, now);
    // The platform's database was set back: what it lacks below our journal no longer exists. Said once per range.
    if (given.upTo < first - 1 && explainedTo < first - 1) {
      explainedTo = first - 1;
      deps.lacks([[given.upTo + 1, first - 1]]);
    }
    deps.changed();
    wake();
  };

  const takeCommand = (given: Command) => {
    if (given.cmd === 'hello') {
      outbox.resetBackoff();
      sayHello();
      publish({ topic: topic('up/reply'), payload: JSON.stringify({ id: given.id, ok: true }) });
    } else publish({ topic: topic('up/reply'), payload: JSON.stringify(deps.obey(given)) });
    wake();
  };

  const onMessage = (on: string, payload: Buffer) => {
    const body = readJson(payload.toString('utf8'));
    if (on === topic('down/ack')) {
      const read = ack.safeParse(body);
      if (read.success) takeAck(read.data);
      else trouble = 'an acknowledgement could not be read';
    } else {
      const read = command.safeParse(body);
      if (read.success) takeCommand(read.data);
      else trouble = 'a command could not be read';
    }
  };

  const reconnectLater = (ms?: number) => {
    attempts += 1;
    const wait = ms ?? reconnectWait(attempts, draw(deps.seeded));
    scheduler.at(scheduler.now() + wait, connect);
  };

  const ready = () => {
    trouble = null;
    attempts = 0;
    isReady = true;
    explainedTo = 0;
    sayHello();
    outbox.connected(scheduler.now());
    deps.changed();
    wake();
  };

  /** Forgets the connection and whatever was on its way over it. */
  const leave = (): Connection | null => {
    const mine = connection;
    connection = null;
    isReady = false;
    publishing = 0;
    held = null;
    deps.changed();
    return mine;
  };

  const lost = (why: string | null, refused: boolean) => {
    leave();
    if (why) trouble = why;
    if (closed) return;
    if (!refused) {
      reconnectLater();
      return;
    }
    deps.refused().then(
      (fresh) => {
        if (fresh) credential = fresh;
        reconnectLater();
      },
      (error: unknown) => {
        trouble = error instanceof Error ? error.message : String(error);
        reconnectLater();
      },
    );
  };

  function connect(): void {
    if (closed || connection || scheduler.now() < cutUntil) return;
    const will = { epoch: journal.epoch, boot: journal.boot };
    connection = openConnection(deps.brokerUrl, deps.pump, credential, will, { ready, message: onMessage, lost });
  }

  return {
    connect,
    offer(entries) {
      if (!isReady) return;
      outbox.offer(entries);
      wake();
    },
    resendNow(ranges) {
      outbox.missing(ranges, scheduler.now(), 0);
      wake();
    },
    restart() {
      if (!isReady) return;
      sayHello();
      outbox.connected(scheduler.now());
      wake();
    },
    cut(ms) {
      cutUntil = scheduler.now() + ms;
      leave()?.cut();
      reconnectLater(ms + 1);
    },
    sendRaw(lane, payload) {
      if (isReady) publish({ topic: topic(`up/${lane}`), payload });
    },
    get faults() {
      return faults;
    },
    set faults(next) {
      faults = next;
    },
    get connected() {
      return isReady;
    },
    get trouble() {
      return trouble;
    },
    async close() {
      closed = true;
      cancelWake?.();
      await leave()?.close();
    },
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the schema refuses undefined and says so.
    return undefined;
  }
}
