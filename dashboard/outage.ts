import { useCallback, useState } from 'react';
import { useSituation } from './services.tsx';
import type { Situation } from './store.ts';
import { timeWithSeconds } from './words.ts';

type Told = Pick<Situation, 'tick' | 'provisional'>;

/**
 * Since when nothing can be recorded, milliseconds since 1970: the api's database is away, or ingest can't write to its.
 * null: as far as this screen knows, what is done here is recorded.
 */
export function outageSince({ tick, provisional }: Told): number | null {
  if (tick !== null && !tick.db.up) return tick.db.downSince ?? tick.at;
  return provisional?.since ?? null;
}

/** The same, for what is drawn. */
export const useOutage = (): number | null => useSituation(outageSince);

export type Recording = {
  /** Nothing can be recorded: the buttons look it. */
  away: boolean;
  /** What somebody is told who pressed all the same; forgotten by itself when the database is back. */
  refused: NotRecordedNow | null;
  /** At a press: true where nothing can be recorded, which is said from then on. */
  refuse: () => boolean;
};

/** For whatever sends something that has to be recorded. */
export function useRecording(): Recording {
  const since = useOutage();
  const [refusedSince, setRefusedSince] = useState<number | null>(null);
  const refuse = useCallback(() => {
    setRefusedSince(since);
    return since !== null;
  }, [since]);
  const refused = since !== null && refusedSince === since ? new NotRecordedNow(since) : null;
  return { away: since !== null, refused, refuse };
}

/** Nothing was sent: an answer of the server would have taken seconds to say the same. */
export class NotRecordedNow extends Error {
  override name = 'NotRecordedNow';
  constructor(since: number) {
    super(`Not recorded: the database is away since ${timeWithSeconds(since)}. Press again when it is back.`);
  }
}
