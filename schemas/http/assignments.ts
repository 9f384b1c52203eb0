import * as z from 'zod';
import { identifierKinds } from '../rules/bedside-check.ts';
import { apiTime, givenTime } from './api-time.ts';
import { patientMark } from './patient-mark.ts';

const person = z.object({ id: z.string(), name: z.string() });

const identifier = z.strictObject({ kind: z.enum(identifierKinds), value: z.string().trim().min(1).max(200) });

/** What the person at the bedside read: the pump's label, and what the patient said or wears. */
const verification = z.strictObject({
  /** Id or serial number, as printed on the pump. */
  pumpLabel: z.string().trim().min(1).max(120),
  identifiers: z
    .array(identifier)
    .length(2, 'two identifiers of the patient')
    .refine(([first, second]) => first?.kind !== second?.kind, 'two different identifiers of the patient'),
});

export const assignment = z.object({
  id: z.string(),
  pump: z.string(),
  patient: patientMark,
  therapy: z.object({ id: z.string(), reference: z.string(), drug: z.string() }).nullable(),
  from: apiTime,
  to: apiTime.nullable(),
  /** How it was made sure; what was read is not kept. */
  verified: z.object({ pumpLabel: z.string(), identifiers: z.array(z.enum(identifierKinds)) }),
  createdAt: apiTime,
  createdBy: person,
  endedBy: person.nullable(),
  /** The row that this one puts right. */
  corrects: z.string().nullable(),
  /** Set: this row was wrong, another one stands for it. */
  correctedAt: apiTime.nullable(),
  correctedBy: person.nullable(),
  correctReason: z.string().nullable(),
});
export type Assignment = z.infer<typeof assignment>;

const whose = {
  patient: z.guid('a patient’s id'),
  /** Left out or null: whatever this patient gets. */
  therapy: z.guid('a therapy’s id').nullable().default(null),
};
export const assignmentRequest = z.strictObject({
  pump: z.string().min(1).max(128),
  ...whose,
  /** Left out: now. */
  from: givenTime.optional(),
  verified: verification,
});
export const assignmentEnd = z.strictObject({ at: givenTime.optional() });
export const assignmentCorrection = z.strictObject({
  ...whose,
  /** Left out: as they were. */
  from: givenTime.optional(),
  to: givenTime.nullable().optional(),
  reason: z.string().trim().min(1, 'why it was wrong').max(500),
  verified: verification,
});
/** The new row, and the infusions that are now somebody else's. */
export const corrected = z.object({ assignment, reattributed: z.array(z.string()) });
