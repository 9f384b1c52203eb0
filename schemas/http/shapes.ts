import * as z from 'zod';
import { workKinds } from '../rules/announced-work.ts';
import { apiTime } from './api-time.ts';
import { infusionCheck } from './infusion-check.ts';
import { infusionOrder } from './infusion-order.ts';
import { patientMark } from './patient-mark.ts';

// Shapes that foreign clients rely on (surface.md). Fields may be added; these keep their names.

export const roles = ['clinician', 'pharmacist', 'technician', 'admin', 'auditor', 'display'] as const;
export type Role = (typeof roles)[number];

export { apiTime };

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  /** 409 of an accept: who has it. */
  owner: z.object({ id: z.string(), name: z.string() }).nullish(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof problem>;

/** Lists: newest first, then id. `next` is the cursor of the next page, or null. */
export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
});

export const sessionRequest = z.object({ email: z.string().min(3).max(200), password: z.string().min(1).max(500) });
export const session = z.object({
  user: z.object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role: z.enum(roles),
    /** A lead clinician or pharmacist may edit schedules. */
    lead: z.boolean().optional(),
  }),
  csrfToken: z.string(),
});
export type Session = z.infer<typeof session>;

export const pumpStatuses = [
  'at-patient',
  'backup-at-patient',
  'in-transit',
  'dirty',
  'cleaned',
  'testing',
  'ready',
  'service',
  'sequestered',
  'lost',
  'retired',
] as const;

export const presences = ['online', 'silent', 'never'] as const;

export const pump = z.object({
  id: z.string(),
  model: z.string(),
  serial: z.string(),
  firmware: z.string().nullable(),
  libraryVersion: z.string().nullable(),
  /** The version that it is to have by a roll-out; null: none was assigned. */
  libraryAssigned: z.string().nullable(),
  status: z.enum(pumpStatuses),
  presence: z.enum(presences),
  state: z.string().nullable(),
  rateMlPerH: z.number().nullable(),
  infusedMl: z.number().nullable(),
  vtbiRemainingMl: z.number().nullable(),
  reservoirMl: z.number().nullable(),
  pressureKpa: z.number().nullable(),
  batteryPct: z.number().nullable(),
  mains: z.boolean().nullable(),
  /** The pump's own number of the running infusion, and our id of it. */
  pumpInfusion: z.int().nullable(),
  infusion: z.string().nullable(),
  drug: z.string().nullable(),
  lastSampleAt: apiTime.nullable(),
  lastContactAt: apiTime.nullable(),
  silentSince: apiTime.nullable(),
  /** Estimated time of the record at the high-water mark of the newest epoch. */
  completeThrough: apiTime.nullable(),
  /** Records known to exist that are not in, newest epoch. */
  missing: z.int(),
  /** Work that a person announced: conditions that it causes are shown and not paged until then; of a ★ drug sooner. */
  work: z
    .array(
      z.object({
        id: z.string(),
        kind: z.enum(workKinds),
        at: apiTime,
        until: apiTime,
        criticalUntil: apiTime,
      }),
    )
    .default([]),
  /** It is expected to be out of reach: its silence is shown and not paged until then. */
  away: z.object({ id: z.string(), until: apiTime }).nullable().default(null),
  /** Order of updates: a lower pair never overwrites; with the same pair (silence, completeness) the later one counts. */
  epochNo: z.int().nullable(),
  seq: z.int().nullable(),
  topicPrefix: z.string(),
});
export type Pump = z.infer<typeof pump>;

export const provisionRequest = z.object({
  id: z
    .string()
    .regex(/^(?!svc-)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, dot, dash, underscore; at most 64; not svc-…')
    .optional(),
  model: z.string().min(1).max(120),
  serial: z.string().min(1).max(120),
});
export const provisioned = z.object({
  pump,
  topicPrefix: z.string(),
  credential: z.object({ username: z.string(), token: z.string() }),
});

/** Buckets of one measured value; the arrays run beside `t`. */
const bucketed = z.object({
  min: z.array(z.number().nullable()),
  max: z.array(z.number().nullable()),
  last: z.array(z.number().nullable()),
});
export const telemetry = z.object({
  from: apiTime,
  to: apiTime,
  bucketMs: z.int(),
  /** Start of each bucket that holds a sample, milliseconds since 1970; empty buckets are omitted. */
  t: z.array(z.int()),
  rateMlPerH: bucketed,
  infusedMl: bucketed,
  pressureKpa: bucketed,
  batteryPct: bucketed,
  reservoirMl: bucketed,
  /** Pump state that ran last in the bucket. */
  state: z.array(z.string()),
  /** True where any sample of the bucket came late. */
  late: z.array(z.boolean()),
});
export type Telemetry = z.infer<typeof telemetry>;

export const infusion = z.object({
  id: z.string(),
  pump: z.string(),
  pumpInfusion: z.int(),
  drug: z.string().nullable(),
  careArea: z.string().nullable(),
  startedAt: apiTime,
  endedAt: apiTime.nullable(),
  state: z.string().nullable(),
  totalMl: z.number().nullable(),
  rateMlPerH: z.number().nullable(),
  /** When state, volume and rate were last told: their age is shown beside them. */
  lastKnownAt: apiTime,
  alerts: z.int(),
  /** Whose it is, as the assignments say now; null: nobody knows, or it is not for this role. */
  patient: patientMark.nullable(),
});
export type Infusion = z.infer<typeof infusion>;

/** One line of what happened: `kind` says which fields stand in `detail`. */
export const timelineEntry = z.object({
  at: apiTime,
  kind: z.enum(['programme', 'delivery', 'bolus', 'limit', 'alarm', 'alert', 'action', 'device', 'gone']),
  seq: z.int().nullable(),
  late: z.boolean(),
  pumpAt: apiTime.nullable(),
  detail: z.record(z.string(), z.unknown()),
});
export const completeness = z.object({
  /** Estimated time up to which every record is in or explained; null: not even the first. */
  through: apiTime.nullable(),
  /** Records that the infusion may have, as far as is known; those of a hole that touches its first one too. */
  records: z.int(),
  missing: z.int(),
  declaredLost: z.int(),
  rejected: z.int(),
  late: z.int(),
  /** In and readable, of all records; 0 to 100. */
  completePct: z.number(),
  /** The journal was lost while this was its newest infusion: how it went on is not known. */
  tailUnknown: z.boolean(),
});
export const infusionDetail = infusion.extend({
  segments: z.array(
    z.object({
      segment: z.int(),
      startedAt: apiTime.nullable(),
      endedAt: apiTime.nullable(),
      rateMlPerH: z.number().nullable(),
      segmentMl: z.number().nullable(),
      endedBy: z.string().nullable(),
      reason: z.string().nullable(),
      late: z.boolean(),
    }),
  ),
  timeline: z.array(timelineEntry),
  completeness,
  /** null: it was gone before it could be read. */
  order: infusionOrder.nullable(),
  /** What the second check judged last; null: nothing yet. */
  check: infusionCheck.nullable(),
});
export type InfusionDetail = z.infer<typeof infusionDetail>;
