import type { Query } from '../database.ts';
import type { SignedIn } from '../sessions/sessions.ts';

/** Who did something; a name alone where nobody is signed in. */
export type Actor = { id: string | null; name: string };

export const actorOf = (signedIn: SignedIn): Actor => ({ id: signedIn.user.id, name: signedIn.user.name });

/** Writes down who did what to what; call it inside the transaction of the change itself. */
export async function writeAudit(
  query: Query,
  actor: Actor,
  action: string,
  subject: string,
  detail: Record<string, unknown> = {},
): Promise<void> {
  await query('audit_insert', [actor.id, actor.name, action, subject, JSON.stringify(detail)]);
}
