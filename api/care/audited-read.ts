import type { FastifyRequest } from 'fastify';
import { actorOf, writeAudit } from '../audit/write.ts';
import type { Database, Query } from '../database.ts';
import { personOf } from '../guard.ts';

/**
 * Reads what belongs to a patient and writes down who did, in one transaction: what can't be audited can't be read.
 * @param read its `subject` is null where nothing was shown that needs an entry
 */
export function auditedRead<T>(
  db: Database,
  request: FastifyRequest,
  action: string,
  read: (query: Query) => Promise<{ subject: string | null; detail?: Record<string, unknown>; result: T }>,
): Promise<T> {
  return db.transaction(async (query) => {
    const { subject, detail, result } = await read(query);
    if (subject !== null) await writeAudit(query, actorOf(personOf(request)), action, subject, detail ?? {});
    return result;
  });
}
