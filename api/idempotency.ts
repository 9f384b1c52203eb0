import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { type Database, isTaken, type Query } from './database.ts';
import { personOf } from './guard.ts';
import { problem } from './problem.ts';

const hourS = 3_600;
/** How long a key is remembered. */
const keptS = 24 * hourS;

/** A password is left out: a plain hash of it would be easier to guess than the one that is stored. */
function requestHash(body: unknown): Buffer {
  const text = JSON.stringify(body ?? null, (name, value) => (name === 'password' ? undefined : value));
  return createHash('sha256').update(text).digest();
}

const keyPattern = /^[\x20-\x7e]{1,200}$/;

/**
 * Runs a creating request once per Idempotency-Key: `create` the first time, `again` with what it made ever after.
 * Without the header it simply creates.
 * @throws 400 for an unreadable key, 422 where the key came with another request before
 */
export async function once<T>(
  db: Database,
  request: FastifyRequest,
  create: (query: Query) => Promise<{ subject: string; result: T }>,
  again: (query: Query, subject: string) => Promise<T>,
): Promise<T> {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return db.transaction(async (query) => (await create(query)).result);
  if (typeof key !== 'string' || !keyPattern.test(key)) {
    throw problem(400, 'Idempotency-Key: 1 to 200 printable characters');
  }
  const route = `${request.method} ${request.url.split('?', 1)[0]}`;
  const user = personOf(request).user.id;
  const sha256 = requestHash(request.body);

  const attempt = () =>
    db.transaction(async (query) => {
      await query('idempotency_forget', [keptS]);
      const [known] = await query<{ requestSha256: Buffer; subject: string }>('idempotency_find', [user, route, key]);
      if (known) {
        if (!known.requestSha256.equals(sha256)) throw problem(422, 'this Idempotency-Key came with another request');
        return again(query, known.subject);
      }
      const { subject, result } = await create(query);
      await query('idempotency_insert', [user, route, key, sha256, subject]);
      return result;
    });

  try {
    return await attempt();
  } catch (error) {
    // The same request beside us won: what it made is there now.
    if (isTaken(error)) return attempt();
    throw error;
  }
}
