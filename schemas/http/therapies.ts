import * as z from 'zod';
import { therapyStatuses } from '../rules/order-match.ts';
import { apiTime, givenTime } from './api-time.ts';
import { patientMark } from './patient-mark.ts';

const graceMin = z.number().min(0).max(10_080).default(60);

/** When deliveries are due. */
export const schedule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('continuous') }),
  /** Every so many hours, counted from a first one. */
  z.strictObject({ kind: z.literal('every'), hours: z.number().positive().max(1_000), firstAt: givenTime, graceMin }),
  /** At times of the patient's day. */
  z.strictObject({
    kind: z.literal('daily'),
    times: z
      .array(z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 08:00'))
      .min(1)
      .max(24),
    graceMin,
  }),
]);

export const therapy = z.object({
  id: z.string(),
  reference: z.string(),
  patient: patientMark,
  drug: z.string(),
  careArea: z.string(),
  /** As it is now: a hold that has an end is over after it. */
  status: z.enum(therapyStatuses),
  holdUntil: apiTime.nullable(),
  schedule,
  nextVisitAt: apiTime.nullable(),
  nextDeliveryAt: apiTime.nullable(),
  /** The version that counts, and the one that waits for another pharmacist. */
  orderVersion: z.int().nullable(),
  draftVersion: z.int().nullable(),
  createdAt: apiTime,
});
export type Therapy = z.infer<typeof therapy>;
export const therapyDetail = therapy.extend({ emergencyPlan: z.string().nullable() });

const drug = z.string().trim().min(1).max(120);
const planned = {
  nextVisitAt: givenTime.nullable(),
  nextDeliveryAt: givenTime.nullable(),
  emergencyPlan: z.string().trim().min(1).max(4_000).nullable(),
};
export const therapyReference = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, dot, dash, underscore; at most 64');

export const therapyRequest = z.strictObject({
  patient: z.guid('a patient’s id'),
  /** Left out: one is made. */
  reference: therapyReference.optional(),
  drug,
  careArea: z.string().trim().min(1).max(120),
  status: z.enum(['pending', 'active']).default('pending'),
  schedule: schedule.default({ kind: 'continuous' }),
  ...z.object(planned).partial().shape,
});
export const therapyChange = z
  .strictObject({
    status: z.enum(therapyStatuses).optional(),
    /** With `on-hold` only; without it the hold lasts until a person ends it. */
    holdUntil: givenTime.nullable().optional(),
    careArea: z.string().trim().min(1).max(120).optional(),
    schedule: schedule.optional(),
    ...z.object(planned).partial().shape,
    reason: z.string().trim().min(1).max(500).optional(),
  })
  .refine(
    ({ reason: _reason, ...change }) => Object.values(change).some((value) => value !== undefined),
    'nothing to change',
  );
