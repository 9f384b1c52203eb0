import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Alert } from '#schemas/http/alert.ts';
import type { ServerFrame } from '#schemas/http/live-frames.ts';
import type { Pump } from '#schemas/http/shapes.ts';
import type { ProvisionalAlert } from '#schemas/messages/live.ts';
import { createServerClock, type ServerClock } from './clock.ts';
import type { Watch } from './live/watch.ts';
import { createTable, type Table } from './table.ts';

/** An alert with the feed number that told of it: its own, or the head of the snapshot that held it. */
export type BoardAlert = Alert & { feedSeq: number; ownSeq: boolean };

export type Tick = Extract<ServerFrame, { type: 'tick' }>;

/** What belongs to the whole screen; rows live in the tables beside it. */
export type Situation = {
  watch: Watch;
  link: 'connecting' | 'open' | 'waiting';
  feedEpoch: string | null;
  head: number;
  /** A whole snapshot has been read since the page was opened. */
  loaded: boolean;
  tick: Tick | null;
  provisional: { since: number | null; at: number; alerts: readonly ProvisionalAlert[] } | null;
  /** Server time, milliseconds, once a second: what ages are counted from. */
  now: number | null;
  /** Frames that could not be read since the last whole snapshot. */
  unreadable: number;
};

export type Store = {
  situation: StoreApi<Situation>;
  /** The alert board: clinical alerts alone. */
  alerts: Table<BoardAlert>;
  /** What a technician is told; nobody is paged by it, and it makes no sound. */
  technical: Table<BoardAlert>;
  pumps: Table<Pump>;
  clock: ServerClock;
};

/** One store per page. @param monotonic milliseconds of a clock that is never set */
export function createDashboardStore(monotonic: () => number): Store {
  return {
    situation: createStore<Situation>(() => ({
      watch: { at: 'connecting' },
      link: 'connecting',
      feedEpoch: null,
      head: 0,
      loaded: false,
      tick: null,
      provisional: null,
      now: null,
      unreadable: 0,
    })),
    alerts: createTable<BoardAlert>(),
    technical: createTable<BoardAlert>(),
    pumps: createTable<Pump>(),
    clock: createServerClock(monotonic),
  };
}
