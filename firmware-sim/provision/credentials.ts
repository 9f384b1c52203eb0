import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Credential } from '../link/connection.ts';

const kept = z.object({ api: z.string(), topicPrefix: z.string(), username: z.string(), token: z.string() });

export type CredentialCache = {
  /** The kept credential of a pump at this api, or null. */
  get(pump: string): Credential | null;
  keep(pump: string, credential: Credential): void;
};

/** One file per pump, readable by its owner only; the api that gave a credential is part of it. */
export function openCredentials(dataDir: string, api: string): CredentialCache {
  const folder = join(dataDir, 'credentials');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = (pump: string) => join(folder, `${pump}.json`);
  return {
    get(pump) {
      if (!existsSync(file(pump))) return null;
      const read = kept.safeParse(JSON.parse(readFileSync(file(pump), 'utf8')));
      if (!read.success || read.data.api !== api) return null;
      const { topicPrefix, username, token } = read.data;
      return { topicPrefix, username, token };
    },
    keep(pump, credential) {
      writeFileSync(`${file(pump)}.new`, JSON.stringify({ api, ...credential }), { mode: 0o600 });
      renameSync(`${file(pump)}.new`, file(pump));
    },
  };
}
