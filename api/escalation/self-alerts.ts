import type { Logger } from 'pino';
import type { OnCallPerson } from '#schemas/http/on-call.ts';
import {
  isNobodyWatching,
  type ShiftReach,
  shiftLookAheadMs,
  unreachableShifts,
} from '#schemas/rules/nobody-watching.ts';
import { onCallAt, shiftsBetween } from '#schemas/rules/schedule.ts';
import { type Database, isDatabaseAway, type Query } from '../database.ts';
import { readBook } from './book.ts';

type SelfAlertDeps = { db: Database; now: () => number; log: Logger; feedChanged: () => void };
type Attention = { lastHumanAt: number | null; pumps: number };

const everyMs = 5_000;
/** Screens that come back after this process started have told it so by then. */
const settledAfterMs = 15_000;
const clinical = ['clinical', 'clinical-backup'];

/**
 * Keeps `nobody-watching` and `on-call-unreachable` true. Each api process sees the same facts; the database holds that
 * there is one alert of each.
 */
export function createSelfAlerts({ db, now, log, feedChanged }: SelfAlertDeps) {
  const lookingSince = now();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;

  async function look(): Promise<void> {
    const at = now();
    const [attention] = await db.query<Attention>('attention');
    const people = await db.query<OnCallPerson>('reachable');
    const book = await readBook(db.query);
    const isReachable = (user: string) => people.some(({ id, reachable }) => id === user && reachable);
    if (!attention) return;

    const onCall = book.schedules.filter(({ id }) => clinical.includes(id)).map(({ rota }) => onCallAt(rota, at).user);
    const onCallReachable = onCall.some((user) => user !== null && isReachable(user));
    const nobody = isNobodyWatching({ ...attention, lookingSince, onCallReachable }, at);
    await keep('nobody-watching', nobody, 'Nobody is watching: no screen in use, nobody on call can be reached', {});

    const shifts = book.schedules.flatMap(({ id, layers, rota }): ShiftReach[] =>
      // A schedule that nobody made yet has no shift to miss.
      layers.length === 0
        ? []
        : shiftsBetween(rota, at, at + shiftLookAheadMs + 1).map((shift) => ({ ...shift, schedule: id })),
    );
    const missing = attention.pumps === 0 ? [] : unreachableShifts(shifts, isReachable, at);
    if (at - lookingSince < settledAfterMs) return;
    await keep('on-call-unreachable', missing.length > 0, 'Nobody on call can be reached', {
      shifts: missing.map(({ schedule, from, user }) => ({ schedule, from: new Date(from).toISOString(), user })),
    });
  }

  async function keep(type: string, isSo: boolean, message: string, detail: object): Promise<void> {
    const changed = await db.transaction(async (query) => {
      const rows = isSo
        ? await raise(query, type, message, detail)
        : await query<{ id: string }>('self_alert_end', [type]);
      if (rows.length > 0) await query('feed_append', [rows.map(({ id }) => id)]);
      return rows.length > 0;
    });
    if (changed) feedChanged();
  }

  const raise = (query: Query, type: string, message: string, detail: object) =>
    query<{ id: string }>('self_alert_raise', [type, message, JSON.stringify(detail)]);

  function run(): void {
    looking ??= look()
      .catch((error: unknown) => {
        // Told on every screen, and by the watchdog; looked at again when the database is back.
        if (!isDatabaseAway(error)) log.error({ err: error }, 'who could hear of an alert could not be looked at');
      })
      .finally(() => {
        looking = null;
      });
  }

  return {
    start: () => {
      timer = setInterval(run, everyMs);
    },
    close: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}
