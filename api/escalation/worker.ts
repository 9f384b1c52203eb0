import type { Logger } from 'pino';
import { type Database, isDatabaseAway } from '../database.ts';
import { tendAlerts } from './tend-alerts.ts';

export type EscalationDeps = { db: Database; log: Logger; feedChanged: () => void };

const everyMs = 1_000;
/** Few enough that a transaction is short: whoever answers one of these alerts waits for it. */
const atOnce = 25;
/** How often those of which nobody was asked yet are looked at though nothing of them changed. */
const relookEvery = 5;

/**
 * Carries out what has become due, each second, beside any number of other processes that do the same. It keeps nothing
 * in memory: killed at any point, another one goes on from what was committed.
 */
export function createEscalation({ db, log, feedChanged }: EscalationDeps) {
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> | null = null;
  let passes = 0;

  async function pass(): Promise<void> {
    const relook = passes % relookEvery === 0;
    passes += 1;
    if (relook) await work(await candidates(true));
    for (;;) {
      const ids = await candidates(false);
      const tended = await work(ids);
      // What is left is held by others, or waits for the next second.
      if (ids.length < atOnce || tended === 0) return;
    }
  }

  async function candidates(relook: boolean): Promise<string[]> {
    const rows = await db.query<{ id: string }>('escalation_candidates', [relook ? 4 * atOnce : atOnce, relook]);
    return rows.map(({ id }) => id);
  }

  /** @returns how many alerts were told to screens anew */
  async function work(ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0;
    try {
      return await together(ids);
    } catch (error) {
      if (isDatabaseAway(error) || ids.length === 1) throw error;
      // One that can't be tended must not keep the others from it.
      let tended = 0;
      for (const id of ids) {
        tended += await together([id]).catch((failure: unknown) => {
          if (isDatabaseAway(failure)) throw failure;
          log.error({ err: failure, alert: id }, 'the escalation of an alert could not be carried on');
          return 0;
        });
      }
      return tended;
    }
  }

  async function together(ids: readonly string[]): Promise<number> {
    const changed = await db.transaction(async (query) => {
      const told = await tendAlerts(query, ids);
      if (told.length > 0) await query('feed_append', [told]);
      return told.length;
    });
    if (changed > 0) feedChanged();
    return changed;
  }

  function run(): void {
    working ??= pass()
      .catch((error: unknown) => {
        // Nothing is lost: what is due stays due, and is carried out once when the database is back.
        if (isDatabaseAway(error)) log.warn({ err: error }, 'escalation waits for the database');
        else log.error({ err: error }, 'escalation could not be carried on');
      })
      .finally(() => {
        working = null;
      });
  }

  return {
    start: () => {
      run();
      timer = setInterval(run, everyMs);
    },
    close: async () => {
      clearInterval(timer);
      await working;
    },
  };
}
