import * as z from 'zod';
import { workKinds } from '../rules/announced-work.ts';
import { apiTime, givenTime, inOrder } from './api-time.ts';
import { patientMark } from './patient-mark.ts';
import { contacts } from './patients.ts';
import { pageQuery } from './shapes.ts';

// Telephone calls. Lists hold no contact data: a number to call back stands only on the call's own page, which is audited.

/** Who called; of a call out, who was called. */
export const callers = [...contacts, 'prescriber'] as const;
export type Caller = (typeof callers)[number];
export const callOutcomes = ['solved', 'visit', 'prescriber', 'ambulance', 'open'] as const;
export const followUpStates = ['open', 'overdue', 'done'] as const;

const person = z.object({ id: z.string(), name: z.string() });
const text = z.string().trim().min(1, 'not empty').max(2_000);

export const followUp = z.object({
  text: z.string(),
  dueAt: apiTime,
  owner: person,
  state: z.enum(followUpStates),
  doneAt: apiTime.nullable(),
  doneBy: person.nullable(),
});

export const call = z.object({
  id: z.string(),
  at: apiTime,
  direction: z.enum(['in', 'out']),
  caller: z.enum(callers),
  /** null: not found. */
  patient: patientMark.nullable(),
  /** What it was about. */
  alert: z.string().nullable(),
  reached: z.boolean(),
  complaint: z.string().nullable(),
  advice: z.string().nullable(),
  outcome: z.enum(callOutcomes).nullable(),
  followUp: followUp.nullable(),
  /** Work that was announced in the call. */
  announced: z.object({ id: z.string(), pump: z.string(), kind: z.enum(workKinds) }).nullable(),
  /** Grows with every change. */
  revision: z.int(),
  createdBy: person,
});
export type Call = z.infer<typeof call>;

export const callDetail = call.extend({
  callerName: z.string().nullable(),
  callBackNumber: z.string().nullable(),
  /** Newest first: which fields somebody changed. What stood there before is kept. */
  changes: z.array(z.object({ at: apiTime, by: person, fields: z.array(z.string()) })),
});
export type CallDetail = z.infer<typeof callDetail>;

const followUpRequest = z.strictObject({
  text: text.max(500),
  dueAt: givenTime,
  /** Left out: who logs the call. */
  owner: z.guid('a user’s id').optional(),
});
const about = {
  caller: z.enum(callers),
  callerName: z.string().trim().min(1).max(120).nullable(),
  callBackNumber: z.string().trim().min(3).max(40).nullable(),
  patient: z.guid('a patient’s id').nullable(),
  complaint: text.nullable(),
  advice: text.nullable(),
  outcome: z.enum(callOutcomes).nullable(),
};

export const callRequest = z
  .strictObject({
    ...z.object(about).partial().required({ caller: true }).shape,
    direction: z.enum(['in', 'out']).default('in'),
    /** Left out: now. */
    at: givenTime.optional(),
    /** Its patient is taken where none is named; that somebody was called is written on the alert too. */
    alert: z.guid('an alert’s id').optional(),
    reached: z.boolean().default(true),
    followUp: followUpRequest.optional(),
    announce: z
      .strictObject({ pump: z.string().min(1).max(128), kind: z.enum(workKinds), note: text.max(500).optional() })
      .optional(),
  })
  .refine(({ complaint, direction }) => direction === 'out' || (complaint ?? null) !== null, {
    path: ['complaint'],
    message: 'what is it about? A few words are enough',
  });
export type CallRequest = z.infer<typeof callRequest>;

export const callChange = z
  .strictObject({
    ...z.object(about).partial().shape,
    /** Of the call that the person saw. */
    revision: z.int(),
    followUp: z
      .strictObject({
        text: text.max(500).optional(),
        dueAt: givenTime.optional(),
        owner: z.guid('a user’s id').optional(),
        done: z.literal(true).optional(),
      })
      .optional(),
  })
  .refine(
    ({ revision: _revision, ...change }) => Object.values(change).some((value) => value !== undefined),
    'nothing to change',
  );
export type CallChange = z.infer<typeof callChange>;

const filters = {
  patient: z.guid('a patient’s id').optional(),
  alert: z.guid('an alert’s id').optional(),
  caller: z.enum(callers).optional(),
  /** `open` holds the overdue ones too. */
  followUp: z.enum(followUpStates).optional(),
  /** Whose follow-up it is. */
  owner: z.guid('a user’s id').optional(),
  from: givenTime.optional(),
  to: givenTime.optional(),
};
export const callsQuery = z.strictObject({ ...pageQuery.shape, ...filters }).refine(...inOrder);
export const callsExportQuery = z
  .strictObject({ ...filters, format: z.literal('csv').default('csv') })
  .refine(...inOrder);

/** In a body, since an address is written into logs and histories. */
export const findRequest = z.strictObject({
  text: z.string().trim().min(2, 'at least 2 letters, or 4 digits of a number').max(120),
});
export const foundPatients = z.object({
  items: z.array(
    z.object({
      patient: patientMark,
      by: z.enum(['number', 'name', 'reference']),
      /** Whose number it is; null: not found by a number. */
      whose: z.enum(contacts).nullable(),
    }),
  ),
  /** There are more than are shown. */
  more: z.boolean(),
  /** Why what was found is no proof of who calls. */
  doubt: z.string().nullable(),
});
export type FoundPatients = z.infer<typeof foundPatients>;

/** Numbers only, so that a screen may ask often: no patient's data, no audit. */
export const followUpCount = z.object({
  mine: z.object({ open: z.int(), overdue: z.int() }),
  everybody: z.object({ open: z.int(), overdue: z.int() }),
});
