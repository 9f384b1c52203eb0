import type { Logger } from 'pino';
import type { NotificationPayload } from '#schemas/http/notification.ts';
import { dueShiftTests, testAheadMs } from '#schemas/rules/shift-tests.ts';
import { type Database, isDatabaseAway } from '../database.ts';
import { readBook } from '../escalation/book.ts';

const everyMs = 30_000;
const payload: NotificationPayload = { kind: 'reachability', priority: null, type: null, alert: null, count: 1 };

/**
 * Puts the tests of shifts that begin into the outbox, each once however many processes do so.
 * @returns how many were new
 */
export async function queueShiftTests(db: Database, now: number): Promise<number> {
  return db.transaction(async (query) => {
    const book = await readBook(query);
    const due = dueShiftTests(
      book.schedules.map(({ rota }) => rota),
      now,
    );
    if (due.length === 0) return 0;
    const rows = due.flatMap(({ user, from, call }) =>
      (call ? (['web-push', 'e-mail', 'sms', 'voice'] as const) : (['web-push', 'e-mail', 'sms'] as const)).map(
        (channel) => ({
          key: `reachability:${user}:${new Date(from).toISOString()}:${channel}`,
          user_id: user,
          channel,
          // Whoever answered since the first test is not called.
          since: new Date(from - testAheadMs).toISOString(),
          payload,
        }),
      ),
    );
    return (await query('reachability_tests', [JSON.stringify(rows)])).length;
  });
}

/** Looks for shifts that begin, twice a minute. */
export function createShiftTests(db: Database, log: Logger, queued: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;

  const look = () => {
    looking ??= queueShiftTests(db, Date.now())
      .then((tests) => {
        if (tests > 0) queued();
      })
      .catch((error: unknown) => {
        if (!isDatabaseAway(error)) log.error({ err: error }, 'the tests of a shift could not be sent');
      })
      .finally(() => {
        looking = null;
      });
  };
  return {
    start: () => {
      timer = setInterval(look, everyMs);
      look();
    },
    close: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}
