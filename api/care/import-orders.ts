import type { ImportedOrder } from '#schemas/http/orders.ts';
import { drugKey } from '#schemas/library/drug-entry.ts';
import type { OrderContent } from '#schemas/orders/order-content.ts';
import type { Refusal } from '#schemas/orders/order-refusals.ts';
import { type Actor, writeAudit } from '../audit/write.ts';
import type { Query } from '../database.ts';
import { insertOrder, lockTherapy, refusalsFor } from './orders.ts';

type Outcome = { errors: Refusal[]; orders: string[]; therapiesMade: string[] };

/**
 * Writes a file's orders as drafts, in the caller's transaction: where `errors` come back, it must be rolled back, so
 * that a file counts as a whole or not at all.
 */
export async function importOrders(
  query: Query,
  imported: readonly ImportedOrder[],
  source: 'csv' | 'fhir',
  by: { id: string; actor: Actor },
): Promise<Outcome> {
  const outcome: Outcome = { errors: [], orders: [], therapiesMade: [] };
  const seen = new Map<string, number>();
  for (const [index, { patient, therapy, careArea, ...content }] of imported.entries()) {
    const refuse = (path: string, message: string) =>
      outcome.errors.push({ path: `order ${index + 1}, ${path}`, message });
    const place = await findTherapy(query, { patient, therapy, careArea }, content, by);
    if ('refusal' in place) {
      refuse(place.refusal.path, place.refusal.message);
      continue;
    }
    if (place.made) outcome.therapiesMade.push(place.id);
    const before = seen.get(place.id);
    if (before !== undefined) {
      refuse('therapy', `order ${before} of this file is for the same therapy`);
      continue;
    }
    seen.set(place.id, index + 1);
    const locked = await lockTherapy(query, place.id);
    const refusals = refusalsFor(content, locked);
    for (const { path, message } of refusals) refuse(path, message);
    if (refusals.length > 0) continue;
    const { id, version } = await insertOrder(query, content, locked, source, by.id);
    await writeAudit(query, by.actor, 'order.create', id, { therapy: place.id, version, source });
    outcome.orders.push(id);
  }
  return outcome;
}

type Place = { id: string; made: boolean } | { refusal: Refusal };

/** The therapy that an order names, or the patient's only one of its drug; one with a new reference is made. */
async function findTherapy(
  query: Query,
  named: Pick<ImportedOrder, 'patient' | 'therapy' | 'careArea'>,
  content: OrderContent,
  by: { id: string; actor: Actor },
): Promise<Place> {
  const refusal = (path: string, message: string): Place => ({ refusal: { path, message } });
  const [patient] = await query<{ id: string }>('patient_by_reference', [named.patient]);
  if (!patient) return refusal('patient', `no patient has the reference ${named.patient}; enter the patient first`);
  if (named.therapy === null) {
    const [only, other] = await query<{ id: string }>('therapies_of_drug', [patient.id, drugKey(content.drug)]);
    if (only && !other) return { id: only.id, made: false };
    const why = only ? 'more than one running therapy' : 'no running therapy';
    return refusal('therapy', `${why} of ${named.patient} is ${content.drug}: name its reference`);
  }
  const [known] = await query<{ id: string; patient: string }>('therapy_by_reference', [named.therapy]);
  if (known) {
    if (known.patient === patient.id) return { id: known.id, made: false };
    return refusal('therapy', `${named.therapy} is the therapy of another patient`);
  }
  const schedule = JSON.stringify({ kind: 'continuous' });
  const careArea = named.careArea ?? 'not said';
  const [made] = await query<{ id: string }>('therapy_insert', [
    ...[patient.id, named.therapy, content.drug, careArea, 'pending', schedule, null, null, null, by.id],
  ]);
  if (!made) throw new Error('the therapy was not inserted');
  const detail = { patient: patient.id, reference: named.therapy, drug: content.drug, status: 'pending' };
  await writeAudit(query, by.actor, 'therapy.create', made.id, detail);
  return { id: made.id, made: true };
}
