import type { Logger } from 'pino';
import { createDatabase, type DatabaseOptions } from '../database.ts';

export type DatabaseWatch = {
  /** `downSince`: milliseconds since 1970, null while it answers. */
  state(): { up: boolean; downSince: number | null };
  start(): void;
  close(): Promise<void>;
};

const everyMs = 1_000;

/**
 * Asks the database each second, on a connection of its own, whether it takes writes; 2 s without an answer count as no.
 */
export function createDatabaseWatch(
  options: Pick<DatabaseOptions, 'url' | 'name'>,
  { now, log, changed }: { now: () => number; log: Logger; changed: (up: boolean) => void },
): DatabaseWatch {
  const db = createDatabase({ ...options, connections: 1, statementTimeoutMs: 1_000, connectTimeoutMs: 2_000 }, log);
  // Until the first answer nothing is known; a screen is told so by "not up".
  let downSince: number | null = now();
  let timer: NodeJS.Timeout | undefined;
  let asking: Promise<void> | null = null;

  async function ask(): Promise<void> {
    let up = false;
    try {
      const [row] = await db.query<{ readOnly: boolean }>('probe');
      up = row?.readOnly === false;
    } catch (error) {
      log.debug({ err: error }, 'the database does not answer');
    }
    const wasUp = downSince === null;
    if (up) downSince = null;
    else downSince ??= now();
    if (up !== wasUp) {
      log[up ? 'info' : 'warn'](up ? 'the database answers' : 'the database does not answer');
      changed(up);
    }
  }

  const run = () => {
    asking ??= ask().finally(() => {
      asking = null;
    });
  };

  return {
    state: () => ({ up: downSince === null, downSince }),
    start: () => {
      run();
      timer = setInterval(run, everyMs);
    },
    close: async () => {
      clearInterval(timer);
      await asking;
      await db.close();
    },
  };
}
