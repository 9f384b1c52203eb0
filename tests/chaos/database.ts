// The database of a run: stopped at once and started again, or alone with a disk that is slow or full.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { type Cluster, startCluster } from '../../scripts/database/cluster.ts';
import { migrate } from '../../scripts/migrate.ts';
import { mountSmallDisk, noSmallDisk, type SmallDisk } from './small-disk.ts';

export type ChaosDatabase = {
  url: string;
  port: number;
  /** Why its disk can't be disturbed, or null. */
  diskNotHere: string | null;
  /** Stops at once, without a checkpoint, and starts again after a while. False when it is away already. */
  stop(ms: number): Promise<boolean>;
  slowDisk(ms: number, stallMs: number): Promise<boolean>;
  /** Not a block is free until `over` is fulfilled. */
  fullDisk(over: Promise<unknown>): Promise<boolean>;
  /** Fulfilled when nothing is done to it any more and it runs. */
  settled(): Promise<void>;
  close(): Promise<void>;
};

const diskMegabytes = 1_024;
/** A server without room to start is tried again, as a supervisor would. */
const againAfterMs = 500;
const startWithinMs = 60_000;

/**
 * Starts a private, migrated database in `folder`.
 * @param ownDisk on a small disk of its own, where this machine allows one
 * @param crashed told when it ended although nobody stopped it and its disk was never full
 */
export async function startChaosDatabase(
  folder: string,
  ownDisk: boolean,
  log: (line: string) => void,
  crashed: (words: string) => void,
): Promise<ChaosDatabase> {
  const dataDir = join(folder, 'database');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  let diskNotHere = ownDisk ? noSmallDisk() : 'the run was planned without it';
  let disk: SmallDisk | null = null;
  if (diskNotHere === null) {
    try {
      disk = await mountSmallDisk(join(folder, 'disk.img'), dataDir, diskMegabytes);
    } catch (error) {
      diskNotHere = error instanceof Error ? error.message : String(error);
    }
  }
  let wasFull = false;
  let closing = false;
  let starting: Promise<void> | null = null;
  let stopping: Promise<void> | null = null;
  let disturbing: Promise<void> | null = null;

  let cluster = await startCluster({ dataDir, engine: 'embedded', log });
  const { port, url } = cluster;
  // The checker asks the database itself when a record was committed.
  await asOwner(url, 'alter system set track_commit_timestamp = on');
  await cluster.close();

  const watch = (mine: Cluster) => {
    mine.ended.then((reason) => {
      if (closing || stopping || mine !== cluster) return;
      // A server that can't write its log of changes has to end.
      if (!wasFull) crashed(`database ended by itself with ${reason}`);
      const again = start().catch((error: unknown) => crashed(`database did not start again: ${String(error)}`));
      starting = again.finally(() => {
        starting = null;
      });
    });
  };
  const start = async () => {
    const deadline = Date.now() + startWithinMs;
    for (;;) {
      try {
        cluster = await startCluster({ dataDir, engine: 'embedded', port });
        watch(cluster);
        return;
      } catch (error) {
        if (closing || Date.now() > deadline) throw error;
        await pause(againAfterMs);
      }
    }
  };
  await start();
  await migrate(url);

  const disturb = async (work: () => Promise<void>): Promise<boolean> => {
    if (closing || disturbing) return false;
    disturbing = work();
    await disturbing;
    disturbing = null;
    return true;
  };
  const settled = async () => {
    await disturbing;
    await stopping;
    await starting;
  };

  return {
    url,
    port,
    diskNotHere,
    async stop(ms) {
      if (closing || stopping || starting) return false;
      const again = async () => {
        const { pid, ended } = cluster;
        process.kill(pid, 'SIGQUIT');
        await ended;
        await pause(ms);
        await start();
      };
      stopping = again();
      await stopping;
      stopping = null;
      return true;
    },
    slowDisk: async (ms, stallMs) => (disk ? disturb(() => disk.slow(ms, stallMs)) : false),
    async fullDisk(over) {
      if (!disk) return false;
      wasFull = true;
      return disturb(() => disk.full(over));
    },
    settled,
    async close() {
      await settled();
      closing = true;
      await cluster.close();
      await disk?.close();
    },
  };
}

async function asOwner(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
