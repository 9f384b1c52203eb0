import type * as z from 'zod';
import type { canaryEcho } from '#schemas/messages/live.ts';

type Echo = z.infer<typeof canaryEcho>;
const forgottenAfterMs = 60_000;

type IngestWorker = {
  worker: string;
  shards: number[];
  ageMs: number;
  databaseDownSince: number | null;
  behindMs: number;
};

export type Components = {
  echoed(echo: Echo, now: number): void;
  /** Ingest workers heard of in the last minute. */
  list(now: number): IngestWorker[];
};

/** The ingest workers as their canary echoes show them, whichever api process sent the canary. */
export function createComponents(): Components {
  const workers = new Map<string, { at: number; echo: Echo }>();
  return {
    echoed: (echo, now) => {
      workers.set(echo.worker, { at: now, echo });
    },
    list: (now) => {
      for (const [worker, { at }] of workers) if (now - at > forgottenAfterMs) workers.delete(worker);
      return [...workers.values()].map(({ at, echo: { worker, shards, databaseDownSince, behindMs } }) => {
        return { worker, shards, ageMs: Math.round(now - at), databaseDownSince, behindMs };
      });
    },
  };
}
