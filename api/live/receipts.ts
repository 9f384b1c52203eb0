import type { Logger } from 'pino';
import { type Database, isDatabaseAway } from '../database.ts';

type Receipt = 'sent' | 'rendered';
const everyMs = 250;
const mostHeld = 20_000;

export type Receipts = {
  /** Notes that an alert was sent to, or painted on, a screen. Only the first of each is stored. */
  note(receipt: Receipt, alertId: string, at: number): void;
  start(): void;
  /** Writes what is left. */
  close(): Promise<void>;
};

/**
 * Writes receipts in batches, apart from the alert's own changes: they never wait for a person's answer, and a person's
 * answer never waits for them. While the database is away they are kept, the oldest first.
 */
export function createReceipts(db: Database, log: Logger): Receipts {
  const held: Record<Receipt, Map<string, number>> = { sent: new Map(), rendered: new Map() };
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | null = null;

  async function write(receipt: Receipt): Promise<void> {
    const byTime = new Map<number, string[]>();
    for (const [id, at] of held[receipt]) byTime.set(at, [...(byTime.get(at) ?? []), id]);
    for (const [at, ids] of byTime) {
      await db.query(`receipt_${receipt}`, [ids, at]);
      for (const id of ids) held[receipt].delete(id);
    }
  }

  function flush(): Promise<void> {
    writing ??= write('sent')
      .then(() => write('rendered'))
      .catch((error: unknown) => {
        if (isDatabaseAway(error)) return; // kept; tried again with the next batch
        log.error({ err: error }, 'receipts could not be written');
        held.sent.clear();
        held.rendered.clear();
      })
      .finally(() => {
        writing = null;
      });
    return writing;
  }

  return {
    note: (receipt, alertId, at) => {
      const map = held[receipt];
      if (!map.has(alertId) && map.size < mostHeld) map.set(alertId, at);
    },
    start: () => {
      timer = setInterval(() => {
        if (held.sent.size > 0 || held.rendered.size > 0) void flush();
      }, everyMs);
    },
    close: async () => {
      clearInterval(timer);
      await writing;
      await flush();
    },
  };
}
