import { Webhook } from 'standardwebhooks';
import { listedType } from '#schemas/rules/notification-words.ts';
import { failureOf } from '../failure.ts';
import type { Post } from '../outbound.ts';
import { later, refused, taken } from '../outcome.ts';
import type { ChannelSender } from './channel.ts';

/** Posts signed as in https://www.standardwebhooks.com: `webhook-id`, `webhook-timestamp`, `webhook-signature`. */
export function webhookChannel(target: string, secret: string, post: Post): ChannelSender {
  const signer = new Webhook(secret);
  return {
    atOnce: 32,
    send: async ({ key, payload, words, url }, _address, signal) => {
      // Signed anew at each try: receivers refuse old timestamps; the id stays.
      const sentAt = new Date();
      const data = { ...payload, type: listedType(payload.type), ...words, url };
      const body = JSON.stringify({ type: `notification.${payload.kind}`, timestamp: sentAt.toISOString(), data });
      const headers = {
        'content-type': 'application/json',
        'webhook-id': key,
        'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
        'webhook-signature': signer.sign(key, sentAt, body),
      };
      try {
        const { status, retryAfter } = await post(target, headers, body, signal);
        if (status >= 200 && status < 300) return taken();
        if (status === 410) return refused('the receiver wants no more webhooks (410)');
        return later(`the receiver answered ${status}`, retryAfter, Date.now());
      } catch (error) {
        return failureOf(error, 'the receiver');
      }
    },
  };
}
