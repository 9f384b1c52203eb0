import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import webpush from 'web-push';
import * as z from 'zod';
import { ConfigError } from '#schemas/config.ts';
import type { NotifyConfig } from './settings.ts';

export type Vapid = { publicKey: string; privateKey: string; subject: string };

const kept = z.object({ publicKey: z.string().min(80), privateKey: z.string().min(40) });

/**
 * The keys that push services know us by [RFC 8292]: from the settings, else made once and kept in DATA_DIR. Browsers
 * subscribe to one public key, so losing it loses every subscription.
 * @throws ConfigError where the kept file can't be read
 */
export function readVapid(
  config: Pick<NotifyConfig, 'VAPID_PUBLIC_KEY' | 'VAPID_PRIVATE_KEY' | 'VAPID_SUBJECT'> & { DATA_DIR: string },
  publicUrl: URL,
): Vapid {
  const { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey, VAPID_SUBJECT } = config;
  // Push services refuse a subject on localhost [Apple: BadJwtToken].
  const subject =
    VAPID_SUBJECT ?? (publicUrl.protocol === 'https:' ? publicUrl.origin : 'mailto:operator@dripwatch.invalid');
  if (publicKey !== undefined && privateKey !== undefined) return { publicKey, privateKey, subject };
  return { ...keysIn(join(config.DATA_DIR, 'vapid.json'), config.DATA_DIR), subject };
}

function keysIn(file: string, folder: string): { publicKey: string; privateKey: string } {
  mkdirSync(folder, { recursive: true });
  try {
    // `wx`: of two processes that start at once, one makes them and the other reads.
    writeFileSync(file, `${JSON.stringify(webpush.generateVAPIDKeys())}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new ConfigError(
      `VAPID_PRIVATE_KEY: not set, and ${file} can't be read; expected {"publicKey", "privateKey"}`,
    );
  }
  const read = kept.safeParse(content);
  if (!read.success) {
    throw new ConfigError(
      `VAPID_PRIVATE_KEY: not set, and ${file} holds no keys; expected {"publicKey", "privateKey"}`,
    );
  }
  return read.data;
}
