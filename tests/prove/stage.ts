// What every proof stands on: the platform as processes, a way to ask the database, and a screen.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { ServerFrame } from '#schemas/http/live-frames.ts';
import { demoPassword, type Platform, startPlatform } from '../chaos/platform.ts';
import type { ServiceName } from '../chaos/schedule.ts';
import { type ChaosScreen, screenCookie, startScreen } from '../chaos/screens.ts';

export type ProofContext = {
  /** Where everything of the run is kept. */
  folder: string;
  log(line: string): void;
  signal: AbortSignal;
};

export type Stage = {
  platform: Platform;
  db: pg.Pool;
  /** The session of somebody who watches. */
  cookie: string;
  /** Opens a screen. @param heard is told of every frame */
  screen(name: string, heard: (frame: ServerFrame) => void): ChaosScreen;
  /** The most memory that services were seen to hold, bytes, by name. */
  memory: ReadonlyMap<ServiceName, number>;
  /** Is closed with the stage, in reverse order. */
  owns(close: () => unknown): void;
  close(): Promise<void>;
};

const memoryEveryMs = 200;
const watched = ['broker', 'ingest-1', 'ingest-2', 'api'] as const;

/** Starts a platform, lets `act` do its part, and stops everything. */
export async function onStage<T>(context: ProofContext, act: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = await openStage(context);
  try {
    return await act(stage);
  } finally {
    await stage.close();
  }
}

/** Starts a platform; the caller closes it. */
export async function openStage(context: ProofContext, options: { dashboardDir?: string } = {}): Promise<Stage> {
  mkdirSync(context.folder, { recursive: true, mode: 0o700 });
  const platform = await startPlatform(context.folder, 'aedes', context.log, { direct: true, ...options });
  const closes: (() => unknown)[] = [platform.close];
  const close = async () => {
    for (const one of closes.splice(0).reverse()) await one();
  };
  try {
    const db = new pg.Pool({ connectionString: platform.databaseUrl, max: 3 });
    // While a proof stops the database its connections break; whoever asks then is told by the query.
    db.on('error', () => {});
    closes.push(() => db.end());
    const cookie = await screenCookie(platform.apiUrl, 'clinician@demo.dripwatch', demoPassword);
    const memory = new Map<ServiceName, number>();
    const timer = setInterval(() => {
      for (const name of watched) memory.set(name, Math.max(memory.get(name) ?? 0, platform.memory(name) ?? 0));
    }, memoryEveryMs);
    closes.push(() => clearInterval(timer));
    return {
      platform,
      db,
      cookie,
      memory,
      screen: (name, heard) => {
        const log = join(context.folder, 'screens.ndjson');
        const screen = startScreen({ name, url: platform.apiUrl, cookie, log, heard });
        closes.push(() => screen.end(screen.last));
        return screen;
      },
      owns: (one) => void closes.push(one),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The most that one ingest worker held, bytes. */
export const ingestMemory = ({ memory }: Pick<Stage, 'memory'>): number =>
  Math.max(memory.get('ingest-1') ?? 0, memory.get('ingest-2') ?? 0);
