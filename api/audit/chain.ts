import { createHash } from 'node:crypto';

/** An audit row as text of the database's own making. */
export type AuditWords = {
  id: number;
  at: string;
  actor: string | null;
  actorName: string;
  action: string;
  subject: string;
  detail: string;
};

/** What the first entry is chained to. */
export const chainStart = Buffer.alloc(32);

/** Each entry's hash covers its words and the hash before it, so that no entry can change, go or come in between. */
export function nextHash(before: Buffer, entry: AuditWords): Buffer {
  const { id, at, actor, actorName, action, subject, detail } = entry;
  return createHash('sha256')
    .update(before)
    .update(JSON.stringify([id, at, actor, actorName, action, subject, detail]))
    .digest();
}
