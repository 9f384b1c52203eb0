import type { Logger } from 'pino';
import { answeringRoles } from '#schemas/rules/permitted-answers.ts';
import { type Database, isDatabaseAway, type Query } from '../database.ts';
import { tendAlerts } from './tend-alerts.ts';

export type EscalationDeps = { db: Database; log: Logger; feedChanged: () => void };

const everyMs = 1_000;
/** Four times what a pass waits for a lock, and longer than a pass took in a storm of 500 alerts. */
const heldUpAfterMs = 20_000;
/** Few enough that a transaction is short: whoever answers one of these alerts waits for it. */
const atOnce = 25;
/** How often those of which nobody was asked yet are looked at though nothing of them changed, and how many of them. */
const relookEvery = 5;
const relookAtMost = 4 * atOnce;
const roles = JSON.stringify(answeringRoles);

/**
 * Carries out what has become due, each second, beside any number of other processes that do the same: each takes alerts
 * that no other one holds, so that a storm is shared out among them. It keeps nothing in memory: killed at any point,
 * another one goes on from what was committed.
 */
export function createEscalation({ db, log, feedChanged }: EscalationDeps) {
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> | null = null;
  let passes = 0;
  let passedAt = performance.now();

  /** What is due first, all of it; each alert at most once. */
  async function pass(): Promise<void> {
    const looked: string[] = [];
    while ((await takeSome(false, looked)) === atOnce);
    passes += 1;
    if (passes % relookEvery !== 0) return;
    const until = looked.length + relookAtMost;
    while ((await takeSome(true, looked)) === atOnce && looked.length < until);
  }

  /** @returns how many alerts were looked at, which are then among `looked` */
  async function takeSome(relook: boolean, looked: string[]): Promise<number> {
    let taken: string[] = [];
    try {
      await changing(async (query) => {
        const rows = await query<{ id: string }>('escalation_candidates', [atOnce, relook, looked, roles]);
        taken = rows.map(({ id }) => id);
        return tendAlerts(query, taken);
      });
    } catch (error) {
      if (isDatabaseAway(error) || taken.length === 0) throw error;
      await oneByOne(taken);
    }
    looked.push(...taken);
    return taken.length;
  }

  /** One that can't be tended must not keep the others from it. */
  async function oneByOne(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await changing((query) => tendAlerts(query, [id])).catch((failure: unknown) => {
        if (isDatabaseAway(failure)) throw failure;
        log.error({ err: failure, alert: id }, 'the escalation of an alert could not be carried on');
      });
    }
  }

  /** One transaction of what changes alerts; the feed is its last statement. */
  async function changing(tend: (query: Query) => Promise<string[]>): Promise<void> {
    const changed = await db.transaction(async (query) => {
      const told = await tend(query);
      if (told.length > 0) await query('feed_append', [told]);
      return told.length > 0;
    });
    if (changed) feedChanged();
  }

  function run(): void {
    working ??= pass()
      .then(() => {
        passedAt = performance.now();
      })
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
    /** Whether what is due is carried out: held up for longer, by a lock of somebody else's, nobody is asked. */
    isOnTime: () => performance.now() - passedAt < heldUpAfterMs,
    /** The database is back: what fell due meanwhile takes a moment. */
    resume: () => {
      passedAt = performance.now();
      run();
    },
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
