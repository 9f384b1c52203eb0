import type { Logger } from 'pino';
import { type Database, isDatabaseAway } from '../database.ts';

type Receipt = 'sent' | 'rendered';
const everyMs = 250;
const mostHeld = 20_000;

/** Painted for somebody who was asked by a step. */
export type AskedReceipt = { alert_id: string; cycle: number; step: number; user_id: string; at: number };

export type Receipts = {
  /** Kept like the others; told twice it is stored once. */
  noteAsked(receipt: AskedReceipt): void;
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
  const asked = new Map<string, AskedReceipt>();
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

  async function writeAsked(): Promise<void> {
    if (asked.size === 0) return;
    const entries = [...asked];
    await db.query('receipt_asked', [JSON.stringify(entries.map(([, receipt]) => receipt))]);
    for (const [key] of entries) asked.delete(key);
  }

  function flush(): Promise<void> {
    writing ??= write('sent')
      .then(() => write('rendered'))
      .then(writeAsked)
      .catch((error: unknown) => {
        if (isDatabaseAway(error)) return; // kept; tried again with the next batch
        log.error({ err: error }, 'receipts could not be written');
        held.sent.clear();
        held.rendered.clear();
        asked.clear();
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
    noteAsked: (receipt) => {
      const key = `${receipt.alert_id} ${receipt.cycle} ${receipt.step} ${receipt.user_id}`;
      if (!asked.has(key) && asked.size < mostHeld) asked.set(key, receipt);
    },
    start: () => {
      timer = setInterval(() => {
        if (held.sent.size + held.rendered.size + asked.size > 0) void flush();
      }, everyMs);
    },
    close: async () => {
      clearInterval(timer);
      await writing;
      await flush();
    },
  };
}
