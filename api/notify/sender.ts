import type { Channel } from '#schemas/http/notification.ts';
import { isDatabaseAway } from '../database.ts';
import { type DeliverDeps, deliver, type Leased } from './deliver.ts';

/** Longer than any attempt may last (outbound.ts, e-mail.ts): a sender that died is followed after this long. */
const leaseMs = 15_000;
const everyMs = 1_000;

export type Sender = {
  start(): void;
  /** Something was put into the outbox: look now. */
  hint(): void;
  close(): Promise<void>;
};

/**
 * Sends what stands in the outbox `notification`; any number of processes may. Each channel has places of its own, and a row
 * is leased only when there is one, so that neither a slow gateway nor a long queue delays another channel and nothing waits
 * between its lease and its sending.
 */
export function createSender(deps: DeliverDeps): Sender {
  const { db, channels, log } = deps;
  const stopping = new AbortController();
  const underWay = new Map<Channel, Set<Promise<void>>>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let lookAgain = false;

  function failed(error: unknown): void {
    // The lease runs out and it is sent again, by whoever comes first.
    if (!isDatabaseAway(error)) log.error({ err: error }, 'a notification could not be recorded');
  }

  async function lease(channel: Channel): Promise<void> {
    const busy = underWay.get(channel) ?? new Set();
    underWay.set(channel, busy);
    const places = (channels.get(channel)?.atOnce ?? 32) - busy.size;
    if (places <= 0) return;
    for (const leased of await db.query<Leased>('notification_lease', [channel, places, leaseMs])) {
      const work = deliver(deps, leased, stopping.signal)
        .catch(failed)
        .finally(() => {
          busy.delete(work);
          hint();
        });
      busy.add(work);
    }
  }

  async function look(): Promise<void> {
    const due = await db.query<{ channel: Channel }>('notification_channels_due');
    await Promise.all(due.map(({ channel }) => lease(channel)));
  }

  function hint(): void {
    if (stopping.signal.aborted) return;
    lookAgain = true;
    looking ??= lookWhileAsked();
  }

  async function lookWhileAsked(): Promise<void> {
    try {
      while (lookAgain && !stopping.signal.aborted) {
        lookAgain = false;
        await look();
      }
    } catch (error) {
      failed(error);
    } finally {
      looking = null;
    }
  }

  return {
    start: () => {
      timer = setInterval(hint, everyMs);
      hint();
    },
    hint,
    close: async () => {
      clearInterval(timer);
      stopping.abort();
      await looking;
      await Promise.allSettled([...underWay.values()].flatMap((busy) => [...busy]));
    },
  };
}
