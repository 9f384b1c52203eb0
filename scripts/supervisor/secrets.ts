import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { serviceAccounts } from '#schemas/topics.ts';

/** Other entries, the canary pump's for one, stay as they are. */
const secretsFile = z.looseObject({ serviceTokens: z.record(z.string(), z.string().min(32)).default({}) });

/**
 * Makes `secrets.json` where it is missing or lacks an account: one random 256-bit token per service account.
 *
 * @returns the file's path
 */
export function ensureServiceTokens(dataDir: string): string {
  const file = join(dataDir, 'secrets.json');
  const content = secretsFile.parse(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});
  const known = content.serviceTokens;
  if (serviceAccounts.some((account) => known[account] === undefined)) {
    for (const account of serviceAccounts) known[account] ??= randomBytes(32).toString('base64url');
    writeWhole(file, `${JSON.stringify({ ...content, serviceTokens: known }, null, 2)}\n`);
  }
  chmodSync(file, 0o600);
  return file;
}

/**
 * The demo users' password: the given one, else the random one that this data directory keeps.
 *
 * @returns the password and the file that holds it, for commands that must not show it in their arguments
 */
export function ensureDemoPassword(dataDir: string, given: string | undefined): { password: string; file: string } {
  const file = join(dataDir, 'demo-password');
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
  const password = given ?? kept ?? randomBytes(12).toString('base64url');
  if (password !== kept) writeWhole(file, `${password}\n`);
  chmodSync(file, 0o600);
  return { password, file };
}

/** Writes a file that is either there whole or not at all, readable by its owner only. */
export function writeWhole(file: string, content: string): void {
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
