import webpush from 'web-push';
import { pushSubscription } from '#schemas/http/contact-methods.ts';
import type { PushMessage } from '#schemas/http/notification.ts';
import { failureOf } from '../failure.ts';
import type { Message } from '../message.ts';
import type { Post } from '../outbound.ts';
import { gone, later, type Outcome, refused, taken } from '../outcome.ts';
import type { Vapid } from '../vapid.ts';
import type { ChannelSender } from './channel.ts';

/** A phone that was off for longer is told by the board and by later steps. */
const ttlS = 3_600;
/** To one push service at once: the others never wait for one that hangs. */
const atOncePerService = 64;

/** Web push [RFC 8030], encrypted to the browser [RFC 8291], signed by us [RFC 8292]. */
export function webPushChannel(vapid: () => Vapid, post: Post): ChannelSender {
  const underWay = new Map<string, number>();

  async function push(message: Message, address: unknown, signal: AbortSignal): Promise<Outcome> {
    const subscription = pushSubscription.safeParse(address);
    if (!subscription.success) return gone('this device’s subscription is not complete; add the device again');
    const service = new URL(subscription.data.endpoint).host;
    const before = underWay.get(service) ?? 0;
    if (before >= atOncePerService) return later('its push service is busy');
    underWay.set(service, before + 1);
    try {
      const { endpoint, headers, body } = webpush.generateRequestDetails(subscription.data, bodyOf(message), {
        TTL: ttlS,
        urgency: 'high',
        // A later try takes the place of an earlier one that still waits [RFC 8030, 5.4].
        topic: message.shortKey,
        vapidDetails: vapid(),
      });
      const { status, retryAfter } = await post(endpoint, asHeaders(headers), body ?? '', signal);
      return judge(status, retryAfter);
    } catch (error) {
      return failureOf(error, 'the push service');
    } finally {
      const left = (underWay.get(service) ?? 1) - 1;
      if (left === 0) underWay.delete(service);
      else underWay.set(service, left);
    }
  }
  return { atOnce: 256, send: push };
}

function judge(status: number, retryAfter: string | undefined): Outcome {
  if (status >= 200 && status < 300) return taken();
  if (status === 404 || status === 410) return gone('this device no longer takes notifications; add it again');
  if (status === 400 || status === 401 || status === 403 || status === 413) {
    return refused(`the push service refused it (${status}); remove this device and add it again`);
  }
  return later(`the push service answered ${status}`, retryAfter, Date.now());
}

function bodyOf({ payload, words, path }: Message): string {
  const { kind, priority, alert, count } = payload;
  const content: PushMessage = { kind, priority, alert, count, ...words, path };
  return JSON.stringify(content);
}

const asHeaders = (headers: object): Record<string, string | number> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
