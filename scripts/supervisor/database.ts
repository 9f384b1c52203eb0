import { type Cluster, startCluster } from '../database/cluster.ts';
import { migrate } from '../migrate.ts';
import type { SupervisorConfig } from './config.ts';

export interface Database {
  url: string;
  engine: string;
  close: () => Promise<void>;
}

/**
 * The migrated database of DATABASE_URL, else a private one that is started again whenever it ends unasked.
 *
 * @throws Error when it cannot be started or migrated
 */
export async function openDatabase(config: SupervisorConfig, say: (line: string) => void): Promise<Database> {
  if (config.DATABASE_URL !== undefined) {
    await migrate(config.DATABASE_URL, { log: say });
    return { url: config.DATABASE_URL, engine: 'DATABASE_URL', close: async () => {} };
  }
  const first = await startCluster({ dataDir: config.DATA_DIR, log: say });
  try {
    await migrate(first.url, { log: say });
  } catch (error) {
    await first.close();
    throw error;
  }
  let current: Cluster = first;
  let closing = false;
  const kept = (async () => {
    let pauseMs = 500;
    for (;;) {
      const how = await current.ended;
      while (!closing) {
        say(`the database ended (${how}); starting it again`);
        try {
          // The same port and password: the services reconnect by themselves.
          current = await startCluster({ dataDir: config.DATA_DIR, log: say, port: first.port });
          break;
        } catch (error) {
          say(error instanceof Error ? error.message : String(error));
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
          pauseMs = Math.min(pauseMs * 2, 30_000);
        }
      }
      if (closing) return current.close();
    }
  })();
  return {
    url: first.url,
    engine: first.engine === 'timescaledb' ? `TimescaleDB on PostgreSQL ${first.major}` : `PostgreSQL ${first.major}`,
    close: async () => {
      closing = true;
      await current.close();
      await kept;
    },
  };
}
