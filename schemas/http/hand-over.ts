import * as z from 'zod';
import { priorities } from '../messages/record.ts';
import { conditions, responsibilities } from './alert.ts';
import { apiTime, givenTime } from './api-time.ts';
import { call } from './calls.ts';
import { patientMark } from './patient-mark.ts';
import { pageQuery, roles } from './shapes.ts';

// The hand-over of a shift: what is open, what runs, what comes. Never contact data: a signed one is kept for ever.

const person = z.object({ id: z.string(), name: z.string() });

const handOverAlert = z.object({
  id: z.string(),
  type: z.string(),
  message: z.string(),
  priority: z.enum(priorities),
  condition: z.enum(conditions),
  responsibility: z.enum(responsibilities),
  owner: person.nullable(),
  raisedAt: z.string(),
  pump: z.string().nullable(),
  drug: z.string().nullable(),
  critical: z.boolean(),
  patient: patientMark.nullable(),
});

/** A pump at a patient, with what is predicted of it. */
export const pumpOfShift = z.object({
  pump: z.string(),
  drug: z.string().nullable(),
  /** Where `drug` is not known: what this patient's therapies give, as it may be any of them. */
  mayBe: z.array(z.string()).default([]),
  /** ★, or one of what it may be is. */
  critical: z.boolean(),
  patient: patientMark.nullable(),
  state: z.string().nullable(),
  running: z.boolean(),
  rateMlPerH: z.number().nullable(),
  /** Of state and rate. */
  lastSampleAt: apiTime.nullable(),
  silentSince: apiTime.nullable(),
  /** Predicted; null: it does not run, or what is left is not known. */
  emptyAt: apiTime.nullable(),
});
export type PumpOfShift = z.infer<typeof pumpOfShift>;

export const handOverPage = z.object({
  madeAt: apiTime,
  /** When the outgoing shift began, and until when the incoming one goes. */
  from: apiTime,
  until: apiTime,
  alerts: z.array(handOverAlert),
  followUps: z.array(call),
  calls: z.array(call),
  /** There are older calls since `from` than are listed. */
  moreCalls: z.boolean(),
  critical: z.array(pumpOfShift),
  ending: z.array(pumpOfShift),
  silent: z.array(pumpOfShift),
  holds: z.array(z.object({ therapy: z.string(), drug: z.string(), patient: patientMark, holdUntil: apiTime })),
});
export type HandOverPage = z.infer<typeof handOverPage>;

export const handOverStates = ['waiting', 'signed', 'withdrawn'] as const;
export const handOver = z.object({
  id: z.string(),
  from: person,
  to: person,
  shiftFrom: apiTime,
  shiftTo: apiTime,
  note: z.string().nullable(),
  state: z.enum(handOverStates),
  createdAt: apiTime,
  signedAt: apiTime.nullable(),
});
export type HandOver = z.infer<typeof handOver>;
export const handOverDetail = handOver.extend({
  /** As it was when it was signed; null: not signed. */
  page: handOverPage.nullable(),
  taken: z.object({ alerts: z.array(z.string()), followUps: z.array(z.string()) }).nullable(),
});

export const handOverCreate = z.strictObject({
  to: z.guid('a user’s id'),
  shiftFrom: givenTime,
  shiftTo: givenTime,
  note: z.string().trim().min(1).max(4_000).nullable().default(null),
});
/** What the incoming person saw that they take: nobody becomes responsible for what they did not see. */
export const signRequest = z.strictObject({
  alerts: z.array(z.guid('an alert’s id')).max(5_000),
  followUps: z.array(z.guid('a call’s id')).max(5_000),
});
export const handOversQuery = z.strictObject({ ...pageQuery.shape, state: z.enum(handOverStates).optional() });
export const handOverPageQuery = z
  .strictObject({ from: givenTime, until: givenTime })
  .refine(({ from, until }) => Date.parse(from) < Date.parse(until), {
    path: ['until'],
    error: 'has to be after from',
  });
/** Who may take a shift or a follow-up. */
export const people = z.object({ items: z.array(person.extend({ role: z.enum(roles) })) });
