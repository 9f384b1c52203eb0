import * as z from 'zod';
import { orderContent, orderStates } from '../orders/order-content.ts';
import { apiTime } from './api-time.ts';
import { patientMark } from './patient-mark.ts';
import { therapyReference } from './therapies.ts';

const person = z.object({ id: z.string(), name: z.string() });

export const order = z.object({
  id: z.string(),
  therapy: z.object({ id: z.string(), reference: z.string() }),
  patient: patientMark,
  version: z.int(),
  state: z.enum(orderStates),
  ...orderContent.shape,
  /** Of the patient, as the order was made with. */
  weightKg: z.number().nullable(),
  bsaM2: z.number().nullable(),
  /** How it came here. */
  source: z.enum(['entered', 'csv', 'fhir']),
  createdAt: apiTime,
  createdBy: person,
  verifiedAt: apiTime.nullable(),
  verifiedBy: person.nullable(),
  endedAt: apiTime.nullable(),
  endedBy: person.nullable(),
  endReason: z.string().nullable(),
});
export type Order = z.infer<typeof order>;
/** `POST /orders`: the next version of a therapy's order; a draft that waits is replaced by it. */
export const orderRequest = z.strictObject({ therapy: z.guid('a therapy’s id'), ...orderContent.shape });

/** What the second pharmacist read off the prescription, entered anew without looking at the first. */
export const orderVerification = z.strictObject({
  ...orderContent.pick({ concentration: true, doseRate: true, doseUnit: true, rateMlPerH: true }).shape,
  ...orderContent.pick({ volumeMl: true, durationMin: true }).shape,
});
export type OrderVerification = z.infer<typeof orderVerification>;

export const orderCancel = z.strictObject({ reason: z.string().trim().min(1, 'a reason').max(500) });

/** One order of an imported file: it names patient and therapy by their references. */
export const importedOrder = z.strictObject({
  patient: z.string().trim().min(1, 'the patient’s reference').max(64),
  /** Left out: the patient's only running therapy of this drug. A new one is made as pending. */
  therapy: therapyReference.nullable().default(null),
  careArea: z.string().trim().min(1).max(120).nullable().default(null),
  ...orderContent.shape,
});
export type ImportedOrder = z.infer<typeof importedOrder>;
export const imported = z.object({ items: z.array(order), therapiesMade: z.array(z.string()) });
