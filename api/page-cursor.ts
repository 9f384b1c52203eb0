import * as z from 'zod';
import { problem } from './problem.ts';

// A cursor is where the page ended: the sort key and the id of its last row, never a number of rows. So rows that
// arrive meanwhile neither repeat nor skip what follows.

const position = z.tuple([z.string().max(8), z.string().max(64), z.string().max(64)]);

/** Where a page of a list sorted by `sort` ended; opaque to clients. */
export function encodeCursor(sort: string, key: string, id: string): string {
  return Buffer.from(JSON.stringify([sort, key, id])).toString('base64url');
}

export type KeyKind = 'time' | 'number' | 'text';
export type IdKind = 'uuid' | 'text' | 'number';

const keyFits: Record<KeyKind, (key: string) => boolean> = {
  time: (key) => z.iso.datetime().safeParse(key).success,
  number: (key) => key !== '' && Number.isFinite(Number(key)),
  text: () => true,
};
const idFits: Record<IdKind, (id: string) => boolean> = {
  uuid: (id) => z.guid().safeParse(id).success,
  number: (id) => /^\d{1,15}$/.test(id),
  text: (id) => !id.includes('\0'),
};

/**
 * Reads a cursor that a client sent back.
 * @throws 400 where it is not one of ours, or of another sort order
 */
export function decodeCursor(
  cursor: string | undefined,
  expected: { sort: string; key: KeyKind; id: IdKind },
): { key: string | null; id: string | null } {
  if (cursor === undefined || cursor === '') return { key: null, id: null };
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw badCursor();
  }
  const read = position.safeParse(content);
  if (!read.success) throw badCursor();
  const [sort, key, id] = read.data;
  if (sort !== expected.sort) throw problem(400, 'cursor: it belongs to another list or sort order');
  if (!keyFits[expected.key](key) || !idFits[expected.id](id) || key.includes('\0')) throw badCursor();
  return { key, id };
}

const badCursor = () => problem(400, 'cursor: not one that this list gave out');

/** Cuts a result that was read one row too long into a page. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  at: (row: Row) => { sort: string; key: string; id: string },
  item: (row: Row) => Item,
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  if (rows.length <= limit || last === undefined) return { items: shown.map(item), next: null };
  const { sort, key, id } = at(last);
  return { items: shown.map(item), next: encodeCursor(sort, key, id) };
}
