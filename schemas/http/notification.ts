import * as z from 'zod';
import { priorities } from '../messages/record.ts';
import { apiTime } from './api-time.ts';
import { page } from './shapes.ts';

// What is sent to people when the screen is not enough. No payload holds patient data: it says that somebody is needed
// and for which alert; who and what stands behind the sign-in.

export const purposes = ['alert', 'owner-lapsed', 'test', 'reachability', 'downtime-list', 'platform'] as const;
export type Purpose = (typeof purposes)[number];

export const channels = ['web-push', 'e-mail', 'sms', 'voice', 'webhook'] as const;
export type Channel = (typeof channels)[number];

/** Column `notification.payload`. Whoever writes the row gives facts only; the senders make the words of them. */
export const notificationPayload = z.strictObject({
  kind: z.enum(purposes),
  priority: z.enum(priorities).nullable(),
  /** The alert's type: an alarm code or a rule's name. A type that nobody listed is never spelled out to anybody. */
  type: z.string().max(200).nullable(),
  /** The alert's id. */
  alert: z.guid().nullable(),
  /** How many alerts it stands for. */
  count: z.int().min(1),
});
export type NotificationPayload = z.infer<typeof notificationPayload>;

/** What a browser's service worker is pushed; it shows the words as they are. */
export const pushMessage = z.object({
  kind: z.enum(purposes),
  priority: z.enum(priorities).nullable(),
  alert: z.guid().nullable(),
  count: z.int(),
  title: z.string(),
  text: z.string(),
  /** Where a tap leads, on our own origin. */
  path: z.string().startsWith('/'),
});
export type PushMessage = z.infer<typeof pushMessage>;

/** `queued`: something of it is still to be sent; `delivered`: the receiver's own system or device said so. */
export const notificationStates = ['queued', 'sent', 'delivered', 'failed', 'cancelled'] as const;
export type NotificationState = (typeof notificationStates)[number];

/** Part of `GET /alerts/{id}`: who was told by what. Never an address. */
export const alertNotification = z.object({
  at: apiTime,
  step: z.int().nullable(),
  channel: z.enum(channels),
  /** A person's name; null: a webhook, which is nobody's. */
  to: z.string().nullable(),
  state: z.enum(notificationStates),
  answeredAt: apiTime.nullable(),
  error: z.string().nullable(),
});
export type AlertNotification = z.infer<typeof alertNotification>;

/** `GET /notifications`: the outbox as an administrator sees it, dead letters among it. */
export const notification = alertNotification.extend({
  id: z.string(),
  purpose: z.enum(purposes),
  alert: z.string().nullable(),
  attempts: z.int(),
  sentAt: apiTime.nullable(),
  /** Of the next attempt; null when there is none to come. */
  dueAt: apiTime.nullable(),
});
export type Notification = z.infer<typeof notification>;
export const notificationPage = page(notification);
