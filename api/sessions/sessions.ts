import { createHash, randomBytes } from 'node:crypto';
import type { Role } from '#schemas/http/shapes.ts';
import { type Database, isDatabaseAway, type Query } from '../database.ts';
import { freshMs, outageReadMs, sessionLimits } from './limits.ts';

/** Somebody who is signed in, and the session that says so. */
export type SignedIn = {
  user: { id: string; email: string; name: string; role: Role; lead: boolean };
  csrfToken: string;
  /** sha-256 of the cookie, hex: names the session without being it. */
  sessionHash: string;
};

export type Sessions = {
  /** Makes a session; its cookie is returned once and stored nowhere. */
  create(query: Query, userId: string): Promise<{ cookie: string; csrfToken: string; sessionHash: string }>;
  /**
   * Who a cookie belongs to, or null.
   * @throws the database's error while it is away and the session was not seen to be good within `outageReadMs`
   */
  find(cookie: string): Promise<SignedIn | null>;
  /** Somebody did something on a screen of these sessions: they are in use. */
  touch(hashes: readonly string[]): Promise<void>;
  /** Of these sessions, those still good; null while the database can't say. */
  alive(hashes: readonly string[]): Promise<Set<string> | null>;
  /** Ended here: known at once in this process, in others within seconds. */
  forget(hashes: readonly string[]): void;
  onEnded(listener: (hashes: readonly string[]) => void): void;
  /** True where the database last said that this session is good within what an outage allows. */
  goodEnough(sessionHash: string, now: number): boolean;
};

export const hashOf = (secret: string) => createHash('sha256').update(secret).digest();
export const newSecret = () => randomBytes(32).toString('base64url');

type SessionRow = { id: string; email: string; name: string; role: Role; lead: boolean; csrfToken: string };
const mostCached = 5_000;

export function createSessions(db: Database, { demo, now }: { demo: boolean; now: () => number }): Sessions {
  const cache = new Map<string, { signedIn: SignedIn; readAt: number }>();
  const listeners: ((hashes: readonly string[]) => void)[] = [];

  const remember = (signedIn: SignedIn) => {
    cache.delete(signedIn.sessionHash);
    cache.set(signedIn.sessionHash, { signedIn, readAt: now() });
    const oldest = cache.keys().next().value;
    if (cache.size > mostCached && oldest !== undefined) cache.delete(oldest);
  };

  return {
    create: async (query, userId) => {
      const cookie = newSecret();
      const csrfToken = newSecret();
      await query('session_insert', [hashOf(cookie), userId, csrfToken]);
      return { cookie, csrfToken, sessionHash: hashOf(cookie).toString('hex') };
    },

    find: async (cookie) => {
      const hash = hashOf(cookie);
      const sessionHash = hash.toString('hex');
      const known = cache.get(sessionHash);
      if (known && now() - known.readAt < freshMs) return known.signedIn;
      let rows: SessionRow[];
      try {
        const { idleS, absoluteS, displayS } = sessionLimits;
        rows = await db.query<SessionRow>('session_read', [hash, true, idleS, absoluteS, demo, displayS]);
      } catch (error) {
        if (isDatabaseAway(error) && known && now() - known.readAt < outageReadMs) return known.signedIn;
        throw error;
      }
      const row = rows[0];
      if (!row) {
        cache.delete(sessionHash);
        return null;
      }
      const { csrfToken, ...user } = row;
      const signedIn = { user, csrfToken, sessionHash };
      remember(signedIn);
      return signedIn;
    },

    touch: async (hashes) => {
      const binary = hashes.map((hash) => Buffer.from(hash, 'hex'));
      await db.query('sessions_touch', [binary]);
    },

    alive: async (hashes) => {
      if (hashes.length === 0) return new Set();
      const { idleS, absoluteS, displayS } = sessionLimits;
      const binary = hashes.map((hash) => Buffer.from(hash, 'hex'));
      try {
        const rows = await db.query<{ hash: string }>('sessions_alive', [binary, idleS, absoluteS, displayS]);
        const good = new Set(rows.map((row) => row.hash));
        const readAt = now();
        for (const hash of good) {
          const entry = cache.get(hash);
          if (entry) entry.readAt = readAt;
        }
        return good;
      } catch (error) {
        if (isDatabaseAway(error)) return null;
        throw error;
      }
    },

    forget: (hashes) => {
      for (const hash of hashes) cache.delete(hash);
      for (const listener of listeners) listener(hashes);
    },
    onEnded: (listener) => {
      listeners.push(listener);
    },
    goodEnough: (sessionHash, at) => {
      const entry = cache.get(sessionHash);
      return entry !== undefined && at - entry.readAt < outageReadMs;
    },
  };
}
