import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import * as z from 'zod';
import { ConfigError, logLevelSetting, mqttUrlSetting, parseConfig, portSetting } from '#schemas/config.ts';
import { pumpIdPattern } from '#schemas/topics.ts';

const httpUrl = (expected: string) => z.url({ protocol: /^https?$/, error: expected });

const settings = z
  .object({
    MQTT_URL: mqttUrlSetting.default('mqtt://127.0.0.1:1883'),
    TLS_CA: z.string().optional(),
    DATA_DIR: z.string().default('.data'),
    SERVICE_TOKENS_FILE: z.string().optional(),
    HOST: z.string().default('127.0.0.1'),
    WATCHDOG_HTTP_PORT: portSetting.default(3003),
    LOG_LEVEL: logLevelSetting.default('info'),
    /** Where the watched services answer `/readyz`. */
    WATCHDOG_BROKER_URL: httpUrl('a URL such as http://127.0.0.1:3001').default('http://127.0.0.1:3001'),
    WATCHDOG_INGEST_URL: httpUrl('a URL such as http://127.0.0.1:3002').default('http://127.0.0.1:3002'),
    WATCHDOG_API_URL: httpUrl('a URL such as http://127.0.0.1:3000').default('http://127.0.0.1:3000'),
    WEBHOOK_URL: httpUrl('a URL such as https://pager.example.org/hook').optional(),
    WEBHOOK_SECRET: z.string().refine(canSign, 'a Standard Webhooks secret, whsec_ and base64').optional(),
    SMTP_URL: z
      .string()
      .regex(/^smtps?:\/\//, 'a URL such as smtps://user:password@mail.example.org')
      .optional(),
    WATCHDOG_EMAIL: z
      .string()
      .regex(/^[^\s@,]+@[^\s@,]+(,\s*[^\s@,]+@[^\s@,]+)*$/, 'e-mail addresses, separated by commas')
      .optional(),
    WATCHDOG_COMMAND: z.string().optional(),
    WATCHDOG_PING_URL: httpUrl('a URL that is requested after each good round').optional(),
  })
  .check(({ value, issues }) => {
    const needs = (name: keyof typeof value, expected: string) => {
      issues.push({ code: 'custom', path: [name], message: expected, input: value });
    };
    if (value.WEBHOOK_URL !== undefined && value.WEBHOOK_SECRET === undefined) {
      needs('WEBHOOK_SECRET', 'the secret that signs what is sent to WEBHOOK_URL');
    }
    if (value.WATCHDOG_EMAIL !== undefined && value.SMTP_URL === undefined) {
      needs('SMTP_URL', 'the mail server for WATCHDOG_EMAIL, such as smtp://mail.example.org:587');
    }
  });

export type WatchdogConfig = z.infer<typeof settings>;

function canSign(secret: string): boolean {
  try {
    new Webhook(secret).sign('id', new Date(0), '');
    return true;
  } catch {
    return false;
  }
}

/** @throws ConfigError naming the variable, what was given and what is expected */
export function readWatchdogConfig(env: Record<string, string | undefined>): WatchdogConfig {
  return parseConfig(settings, env);
}

const token = z.string().min(16);
const serviceToken = z.object({ serviceTokens: z.object({ 'svc-watchdog': token }) });
const canary = z.object({ canary: z.object({ pump: z.string().regex(pumpIdPattern), token }) });

export type WatchdogSecrets = { serviceToken: string; canary: z.infer<typeof canary>['canary'] };

/**
 * The watchdog's own MQTT token and its canary pump's: from SERVICE_TOKENS_FILE, and the canary's also from
 * DATA_DIR/secrets.json, where `npm start` puts it.
 * @throws ConfigError where one of them is missing
 */
export function readSecrets(config: Pick<WatchdogConfig, 'DATA_DIR' | 'SERVICE_TOKENS_FILE'>): WatchdogSecrets {
  const own = join(config.DATA_DIR, 'secrets.json');
  const file = config.SERVICE_TOKENS_FILE ?? own;
  const account = serviceToken.safeParse(readJson(file));
  if (!account.success) {
    throw new ConfigError(`SERVICE_TOKENS_FILE: got ${file}; expected {"serviceTokens": {"svc-watchdog": "…"}}`);
  }
  const pump = [file, own].map((from) => canary.safeParse(readJson(from))).find(({ success }) => success);
  if (!pump?.data) throw new ConfigError(`SERVICE_TOKENS_FILE: no canary pump in ${file}; npm run canary makes one`);
  return { serviceToken: account.data.serviceTokens['svc-watchdog'], canary: pump.data.canary };
}

/** What the file holds; undefined where it can't be read. */
function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
