import type * as z from 'zod';
import { chooseGuidance, guidanceTitle, guidanceTypeOf } from '#schemas/guidance/choose-guidance.ts';
import type { Alert } from '#schemas/http/alert.ts';
import type { AlertGuidance, Guidance, guidanceRequest } from '#schemas/http/guidance.ts';
import { type Actor, writeAudit } from '../audit/write.ts';
import type { Query } from '../database.ts';
import { notFound, problem } from '../problem.ts';

type Writer = Actor & { id: string };

/** @throws 404 */
export async function readGuidance(query: Query, id: string): Promise<Guidance> {
  const [row] = await query<Guidance>('guidance_one', [id]);
  if (!row) throw notFound(`guidance ${id}`);
  return row;
}

/** What to do about an alert, in a pharmacist's words or the default's. @throws 404 */
export async function guidanceFor(query: Query, alertId: string): Promise<AlertGuidance> {
  const [row] = await query<{ document: Alert }>('alert_one', [alertId]);
  if (!row) throw notFound(`alert ${alertId}`);
  const type = guidanceTypeOf(row.document.type);
  const published = await query<Guidance>('guidance_published', [type]);
  const chosen = chooseGuidance({ type: row.document.type, drug: row.document.drug }, published);
  if (chosen.by === 'default') {
    const { drug, title, steps } = chosen.guidance;
    return { type, drug, title, steps: [...steps], published: null, isDefault: true };
  }
  const { id, drug, steps, version, createdBy, publishedAt, publishedBy } = chosen.guidance;
  if (publishedAt === null || publishedBy === null) throw new Error('published guidance without who published it');
  const by = { id, version, at: publishedAt, by: publishedBy, writtenBy: createdBy };
  return { type, drug, title: guidanceTitle(type), steps, published: by, isDefault: false };
}

/** The next version for a type and drug, a draft; a draft that waited is replaced by it. @returns its id */
export async function writeDraft(
  query: Query,
  { type, drug, steps }: z.infer<typeof guidanceRequest>,
  by: Writer,
): Promise<string> {
  await query('guidance_lock_key', [type, drug]);
  await query('guidance_end', [type, drug, 'draft', 'discarded', by.id]);
  const [made] = await query<{ id: string }>('guidance_insert', [type, drug, JSON.stringify(steps), by.id]);
  if (!made) throw new Error('the guidance was not inserted');
  await writeAudit(query, by, 'guidance.draft', made.id, { type, drug });
  return made.id;
}

/** From now on this is what people read. @throws 404; 409 where it is no draft, or its author would publish it */
export async function publish(query: Query, id: string, by: Writer): Promise<void> {
  const { type, drug, version, createdBy } = await lockDraft(query, id, 'published');
  if (createdBy.id === by.id) throw problem(409, 'its author can’t publish it; it takes another pharmacist');
  await query('guidance_end', [type, drug, 'published', 'replaced', by.id]);
  await query('guidance_publish', [id, by.id]);
  await writeAudit(query, by, 'guidance.publish', id, { type, drug, version });
}

/** A draft that is not wanted. @throws 404; 409 where it is no draft */
export async function discard(query: Query, id: string, by: Writer): Promise<void> {
  const { type, drug, version } = await lockDraft(query, id, 'discarded');
  await query('guidance_end', [type, drug, 'draft', 'discarded', by.id]);
  await writeAudit(query, by, 'guidance.discard', id, { type, drug, version });
}

async function lockDraft(query: Query, id: string, wanted: string): Promise<Guidance> {
  const { type, drug } = await readGuidance(query, id);
  await query('guidance_lock_key', [type, drug]);
  const locked = await readGuidance(query, id);
  if (locked.state !== 'draft')
    throw problem(409, `it is ${locked.state} and can’t be ${wanted}; write its next version`);
  return locked;
}
