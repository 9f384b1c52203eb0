import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { ConfigError } from '#schemas/config.ts';
import { type ServiceAccount, serviceAccounts } from '#schemas/topics.ts';
import { hashToken, sameHash } from './token.ts';

const token = z.string().min(16);
const tokens = z.object({
  'svc-ingest': token.optional(),
  'svc-api': token.optional(),
  'svc-watchdog': token.optional(),
  'svc-sim': token.optional(),
});
/** `{"serviceTokens": {"svc-ingest": "…", …}, …}`, or the accounts at the top. */
const tokensFile = z.union([z.object({ serviceTokens: tokens }).transform((file) => file.serviceTokens), tokens]);

export interface ServiceTokens {
  /** True when this is the account's token. */
  matches(account: ServiceAccount, hash: Uint8Array): boolean;
}

/**
 * Reads the services' tokens; only their hashes are kept.
 * @throws ConfigError when the file is missing, unreadable or not of that shape; its content is never repeated
 */
export async function readServiceTokens(path: string): Promise<ServiceTokens> {
  const wrong = (reason: string) =>
    new ConfigError(`SERVICE_TOKENS_FILE: got ${JSON.stringify(path)} (${reason}); expected a JSON file of tokens`);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw wrong(error instanceof Error && 'code' in error ? String(error.code) : 'unreadable');
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw wrong('not JSON');
  }
  const parsed = tokensFile.safeParse(json);
  if (!parsed.success) throw wrong('tokens are texts of at least 16 characters');
  const hashes = new Map(
    serviceAccounts.flatMap((account) => {
      const given = parsed.data[account];
      return given === undefined ? [] : [[account, hashToken(given)] as const];
    }),
  );
  if (hashes.size === 0) throw wrong('no token of a service account in it');
  return {
    matches(account, hash) {
      const known = hashes.get(account);
      return known !== undefined && sameHash(known, hash);
    },
  };
}
