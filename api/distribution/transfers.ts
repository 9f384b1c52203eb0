import type { Query } from '../database.ts';

/** Makes an assignment the current one of these pumps; whatever they were to get before is over. */
export async function giveTo(
  query: Query,
  assignment: string,
  pumps: readonly string[],
  canary: boolean,
): Promise<void> {
  if (pumps.length === 0) return;
  await query('library_transfers_end', [pumps]);
  await query('library_transfers_insert', [assignment, pumps, canary]);
}
