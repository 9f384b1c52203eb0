import pg from 'pg';
import type { Logger } from 'pino';
import { readMirror, writeMirror } from './credential-mirror.ts';
import {
  type CredentialTable,
  findCredential,
  markUsed,
  mirrorOf,
  tableFromMirror,
  tableFromRows,
} from './credential-table.ts';
import { readCredentials, readCredentialsOf } from './sql/read-credentials.ts';
import { readFingerprint } from './sql/read-fingerprint.ts';
import { recordFirstUses } from './sql/record-first-uses.ts';

const pollMs = 2_000;
const queryMs = 3_000;
const maxLookups = 256;

export type TokenCheck =
  | { is: 'good'; credentialId: string }
  /** The database was asked and knows no such token for this pump. */
  | { is: 'wrong'; pumpKnown: boolean }
  /** Not in the cache, and the database could not be asked. */
  | { is: 'unknowable' };

export interface Credentials {
  /** True once a table came from the database or from the mirror. */
  readonly loaded: boolean;
  /** At once where the cache knows the token; otherwise after asking the database. */
  check(pump: string, tokenHash: Uint8Array): TokenCheck | Promise<TokenCheck>;
  /** A pump that is not retired: enough for a client certificate. */
  knows(pump: string): boolean | Promise<boolean>;
  /** The pump has connected: the first time, its older tokens end, in the database as soon as that can be reached. */
  connected(pump: string, credentialId: string): void;
  /** Not retired, and this credential not revoked, as far as is known. Null: came in with a certificate. */
  stillValid(pump: string, credentialId: string | null): boolean;
  /** Reads the database now: something has changed. */
  refresh(): void;
  close(): Promise<void>;
}

/**
 * Keeps the pumps' credentials in memory, re-reads them when the database says they changed, and mirrors them to
 * `dataDir` for a start without a database.
 * @param changed called after the table changed, so that links that are no longer valid can be cut
 */
export async function openCredentials(options: {
  databaseUrl: string;
  dataDir: string;
  log: Logger;
  changed: (stillValid: Credentials['stillValid']) => void;
}): Promise<Credentials> {
  const { databaseUrl, dataDir, log, changed } = options;
  const connection = {
    connectionString: databaseUrl,
    connectionTimeoutMillis: queryMs,
    query_timeout: queryMs,
    keepAlive: true,
    application_name: 'dripwatch broker',
  };
  // Apart, so that a flood of wrong tokens can't delay the news that a pump was retired.
  const pollPool = new pg.Pool({ ...connection, max: 1 });
  const lookupPool = new pg.Pool({ ...connection, max: 2 });
  for (const pool of [pollPool, lookupPool]) {
    pool.on('error', (error) => log.debug({ error: error.message }, 'idle database connection ended'));
  }

  let table: CredentialTable | null = null;
  let fingerprint = '';
  /** A looked-up pump was adopted: its rows may be older than the table they were put into. */
  let mustReload = false;
  let answering = true;
  let mirrorStale = false;
  let lookups = 0;
  /** Looked up while the whole table was being read: newer than what that read will bring. */
  let lookedUp: CredentialTable = new Map();
  /** Credential → its pump, until the database knows of the first connection. */
  const firstUses = new Map<string, string>();

  const stillValid: Credentials['stillValid'] = (pump, credentialId) => {
    const usable = table?.get(pump);
    if (!table) return true;
    if (!usable) return false;
    return credentialId === null || usable.some(({ id }) => id === credentialId);
  };

  async function pollDatabase(): Promise<void> {
    if (firstUses.size > 0) {
      const told = [...firstUses.keys()];
      await recordFirstUses(pollPool, told);
      for (const id of told) firstUses.delete(id);
      mirrorStale = true;
    }
    const next = await readFingerprint(pollPool);
    if (next === fingerprint && !mustReload) return;
    lookedUp = new Map();
    mustReload = false;
    fingerprint = '';
    const read = tableFromRows(await readCredentials(pollPool));
    for (const [pump, credentials] of lookedUp) read.set(pump, credentials);
    for (const [id, pump] of firstUses) markUsed(read, pump, id);
    table = read;
    fingerprint = next;
    mirrorStale = true;
    changed(stillValid);
  }

  async function saveMirror(): Promise<void> {
    if (!mirrorStale || !table) return;
    mirrorStale = false;
    try {
      const uses = [...firstUses].map(([id, pump]) => ({ id, pump }));
      await writeMirror(dataDir, mirrorOf(table, uses));
    } catch (error) {
      mirrorStale = true;
      log.error({ error: String(error) }, 'the mirror of the credentials could not be written');
    }
  }

  async function poll(): Promise<void> {
    try {
      await pollDatabase();
      if (!answering) log.info('the database answers again');
      answering = true;
    } catch (error) {
      if (answering) log.warn({ error: String(error) }, 'the database does not answer: known pumps are still admitted');
      answering = false;
    }
    await saveMirror();
  }

  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> | null = null;
  let again = false;
  let closed = false;

  function refresh(): void {
    if (closed) return;
    if (running) {
      again = true;
      return;
    }
    if (timer) clearTimeout(timer);
    running = poll().finally(() => {
      running = null;
      if (closed) return;
      if (again) {
        again = false;
        refresh();
      } else {
        timer = setTimeout(refresh, pollMs);
      }
    });
  }

  /** Null: the database could not be asked. */
  async function lookUp(pump: string): Promise<CredentialTable | null> {
    if (closed || lookups >= maxLookups) return null;
    lookups += 1;
    try {
      const found = tableFromRows(await readCredentialsOf(lookupPool, pump));
      for (const [id, used] of firstUses) markUsed(found, used, id);
      return found;
    } catch (error) {
      log.debug({ error: String(error) }, 'a credential could not be looked up');
      return null;
    } finally {
      lookups -= 1;
    }
  }

  function adopt(found: CredentialTable): void {
    for (const [pump, credentials] of found) {
      lookedUp.set(pump, credentials);
      table?.set(pump, credentials);
    }
    mustReload = true;
  }

  const mirrored = await readMirror(dataDir).catch((error: unknown) => {
    log.error({ error: String(error) }, 'the mirror of the credentials is unreadable; the database is read instead');
    return null;
  });
  if (mirrored) {
    table = tableFromMirror(mirrored);
    for (const { id, pump } of mirrored.firstUses) firstUses.set(id, pump);
  }
  refresh();
  await running;

  return {
    get loaded() {
      return table !== null;
    },
    check(pump, tokenHash) {
      const cached = table && findCredential(table, pump, tokenHash);
      if (cached) return { is: 'good', credentialId: cached.id };
      return lookUp(pump).then((found): TokenCheck => {
        if (!found) return { is: 'unknowable' };
        const credential = findCredential(found, pump, tokenHash);
        if (!credential) return { is: 'wrong', pumpKnown: found.has(pump) };
        adopt(found);
        return { is: 'good', credentialId: credential.id };
      });
    },
    knows(pump) {
      if (table?.has(pump)) return true;
      return lookUp(pump).then((found) => {
        if (!found?.has(pump)) return false;
        adopt(found);
        return true;
      });
    },
    connected(pump, credentialId) {
      if (!table || !markUsed(table, pump, credentialId)) return;
      firstUses.set(credentialId, pump);
      mirrorStale = true;
      changed(stillValid);
      refresh();
    },
    stillValid,
    refresh,
    async close() {
      closed = true;
      if (timer) clearTimeout(timer);
      await running;
      await saveMirror();
      await Promise.all([pollPool.end(), lookupPool.end()]);
    },
  };
}
