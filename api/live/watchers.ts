import type { Logger } from 'pino';
import { type Database, isDatabaseAway } from '../database.ts';
import { isIdle } from './gestures.ts';
import type { Screen } from './screen.ts';

type WatcherDeps = {
  db: Database;
  apiId: string;
  screens: ReadonlySet<Screen>;
  now: () => number;
  log: Logger;
};

/** Who sits before the screens of this process. */
export function createWatchers({ db, apiId, screens, now, log }: WatcherDeps) {
  return {
    /** Screens that a person may be looking at: neither wall displays nor those that nobody touched for a while. */
    list: (): Screen[] => {
      const at = now();
      return [...screens].filter((screen) => screen.signedIn.user.role !== 'display' && !isIdle(screen, at));
    },
    /** Tells the database, for all processes, when each person last did something. */
    tell: (): void => {
      const people = new Map<string, { user_id: string; screens: number; last_human_at: number }>();
      for (const { signedIn, since, lastHumanAt } of screens) {
        const id = signedIn.user.id;
        const before = people.get(id);
        const last = Math.max(before?.last_human_at ?? 0, lastHumanAt ?? since);
        people.set(id, { user_id: id, screens: (before?.screens ?? 0) + 1, last_human_at: last });
      }
      void db.query('watching_tell', [apiId, JSON.stringify([...people.values()])]).catch((error: unknown) => {
        // Told again in a few seconds.
        if (!isDatabaseAway(error)) log.error({ err: error }, 'who is watching could not be told');
      });
    },
  };
}
