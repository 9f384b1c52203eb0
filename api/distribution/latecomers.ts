import type { Query } from '../database.ts';
import { giveTo } from './transfers.ts';

/** A pump that is new in the scope of a roll-out for everybody gets its library like the others. */
export async function takeLatecomers(query: Query): Promise<void> {
  const rows = await query<{ assignment: string; pump: string }>('library_latecomers');
  for (const assignment of new Set(rows.map((row) => row.assignment))) {
    const pumps = rows.filter((row) => row.assignment === assignment).map(({ pump }) => pump);
    await giveTo(query, assignment, pumps, false);
  }
}
