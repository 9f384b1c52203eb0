import { serviceTopics } from '#schemas/topics.ts';
import { actorOf, writeAudit } from './audit/write.ts';
import type { Query } from './database.ts';
import type { ApiDeps } from './deps.ts';
import { notFound, problem } from './problem.ts';
import { hashOf, newSecret, type SignedIn } from './sessions/sessions.ts';

export type KnownPump = { id: string; shard: number; status: string | null; retired: boolean };

/** Locks a pump's row for the rest of the transaction. @throws 404 */
export async function knownPump(query: Query, id: string): Promise<KnownPump> {
  const [row] = await query<KnownPump>('pump_lock', [id]);
  if (!row) throw notFound(`pump ${id}`);
  return row;
}

/** With one of these, or with none that a person set, what happens at a pump pages (alerts-and-limits.md). */
const withPatient: readonly string[] = ['at-patient', 'backup-at-patient'];

/**
 * Before a person says that a pump is somewhere else than at a patient: that ends every alert about it and lets none
 * begin, so it waits until nobody has the pump any more. The pump's row must be locked.
 * @throws 409
 */
export async function makeSureOfLeave(query: Query, id: string, status: string | null): Promise<void> {
  if (status === null || withPatient.includes(status)) return;
  const [assigned] = await query<{ since: string }>('pump_assigned', [id]);
  if (!assigned) return;
  const detail = `${id} is with a patient since ${assigned.since}: as "${status}" nothing it does would alert anybody`;
  throw problem(409, `${detail}; first a clinician or pharmacist ends the assignment`);
}

/** Whatever it was marked as: a pump that is with a patient pages, from now on. @throws 409 of a retired one */
export async function watchAtPatient(query: Query, known: KnownPump, by: string): Promise<void> {
  if (known.retired) throw problem(409, `${known.id} is retired; give it another status first`);
  if (withPatient.includes(known.status ?? '')) return;
  await query('pump_update', [known.id, null, null, true, 'at-patient', by]);
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
      await makeSureOfLeave(query, id, 'retired');
      await query('credentials_revoke', [id]);
      await query('pump_update', [id, null, null, true, 'retired', signedIn.user.id]);
      await writeAudit(query, actorOf(signedIn), 'pump.retire', id);
    },
  };
}
