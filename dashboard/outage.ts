import { useCallback, useState } from 'react';
import { useSituation } from './services.tsx';
import type { Situation } from './store.ts';
import { timeWithSeconds } from './words.ts';

// Two things that are mostly one: the api can't record what people do, ingest can't record what pumps send. Where only
// ingest is cut off or held up, an alert can still be taken, and a screen that refuses it costs the same seconds.

/** Since when what is done here can't be recorded, milliseconds since 1970; null: as far as this screen knows it can. */
export function outageSince({ tick }: Pick<Situation, 'tick'>): number | null {
  return tick !== null && !tick.db.up ? (tick.db.downSince ?? tick.at) : null;
}

/** Since when what pumps send is not recorded either, milliseconds since 1970; null: as far as this screen knows it is. */
export function notRecordedSince({ tick, provisional }: Pick<Situation, 'tick' | 'provisional'>): number | null {
  return outageSince({ tick }) ?? provisional?.since ?? null;
}

/** {@link outageSince}, for what is drawn. */
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
