import { Webhook } from 'standardwebhooks';
import * as z from 'zod';
import { ConfigError } from '#schemas/config.ts';

const httpUrl = (expected: string) => z.url({ protocol: /^https?$/, error: expected });
const telephoneNumber = z.string().regex(/^\+[1-9]\d{5,14}$/, 'a number such as +46701234567');
const accountId = z.string().regex(/^\w+$/, 'the account’s id, letters and digits');
const base64url = (bytes: number, expected: string) =>
  z.string().refine((text) => /^[\w-]+=*$/.test(text) && Buffer.from(text, 'base64url').length === bytes, expected);

function canSign(secret: string): boolean {
  try {
    new Webhook(secret).sign('id', new Date(0), '');
    return true;
  } catch {
    return false;
  }
}

const apiUrl = httpUrl('a URL such as https://api.twilio.com').default('https://api.twilio.com');

/** What reaches people: part of the api's one object of settings. */
export const notifySettings = {
  VAPID_PUBLIC_KEY: base64url(65, 'a P-256 public key of 65 bytes, base64url').optional(),
  VAPID_PRIVATE_KEY: base64url(32, 'a P-256 private key of 32 bytes, base64url').optional(),
  /** Whom a push service may ask about what we send. */
  VAPID_SUBJECT: z
    .string()
    .regex(/^(mailto:\S+@\S+|https:\/\/\S+)$/, 'a mailto: or https: address')
    .optional(),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, 'a URL such as smtps://user:password@mail.example.org')
    .optional(),
  SMTP_FROM: z.email('an e-mail address').optional(),
  WEBHOOK_URL: httpUrl('a URL such as https://pager.example.org/hook').optional(),
  WEBHOOK_SECRET: z.string().refine(canSign, 'a Standard Webhooks secret, whsec_ and base64').optional(),
  // A gateway that speaks Twilio's HTTP interface; text messages and calls may have one each.
  SMS_ACCOUNT_SID: accountId.optional(),
  SMS_AUTH_TOKEN: z.string().optional(),
  SMS_FROM: telephoneNumber.optional(),
  SMS_API_URL: apiUrl,
  VOICE_ACCOUNT_SID: accountId.optional(),
  VOICE_AUTH_TOKEN: z.string().optional(),
  VOICE_FROM: telephoneNumber.optional(),
  VOICE_API_URL: apiUrl,
  /** Where notifications may go beside https to public addresses. */
  OUTBOUND_ALLOW: z
    .enum(['public', 'loopback', 'private'], {
      error: 'public (https to public addresses), loopback (also this machine) or private (also private networks)',
    })
    .default('public'),
};
const settings = z.object(notifySettings);
export type NotifyConfig = z.infer<typeof settings>;

/** Those that may also stand in a file, named by `…_FILE`. */
export const notifySecrets = ['VAPID_PRIVATE_KEY', 'SMTP_URL', 'WEBHOOK_SECRET', 'SMS_AUTH_TOKEN', 'VOICE_AUTH_TOKEN'];

type Named = keyof NotifyConfig & string;

/** Each needs the others. */
const together: readonly (readonly [Named, readonly [Named, string][]])[] = [
  ['VAPID_PUBLIC_KEY', [['VAPID_PRIVATE_KEY', 'the private key of VAPID_PUBLIC_KEY']]],
  ['VAPID_PRIVATE_KEY', [['VAPID_PUBLIC_KEY', 'the public key of VAPID_PRIVATE_KEY']]],
  ['WEBHOOK_URL', [['WEBHOOK_SECRET', 'the secret that signs what is sent to WEBHOOK_URL']]],
  ...(['SMS', 'VOICE'] as const).map(
    (kind) =>
      [
        `${kind}_ACCOUNT_SID`,
        [
          [`${kind}_AUTH_TOKEN`, `the token of ${kind}_ACCOUNT_SID`],
          [`${kind}_FROM`, 'the number that the gateway sends from'],
        ],
      ] as const satisfies readonly [Named, readonly [Named, string][]],
  ),
];

/**
 * What one setting asks of another.
 * @throws ConfigError naming the variable, what was given and what is expected
 */
export function checkNotifySettings(
  config: NotifyConfig & { PUBLIC_URL?: string | undefined },
  isLoopback: (hostname: string) => boolean,
): void {
  for (const [name, needs] of together) {
    if (config[name] === undefined) continue;
    for (const [other, expected] of needs) {
      if (config[other] === undefined) throw new ConfigError(`${other}: not set; expected ${expected}`);
    }
  }
  for (const name of ['WEBHOOK_URL', 'SMS_API_URL', 'VOICE_API_URL'] as const) {
    const given = config[name];
    if (given === undefined || given.startsWith('https:')) continue;
    if (config.OUTBOUND_ALLOW === 'public' || !isLoopback(new URL(given).hostname)) {
      const expected = 'https; plain http is for this machine, where OUTBOUND_ALLOW is loopback or private';
      throw new ConfigError(`${name}: got a value (not shown); expected ${expected}`);
    }
  }
  for (const kind of ['SMS', 'VOICE'] as const) {
    if (config[`${kind}_ACCOUNT_SID`] === undefined || !config[`${kind}_API_URL`].startsWith('https:')) continue;
    if (config.PUBLIC_URL?.startsWith('https:')) continue;
    throw new ConfigError(
      `PUBLIC_URL: ${config.PUBLIC_URL === undefined ? 'not set' : `got "${config.PUBLIC_URL}"`}; expected the https address at which the gateway of ${kind}_ACCOUNT_SID reports and hands on answers`,
    );
  }
}
