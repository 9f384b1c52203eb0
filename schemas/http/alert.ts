import * as z from 'zod';
import { priorities } from '../messages/record.ts';
import { audiences } from '../rules/audience.ts';
import { infusionOrder } from './infusion-order.ts';
import { alertNotification } from './notification.ts';
import { patientMark } from './patient-mark.ts';

// Times inside an alert come from the database's own JSON (`…+00:00`, microseconds) or from the api; both are RFC 3339.
const time = z.string();

export const responsibilities = ['unassigned', 'offered', 'accepted', 'declined', 'lapsed'] as const;
export const conditions = ['active', 'ended'] as const;

export const alertHops = z.object({
  pumpAt: time.nullable(),
  /** null behind a foreign broker, or when the alarm did not travel on the urgent lane. */
  brokerAt: time.nullable(),
  receivedAt: time.nullable(),
  committedAt: time.nullable(),
  sentAt: time.nullable(),
  renderedAt: time.nullable(),
  seenAt: time.nullable(),
  acceptedAt: time.nullable(),
});

const named = z.object({ id: z.string(), name: z.string() });

/** Whom the platform asks now: the step of the policy that was carried out last, while nobody has it. */
export const alertOffer = z.object({
  /** One more each time that an alert is offered from the first step again. */
  cycle: z.int(),
  step: z.int(),
  at: time,
  /** Empty: the step reached for people and there was nobody. */
  to: z.array(named),
});

export const alert = z.object({
  id: z.string(),
  pump: z.string().nullable(),
  infusion: z.string().nullable(),
  /** Of a rule that needs no pump: the therapy that it is about. */
  therapy: z.string().nullable().default(null),
  /** The alarm code (MDC_EVT_…) or a rule's name such as `silent-pump`. */
  type: z.string(),
  /** Whom it is for: only a clinical one stands on the alert board, sounds and pages a nurse. */
  audience: z.enum(audiences),
  priority: z.enum(priorities),
  pumpPriority: z.string().nullable(),
  condition: z.enum(conditions),
  responsibility: z.enum(responsibilities),
  owner: named.nullable(),
  offeredTo: z.string().nullable(),
  acceptedUntil: time.nullable(),
  offer: alertOffer.nullable().default(null),
  /** When the next step is due, should nobody take it until then; null: none is. */
  nextStepAt: time.nullable().default(null),
  /** Nobody is paged before this, since announced work or an expected absence holds it. */
  held: z
    .object({ until: time, by: z.enum(['work', 'expected-offline']) })
    .nullable()
    .default(null),
  /** Its owner's last word on it. */
  closed: z.object({ at: time, outcome: z.string() }).nullable().default(null),
  raisedAt: time,
  late: z.boolean(),
  endedAt: time.nullable(),
  endReason: z.string().nullable(),
  count: z.int(),
  message: z.string(),
  detail: z.record(z.string(), z.unknown()),
  drug: z.string().nullable(),
  /** Whose it is, as the assignments say now; null: nobody knows, or it is not for this role. */
  patient: patientMark.nullable().default(null),
  neededSomebody: z.boolean().nullable(),
  hops: alertHops,
});
export type Alert = z.infer<typeof alert>;

export const alertAction = z.object({
  at: time,
  by: z.object({ id: z.string(), name: z.string() }).nullable(),
  action: z.string(),
  note: z.string().nullable(),
});
export const alertDetail = alert.extend({
  actions: z.array(alertAction),
  /** Of the alert's infusion; null where it has none. */
  order: infusionOrder.nullable(),
  /** Who was told by what, oldest first. */
  notifications: z.array(alertNotification).default([]),
});
export type AlertDetail = z.infer<typeof alertDetail>;

export const noteRequest = z.object({ text: z.string().trim().min(1).max(2000) });
export const declineRequest = z.object({ reason: z.string().trim().max(500).optional() });
export const handOverRequest = z.object({
  to: z.string().max(64).optional(),
  reason: z.string().trim().max(500).optional(),
});
/** Why it takes longer than an acceptance lasts. */
export const extendRequest = z.object({ reason: z.string().trim().min(1, 'a reason').max(500) });
export const closeRequest = z.object({
  outcome: z.string().trim().min(1, 'an outcome').max(500),
  /** Did this need somebody? */
  needed: z.boolean().optional(),
});
export const feedbackRequest = z.object({ needed: z.boolean(), outcome: z.string().trim().max(500).optional() });
