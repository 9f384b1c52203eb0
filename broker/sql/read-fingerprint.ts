import type { Pool } from 'pg';

const statement = `
  select concat_ws(' ',
           (select concat_ws(' ', count(*), count(retired_at), max(retired_at), count(*) filter (where status = 'retired'),
                             max(status_at)) from pump),
           (select concat_ws(' ', count(*), count(revoked_at), max(revoked_at), max(created_at)) from credential)
         ) as fingerprint`;

/** A text that changes whenever a pump or credential is added, removed, retired or revoked: cheap to ask each second. */
export async function readFingerprint(db: Pool): Promise<string> {
  const { rows } = await db.query<{ fingerprint: string }>(statement);
  return rows[0]?.fingerprint ?? '';
}
