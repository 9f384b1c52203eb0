import type { Query } from '../database.ts';
import { readBook } from './book.ts';
import { type Answered, type CaseRow, decideCase } from './cases.ts';
import { changesDocument, saveCases } from './save.ts';

/**
 * Brings the escalation of these alerts up to now inside the caller's transaction. Alerts that another process holds are
 * left to it.
 * @param answered what a person just answered to the one alert
 * @returns those whose document changed: the caller appends them to the feed, last of all
 */
export async function tendAlerts(
  query: Query,
  ids: readonly string[],
  answered: Answered | null = null,
): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await query<CaseRow>('escalation_lock', [ids]);
  if (rows.length === 0) return [];
  const book = await readBook(query);
  const cases = rows.map((row) => decideCase(row, book, answered));
  await saveCases(query, cases, book);
  return cases.filter(changesDocument).map(({ row }) => row.id);
}
