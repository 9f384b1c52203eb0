import * as z from 'zod';
import { apiTime } from './api-time.ts';
import { page, roles } from './shapes.ts';

// How a person is reached. Its owner sees the whole address, administrators a hint of it, alerts only a name.

export const methodChannels = ['web-push', 'e-mail', 'sms', 'voice'] as const;
export type MethodChannel = (typeof methodChannels)[number];

/** What a browser's PushSubscription says of itself [Push API, toJSON]. */
export const pushSubscription = z.object({
  endpoint: z.url().max(2_000),
  keys: z.object({
    /** An uncompressed P-256 point. */
    p256dh: z
      .string()
      .max(200)
      .refine((text) => bytesOf(text) === 65, 'a public key of 65 bytes, base64url'),
    auth: z
      .string()
      .max(100)
      .refine((text) => bytesOf(text) === 16, 'a secret of 16 bytes, base64url'),
  }),
});

/** How many bytes base64url text stands for; null where it is not base64url. */
function bytesOf(text: string): number | null {
  const bare = text.replace(/=+$/, '');
  return /^[\w-]+$/.test(bare) && bare.length % 4 !== 1 ? Math.floor((bare.length * 3) / 4) : null;
}

export const emailAddress = z.object({
  address: z
    .string()
    .trim()
    .toLowerCase()
    .max(200)
    .regex(/^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+$/, 'an e-mail address'),
});
export const telephone = z.object({
  /** E.164; spaces, dashes and brackets are dropped. */
  number: z
    .string()
    .max(40)
    .transform((text) => text.replace(/[\s().-]/g, ''))
    .pipe(z.string().regex(/^\+[1-9]\d{5,14}$/, 'a number with country code, such as +46 70 123 45 67')),
});

const label = z.string().trim().min(1).max(60).optional();
export const contactMethodRequest = z.discriminatedUnion('channel', [
  z.strictObject({ channel: z.literal('web-push'), label, subscription: pushSubscription }),
  z.strictObject({ channel: z.literal('e-mail'), label, ...emailAddress.shape }),
  z.strictObject({ channel: z.literal('sms'), label, ...telephone.shape }),
  z.strictObject({ channel: z.literal('voice'), label, ...telephone.shape }),
]);
export type ContactMethodRequest = z.infer<typeof contactMethodRequest>;

export const contactMethod = z.object({
  id: z.string(),
  channel: z.enum(methodChannels),
  label: z.string(),
  /** What it leads to: in full for its owner, else a hint; for a device the name of its push service. */
  to: z.string(),
  createdAt: apiTime,
  lastDeliveredAt: apiTime.nullable(),
  /** When somebody last answered through it. */
  lastAnsweredAt: apiTime.nullable(),
  failingSince: apiTime.nullable(),
  failure: z.string().nullable(),
  /** Nothing is sent to it any more. */
  dead: z.boolean(),
  /** A test that waits for an answer. */
  testSentAt: apiTime.nullable(),
});
export type ContactMethod = z.infer<typeof contactMethod>;
export const contactMethodPage = page(contactMethod);

/** What this server can send by; the others are shown as not set up. */
export const pushKey = z.object({
  /** The applicationServerKey of `PushManager.subscribe`, base64url. */
  key: z.string(),
  channels: z.array(z.enum([...methodChannels, 'webhook'])),
});

export const answerRequest = z.strictObject({ delivery: z.guid('the id at the end of the link') });
export const answered = z.object({
  method: z.string().nullable(),
  label: z.string().nullable(),
  answeredAt: apiTime,
});

/** One person and their methods, for administrators. */
export const reachable = z.object({
  user: z.object({ id: z.string(), name: z.string(), role: z.enum(roles) }),
  methods: z.array(contactMethod),
});
export type Reachable = z.infer<typeof reachable>;
export const reachablePage = page(reachable);
export const queued = z.object({ notification: z.string() });
