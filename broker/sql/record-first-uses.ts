import type { Pool } from 'pg';

const mark = `
  update credential set first_used_at = now()
   where credential_id = any($1::uuid[]) and first_used_at is null and revoked_at is null`;

const revokeOlder = `
  update credential c set revoked_at = now()
   where c.revoked_at is null
     and c.pump_id in (select pump_id from credential where credential_id = any($1::uuid[]))
     and exists (select from credential newer
                  where newer.pump_id = c.pump_id and newer.created_at > c.created_at
                    and newer.first_used_at is not null and newer.revoked_at is null)`;

/** The first connection with a token ends every older token of the same pump. Repeating it changes nothing. */
export async function recordFirstUses(db: Pool, credentialIds: readonly string[]): Promise<void> {
  await db.query(mark, [credentialIds]);
  await db.query(revokeOlder, [credentialIds]);
}
