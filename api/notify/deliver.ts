import { randomInt } from 'node:crypto';
import type { Logger } from 'pino';
import * as z from 'zod';
import { type Channel, notificationPayload, type Purpose } from '#schemas/http/notification.ts';
import type { Database } from '../database.ts';
import type { ChannelSender } from './channels/channel.ts';
import { composeMessage } from './message.ts';
import type { Outcome } from './outcome.ts';
import { nextPauseMs, type Patience } from './retry.ts';

/** A row of the outbox that this process has leased. */
export type Leased = {
  id: string;
  key: string;
  purpose: Purpose;
  channel: Channel;
  payload: unknown;
  /** This attempt's number, and the lease's fence. */
  attempts: number;
  user: string | null;
  method: string | null;
  ageMs: number;
};

export type DeliverDeps = {
  db: Database;
  channels: ReadonlyMap<Channel, ChannelSender>;
  patience: Record<Channel, Patience>;
  publicUrl: () => URL;
  random: () => number;
  log: Logger;
  counted(channel: Channel, outcome: Outcome['at'] | 'given-up'): void;
};

type OpenDelivery = { delivery: string; lastError: string | null };
type Target = { delivery: string; replyCode: string | null; address: unknown };

/** Taking it is not reaching somebody: a gateway reports later what became of a call or a text message. */
const provesMethod: Record<Channel, boolean> = {
  'web-push': true,
  'e-mail': true,
  sms: false,
  voice: false,
  webhook: true,
};

const nowhere: Record<Channel, string> = {
  'web-push': 'this person has no device that takes notifications',
  'e-mail': 'this person has no e-mail address here',
  sms: 'this person has no telephone for text messages',
  voice: 'this person has no telephone for calls',
  webhook: 'no webhook is set up (WEBHOOK_URL)',
};

/** One attempt at one leased notification: every method that was not reached yet, all at once; each tells its own end. */
export async function deliver(deps: DeliverDeps, leased: Leased, signal: AbortSignal): Promise<void> {
  const { db, channels } = deps;
  const { id, channel, attempts } = leased;
  const sender = channels.get(channel);
  const payload = notificationPayload.safeParse(leased.payload);
  if (!sender) return settle(deps, leased, [], `${channel} is not set up here`);
  if (!payload.success) return settle(deps, leased, [], `its payload can’t be read: ${z.prettifyError(payload.error)}`);

  const code = channel === 'sms' ? String(randomInt(1_000_000)).padStart(6, '0') : null;
  const targets = await db.query<Target>('notification_targets', [id, channel, leased.user, leased.method, code]);
  const outcomes = await Promise.all(
    targets.map(async ({ delivery, replyCode, address }) => {
      const given = { key: leased.key, payload: payload.data, delivery, replyCode };
      const outcome = await sender.send(composeMessage(given, deps.publicUrl()), address, signal);
      // A stop is no failure of the gateway; whether it was taken is not known, so it is sent again under the same key.
      if (outcome.at === 'later' && signal.aborted) return null;
      await record(deps, channel, delivery, outcome);
      return outcome;
    }),
  );
  if (outcomes.includes(null)) return void (await db.query('notification_release', [id, attempts]));
  await settle(
    deps,
    leased,
    outcomes.filter((outcome) => outcome !== null),
    nowhere[channel],
  );
}

async function record({ db, log, counted }: DeliverDeps, channel: Channel, delivery: string, outcome: Outcome) {
  counted(channel, outcome.at);
  switch (outcome.at) {
    case 'taken':
      return db.query('delivery_taken', [delivery, outcome.providerId ?? null, provesMethod[channel]]);
    case 'later':
      log.warn({ channel, delivery }, `not taken, to be tried again: ${outcome.because}`);
      return db.query('delivery_postponed', [delivery, outcome.because]);
    case 'refused':
    case 'gone':
      log.warn({ channel, delivery }, `not taken: ${outcome.because}`);
      return db.query('delivery_failed', [delivery, outcome.because, true, outcome.at === 'gone']);
  }
}

/** Ends the lease: tried again after a pause, or settled. */
async function settle(deps: DeliverDeps, leased: Leased, outcomes: Outcome[], reason: string): Promise<void> {
  const { db, patience, random, log, counted } = deps;
  const { id, channel, purpose, attempts, ageMs } = leased;
  const waits = outcomes.filter((outcome) => outcome.at === 'later');
  const afterMs = Math.max(0, ...waits.map((outcome) => outcome.afterMs ?? 0));
  const pause =
    waits.length === 0 ? null : nextPauseMs(patience[channel], { purpose, attempts, ageMs, afterMs, random: random() });
  if (pause === null) {
    // Those given up now, and methods that were removed while they waited.
    for (const { delivery, lastError } of await db.query<OpenDelivery>('deliveries_open', [id])) {
      counted(channel, 'given-up');
      const because = `given up after ${attempts} attempts: ${lastError ?? 'no answer'}`;
      await db.query('delivery_failed', [delivery, because, waits.length > 0, false]);
    }
  }
  const [settled] = await db.query<{ state: string }>('notification_settle', [
    id,
    attempts,
    pause,
    outcomes.length === 0 ? reason : null,
  ]);
  if (settled?.state !== 'failed') return;
  const why = outcomes.map((outcome) => ('because' in outcome ? outcome.because : null)).find((said) => said !== null);
  log.error({ channel, purpose, notification: id, attempts }, `a notification failed: ${why ?? reason}`);
}
