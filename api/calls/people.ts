import * as z from 'zod';
import { may } from '#schemas/http/permissions.ts';
import type { Role } from '#schemas/http/shapes.ts';
import type { Query } from '../database.ts';
import { problem } from '../problem.ts';

type UserRow = { id: string; name: string; role: Role; disabled?: boolean };

/**
 * Somebody who answers alerts, by id.
 * @throws 422 at `path` where there is nobody of that id who does
 */
export async function answererOf(query: Query, id: string, path: string): Promise<{ id: string; name: string }> {
  const found = z.guid().safeParse(id).success ? await query<UserRow>('user_by_id', [id]) : [];
  const user = found[0];
  if (!user || user.disabled || !may(user.role, 'alert.answer')) {
    const message = 'nobody of that id who answers alerts';
    throw problem(422, `${path}: ${message}`, { errors: [{ path, message }] });
  }
  return { id: user.id, name: user.name };
}
