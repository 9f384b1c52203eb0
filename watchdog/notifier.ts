import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Channel } from './channels/channel.ts';
import type { Page } from './page.ts';

const tryWithinMs = 15_000;
/** Older pages tell nothing that a reminder does not tell better. */
const givenUpAfterMs = 30 * 60_000;

export type Notifier = {
  /** Hands a page to every channel; each delivers in order and tries again by itself. */
  page(page: Page): void;
  close(): Promise<void>;
};

export type NotifierOptions = {
  log: Logger;
  now: () => number;
  counted(channel: Channel['name'], outcome: 'delivered' | 'failed'): void;
  /** Pause after the first failure, doubled up to the longest, ms. */
  pauseMs?: { first: number; longest: number };
};

export function createNotifier(channels: readonly Channel[], options: NotifierOptions): Notifier {
  const stopping = new AbortController();
  const lanes = channels.map((channel) => createLane(channel, options, stopping.signal));
  return {
    page: (page) => {
      for (const lane of lanes) lane.push(page);
    },
    close: async () => {
      stopping.abort();
      for (const lane of lanes) await lane.ended();
    },
  };
}

function createLane(channel: Channel, options: NotifierOptions, stopping: AbortSignal) {
  const { log, now, counted, pauseMs: { first, longest } = { first: 2_000, longest: 60_000 } } = options;
  const waiting: Page[] = [];
  let running: Promise<void> | null = null;

  /** False: not delivered and not to be tried again. */
  async function deliver(page: Page): Promise<boolean> {
    for (let pause = first; ; pause = Math.min(2 * pause, longest)) {
      try {
        await channel.send(page, AbortSignal.any([stopping, AbortSignal.timeout(tryWithinMs)]));
        counted(channel.name, 'delivered');
        log.info({ channel: channel.name, kind: page.kind }, 'paged');
        return true;
      } catch (error) {
        counted(channel.name, 'failed');
        if (stopping.aborted || now() - page.at > givenUpAfterMs) return false;
        log.error({ err: error, channel: channel.name }, `${channel.name} took no page; it is tried again`);
        await delay(pause, undefined, { signal: stopping }).catch(() => undefined);
        if (stopping.aborted) return false;
      }
    }
  }

  async function run(): Promise<void> {
    for (let page = waiting.shift(); page !== undefined; page = waiting.shift()) {
      if (!(await deliver(page))) log.error({ channel: channel.name, kind: page.kind }, `not paged: ${page.subject}`);
    }
    running = null;
  }

  return {
    push: (page: Page) => {
      // Of reminders that could not be sent yet only the newest is worth sending.
      const old = page.kind === 'still-failing' ? waiting.findIndex(({ kind }) => kind === 'still-failing') : -1;
      if (old >= 0) waiting.splice(old, 1);
      waiting.push(page);
      running ??= run();
    },
    ended: async () => {
      await running;
    },
  };
}
