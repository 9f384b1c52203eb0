import { createHash } from 'node:crypto';
import type { NotificationPayload } from '#schemas/http/notification.ts';
import { spellNotification, type Words } from '#schemas/rules/notification-words.ts';

/** A notification on its way to one method: what a channel needs and nothing more. */
export type Message = {
  /** The same at every attempt and for every method: receivers drop what they have. */
  key: string;
  /** The key in 32 characters of base64url, for headers that allow no others. */
  shortKey: string;
  payload: NotificationPayload;
  words: Words;
  /** Names this delivery where a gateway reports or a person answers. */
  delivery: string;
  /** Where a tap leads, without origin. */
  path: string;
  /** The same as a whole address. */
  url: string;
  /** To be sent back as a text message; null where the channel has none. */
  replyCode: string | null;
};

export const shortKeyOf = (key: string): string => createHash('sha256').update(key).digest('base64url').slice(0, 32);

export function composeMessage(
  given: { key: string; payload: NotificationPayload; delivery: string; replyCode: string | null },
  publicUrl: URL,
): Message {
  const path = pathOf(given.payload, given.delivery);
  return {
    ...given,
    shortKey: shortKeyOf(given.key),
    words: spellNotification(given.payload),
    path,
    url: new URL(path, publicUrl).href,
  };
}

/** Ids only: whoever opens it has to be signed in, so an address that is logged gives nothing away. */
function pathOf({ kind, alert }: NotificationPayload, delivery: string): string {
  switch (kind) {
    case 'test':
    case 'reachability':
      return `/reach/answer/${delivery}`;
    case 'downtime-list':
      return '/downtime-list';
    case 'alert':
    case 'owner-lapsed':
    case 'platform':
      return alert === null ? '/' : `/?alert=${alert}`;
  }
}
