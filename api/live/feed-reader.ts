import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Alert } from '#schemas/http/alert.ts';
import { type Database, isDatabaseAway } from '../database.ts';
import type { AlertBoard, FeedEntry } from './alert-board.ts';

export type FeedReader = {
  start(): void;
  /** Something may have changed: read now. */
  hint(): void;
  close(): Promise<void>;
};

type Listeners = {
  /** One change, in the feed's order, none left out. Returns the bytes that each screen was sent. */
  changed(entry: FeedEntry): number;
  /** The board was read anew; whoever shows it needs a snapshot. */
  reloaded(): void;
};

const everyMs = 1_000;
const changesAtOnce = 200;
/** Bytes sent in one go. Between two goes sockets drain, so that a flood cuts nobody who keeps up. */
const bytesAtOnce = 128 * 1024;

/**
 * Follows the feed of this database: on every hint, and every second anyway, since a hint may be lost. A hole in the
 * numbers, another epoch or a head that went back means that the past changed: then the board is loaded anew.
 */
export function createFeedReader(db: Database, board: AlertBoard, listeners: Listeners, log: Logger): FeedReader {
  let timer: NodeJS.Timeout | undefined;
  let reading: Promise<void> | null = null;
  let again = false;
  let closed = false;

  async function load(): Promise<void> {
    const [row] = await db.query<{
      feedEpoch: string;
      head: number;
      alerts: Alert[];
      recent: { seq: number; document: Alert }[];
    }>('board_load');
    if (!row) throw new Error('the feed has no row: the database is not migrated');
    const recent = row.recent.map(({ seq, document }) => ({ seq, alert: document }));
    board.load(row.feedEpoch, row.head, row.alerts, recent);
    listeners.reloaded();
  }

  async function read(): Promise<void> {
    if (board.feedEpoch === null) return load();
    let bytes = 0;
    for (;;) {
      const rows = await db.query<{ seq: number; document: Alert }>('feed_read', [board.head, changesAtOnce]);
      for (const { seq, document } of rows) {
        if (seq !== board.head + 1) return load();
        const entry = { seq, alert: document };
        board.apply(entry);
        bytes += listeners.changed(entry);
        if (bytes < bytesAtOnce) continue;
        bytes = 0;
        await setImmediate();
      }
      if (rows.length < changesAtOnce) return checkHead();
    }
  }

  async function checkHead(): Promise<void> {
    const [feed] = await db.query<{ feedEpoch: string; head: number }>('feed_head');
    if (feed && (feed.feedEpoch !== board.feedEpoch || feed.head < board.head)) await load();
  }

  function run(): void {
    if (closed) return;
    if (reading) {
      again = true;
      return;
    }
    reading = read()
      .catch((error: unknown) => {
        // The database being away is known from the probe and shown on every screen; the next second tries again.
        if (!isDatabaseAway(error) && !closed) log.error({ err: error }, 'the alert feed could not be read');
      })
      .finally(() => {
        reading = null;
        if (again) {
          again = false;
          run();
        }
      });
  }

  return {
    start: () => {
      run();
      timer = setInterval(run, everyMs);
    },
    hint: run,
    close: async () => {
      closed = true;
      clearInterval(timer);
      await reading;
    },
  };
}
