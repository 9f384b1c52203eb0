import type { Logger } from 'pino';
import type { Channel } from '#schemas/http/notification.ts';
import type { ApiConfig } from '../config.ts';
import { createDatabase } from '../database.ts';
import type { ApiMetrics } from '../metrics.ts';
import type { ChannelSender } from './channels/channel.ts';
import { emailChannel } from './channels/e-mail.ts';
import { type Gateway, smsChannel, voiceChannel } from './channels/telephone.ts';
import { webPushChannel } from './channels/web-push.ts';
import { webhookChannel } from './channels/webhook.ts';
import { createPost } from './outbound.ts';
import { patience as usualPatience } from './retry.ts';
import { createSender, type Sender } from './sender.ts';
import { createShiftTests } from './shift-tests.ts';
import { readVapid, type Vapid } from './vapid.ts';

/** What reaches people beside the screen. */
export type Notify = Sender & {
  channels: ReadonlyMap<Channel, ChannelSender>;
  /** Read, or made, at the first use. */
  vapid(): Vapid;
};

type NotifyDeps = { log: Logger; metrics: ApiMetrics; publicUrl: () => URL };

/** The channels that the settings allow for, and their sender; no IO before `start`. */
export function createNotify(
  config: ApiConfig,
  { log, metrics, publicUrl }: NotifyDeps,
  patience = usualPatience,
): Notify {
  // What reaches people never queues behind reports.
  const connection = { connections: 4, statementTimeoutMs: 5_000, connectTimeoutMs: 2_000 };
  const db = createDatabase({ url: config.DATABASE_URL, ...connection, name: 'dripwatch-api-notify' }, log);
  let keys: Vapid | undefined;
  const vapid = () => {
    keys ??= readVapid(config, publicUrl());
    return keys;
  };
  const post = createPost(config.OUTBOUND_ALLOW);
  const { SMTP_URL, WEBHOOK_URL, WEBHOOK_SECRET } = config;
  const channels = new Map<Channel, ChannelSender>([['web-push', webPushChannel(vapid, post)]]);
  if (SMTP_URL !== undefined) {
    channels.set('e-mail', emailChannel(SMTP_URL, config.SMTP_FROM ?? 'dripwatch@localhost'));
  }
  const sms = gatewayOf(config, 'SMS');
  if (sms) channels.set('sms', smsChannel(sms, publicUrl, post));
  const voice = gatewayOf(config, 'VOICE');
  if (voice) channels.set('voice', voiceChannel(voice, publicUrl, post));
  if (WEBHOOK_URL !== undefined && WEBHOOK_SECRET !== undefined) {
    channels.set('webhook', webhookChannel(WEBHOOK_URL, WEBHOOK_SECRET, post));
  }
  const sender = createSender({
    db,
    channels,
    patience,
    publicUrl,
    random: Math.random,
    log,
    counted: (channel, outcome) => metrics.notifications.inc({ channel, outcome }),
  });
  const shiftTests = createShiftTests(db, log, sender.hint);
  return {
    ...sender,
    channels,
    vapid,
    start: () => {
      vapid();
      sender.start();
      shiftTests.start();
    },
    close: async () => {
      await shiftTests.close();
      await sender.close();
      await db.close();
    },
  };
}

/** null: not set up. */
export function gatewayOf(config: ApiConfig, kind: 'SMS' | 'VOICE'): Gateway | null {
  const account = config[`${kind}_ACCOUNT_SID`];
  const token = config[`${kind}_AUTH_TOKEN`];
  const from = config[`${kind}_FROM`];
  if (account === undefined || token === undefined || from === undefined) return null;
  return { apiUrl: config[`${kind}_API_URL`], account, token, from };
}
