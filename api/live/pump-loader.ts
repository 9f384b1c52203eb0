import type { Logger } from 'pino';
import { type Database, isDatabaseAway } from '../database.ts';
import type { PumpRow } from '../pump-row.ts';
import type { PumpBoard } from './pump-board.ts';

const allEveryMs = 30_000;
const someEveryMs = 500;

export type PumpLoader = {
  start(): void;
  /** These pumps' rows are to be read soon. */
  need(ids: readonly string[]): void;
  close(): Promise<void>;
};

/** Keeps the pump board in step with the database: all of it every 30 s, single pumps soon after they are asked for. */
export function createPumpLoader(db: Database, board: PumpBoard, log: Logger): PumpLoader {
  const wanted = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let loading: Promise<void> | null = null;
  let allAt = Number.NEGATIVE_INFINITY;

  async function load(): Promise<void> {
    if (performance.now() - allAt >= allEveryMs) {
      wanted.clear();
      board.load(await db.query<PumpRow>('pumps_all'), true);
      allAt = performance.now();
    } else if (wanted.size > 0) {
      const ids = [...wanted];
      wanted.clear();
      board.load(await db.query<PumpRow>('pumps_some', [ids]), false);
    }
  }

  const run = () => {
    loading ??= load()
      .catch((error: unknown) => {
        if (!isDatabaseAway(error)) log.error({ err: error }, 'pumps could not be read');
        allAt = Number.NEGATIVE_INFINITY;
      })
      .finally(() => {
        loading = null;
      });
  };

  return {
    start: () => {
      run();
      timer = setInterval(run, someEveryMs);
    },
    need: (ids) => {
      for (const id of ids) wanted.add(id);
    },
    close: async () => {
      clearInterval(timer);
      await loading;
    },
  };
}
