import type { Logger } from 'pino';
import { judgePlatform } from '#schemas/rules/platform-delay.ts';
import { type Database, isDatabaseAway } from '../database.ts';
import type { AlertBoard } from './alert-board.ts';
import type { Components } from './components.ts';
import type { PumpBoard } from './pump-board.ts';

type PlatformWatchDeps = {
  db: Database;
  alerts: AlertBoard;
  pumps: PumpBoard;
  /** Ingest workers heard of in the last minute. */
  workers: () => ReturnType<Components['list']>;
  now: () => number;
  log: Logger;
  feedChanged(): void;
};

/** An echo older than this says nothing of now; that none comes is the watchdog's to tell. */
const freshMs = 10_000;

/** Keeps `platform-delayed` true. Each api process sees the same facts; the database holds that there is one alert. */
export function createPlatformWatch({ db, alerts, pumps, workers, now, log, feedChanged }: PlatformWatchDeps) {
  let calmSince: number | null = null;
  let looking: Promise<void> | null = null;

  async function judge(): Promise<void> {
    const at = now();
    const heard = workers().filter(({ ageMs }) => ageMs <= freshMs);
    if (alerts.feedEpoch === null || heard.length === 0) return;
    const behindMs = Math.max(...heard.map((worker) => worker.behindMs));
    const board = alerts.shown(at).filter(({ condition }) => condition === 'active');
    const isOpen = board.some(({ type }) => type === 'platform-delayed');
    const judged = judgePlatform({ behindMs, ...pumps.silences() }, isOpen, calmSince, at);
    calmSince = judged.calmSince;
    if (judged.do === null) return;
    const high = board.filter(({ type, priority }) => type === 'silent-pump' && priority === 'high');
    const message = judged.silent > 0 ? 'Many pumps fell silent at once' : 'Records wait long to be committed';
    const detail = { behindMs, silent: judged.silent, high: high.flatMap(({ pump }) => pump ?? []) };
    const changed = await db.transaction(async (query) => {
      const rows =
        judged.do === 'raise'
          ? await query<{ id: string }>('platform_delay_raise', [message, JSON.stringify(detail)])
          : await query<{ id: string }>('platform_delay_end');
      if (rows.length > 0) await query('feed_append', [rows.map(({ id }) => id)]);
      return rows.length > 0;
    });
    if (changed) feedChanged();
  }

  return {
    /** Looks once, unless it is looking. */
    look(): void {
      looking ??= judge()
        .catch((error: unknown) => {
          // Told on every screen, and by the watchdog; recorded once the database is back.
          if (!isDatabaseAway(error)) log.error({ err: error }, 'the platform’s delay could not be recorded');
        })
        .finally(() => {
          looking = null;
        });
    },
    close: async () => {
      await looking;
    },
  };
}
