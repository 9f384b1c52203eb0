import { serviceTopics } from '#schemas/topics.ts';
import { actorOf, writeAudit } from './audit/write.ts';
import type { Query } from './database.ts';
import type { ApiDeps } from './deps.ts';
import { notFound } from './problem.ts';
import { hashOf, newSecret, type SignedIn } from './sessions/sessions.ts';

export type KnownPump = { id: string; shard: number; status: string | null; retired: boolean };

/** Locks a pump's row for the rest of the transaction. @throws 404 */
export async function knownPump(query: Query, id: string): Promise<KnownPump> {
  const [row] = await query<KnownPump>('pump_lock', [id]);
  if (!row) throw notFound(`pump ${id}`);
  return row;
}

/** Credentials of pumps: only the sha-256 of a token is ever stored. */
export function createProvisioning({ broker, live }: Pick<ApiDeps, 'broker' | 'live'>) {
  return {
    /** After the commit: brokers read the credentials anew and cut links that are no longer valid; screens learn of it. */
    changed: async (ids: readonly string[]): Promise<void> => {
      live.pumpsChanged(ids);
      // Not connected: brokers look for changes by themselves too, every two seconds.
      await broker.publish(serviceTopics.credentials, { pumps: ids }, 0);
    },

    /** A new token of 256 random bits. Tokens that never connected end; one in use works until the new one connected. */
    issue: async (query: Query, id: string): Promise<{ username: string; token: string }> => {
      const token = newSecret();
      await query('credentials_revoke_unused', [id]);
      await query('credential_insert', [id, hashOf(token)]);
      return { username: id, token };
    },

    retire: async (query: Query, signedIn: SignedIn, id: string): Promise<void> => {
      await query('credentials_revoke', [id]);
      await query('pump_update', [id, null, null, true, 'retired', signedIn.user.id]);
      await writeAudit(query, actorOf(signedIn), 'pump.retire', id);
    },
  };
}
