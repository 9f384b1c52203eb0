import type pg from 'pg';
import { tableOf } from '../chaos/checker/stored.ts';

export type StoredCounts = {
  /** Records in the tables of their kinds, rejected ones included. */
  stored: number;
  rejected: number;
  /** Rows beyond the first of a (pump, epoch, seq). */
  doubled: number;
  /** Sum of the journals' high-water marks. */
  upTo: number;
};

/** What the database holds of the pumps with this prefix, counted by SQL alone. */
export async function countStored(db: pg.Pool, prefix: string): Promise<StoredCounts> {
  const like = `${prefix}-%`;
  const tables = [...Object.values(tableOf), 'rejected_record'];
  const all = tables
    .map((table) => `select pump_id, epoch_no, seq from ${table} where seq is not null and pump_id like $1`)
    .join(' union all ');
  const { rows } = await db.query<Record<string, string>>(
    `select count(*) as stored, count(*) - count(distinct (pump_id, epoch_no, seq)) as doubled,
            (select count(*) from rejected_record where seq is not null and pump_id like $1) as rejected,
            (select coalesce(sum(up_to), 0) from journal where pump_id like $1) as up_to
       from (${all}) as r`,
    [like],
  );
  const count = (name: string) => Number(rows[0]?.[name]);
  return { stored: count('stored'), doubled: count('doubled'), rejected: count('rejected'), upTo: count('up_to') };
}

/** Records committed of the pumps with this prefix, as their journals count them. */
export async function committedOf(db: pg.Pool, prefix: string): Promise<number> {
  const { rows } = await db.query<{ records: string }>(
    'select coalesce(sum(records), 0) as records from journal where pump_id like $1',
    [`${prefix}-%`],
  );
  return Number(rows[0]?.records);
}
