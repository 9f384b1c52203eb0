import type { Pool } from 'pg';

export interface CredentialRow {
  pump_id: string;
  /** Null for a pump without a usable token; a client certificate may still name it. */
  credential_id: string | null;
  token_hash: Buffer | null;
  /** Microseconds since 1970, as text. */
  created_us: string | null;
  used: boolean;
}

const live = `
  select p.pump_id, c.credential_id, c.token_hash,
         (extract(epoch from c.created_at) * 1000000)::bigint as created_us, c.first_used_at is not null as used
    from pump p
    left join credential c on c.pump_id = p.pump_id and c.revoked_at is null
   where p.retired_at is null and p.status is distinct from 'retired'`;

/** Every pump that may connect, with each token that still works. */
export async function readCredentials(db: Pool): Promise<CredentialRow[]> {
  return (await db.query<CredentialRow>(live)).rows;
}

/** The same for one pump; no rows: it may not connect. */
export async function readCredentialsOf(db: Pool, pump: string): Promise<CredentialRow[]> {
  return (await db.query<CredentialRow>(`${live} and p.pump_id = $1`, [pump])).rows;
}
