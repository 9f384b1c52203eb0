import * as z from 'zod';
import { stragglerKinds } from '../rules/straggler.ts';
import { apiTime } from './api-time.ts';
import { pageQuery } from './shapes.ts';

// Roll-outs of library versions to pumps, as the api tells and takes them.

const person = z.object({ id: z.string(), name: z.string() });
const moment = z.object({ by: person, at: apiTime });
const count = z.int();
const pumpId = z.string().min(1).max(64);

/** Everything that any of the three names. */
export const assignmentScope = z
  .strictObject({
    fleet: z.boolean().default(false),
    careAreas: z.array(z.string().trim().min(1).max(120)).max(200).default([]),
    pumps: z.array(pumpId).max(5_000).default([]),
  })
  .refine(({ fleet, careAreas, pumps }) => fleet || careAreas.length + pumps.length > 0, {
    error: 'fleet: true, or at least one of careAreas or pumps',
  });
export type AssignmentScope = z.infer<typeof assignmentScope>;

/** Who goes first: some named pumps of the scope, or a share of it. */
export const canaryRequest = z.union(
  [
    z.strictObject({ pumps: z.array(pumpId).min(1).max(1_000) }),
    z.strictObject({ percent: z.number().positive().max(100) }),
  ],
  { error: '{"pumps": [ids]} or {"percent": more than 0, at most 100}' },
);

export const newAssignmentRequest = z.strictObject({
  library: z.guid('a library’s id'),
  version: z.int().min(1),
  scope: assignmentScope,
  /** null: all of them at once. */
  canary: canaryRequest.nullable().default(null),
  /** A pump that has not installed it this long after it was assigned is listed as a straggler. */
  timeOutMin: z.int().min(1).max(43_200).default(1_440),
  note: z.string().trim().max(500).optional(),
});
export const rollBackRequest = z.strictObject({ reason: z.string().trim().min(1, 'a reason').max(500) });

/** Where a pump is on the way; `straggler`: not installed when its time was over, whatever it does now. */
export const pumpProgress = [
  'assigned',
  'offered',
  'transferring',
  'received',
  'installed',
  'failed',
  'straggler',
] as const;
export type PumpProgress = (typeof pumpProgress)[number];

/** Pumps of a roll-out by how far they are; `superseded`: another roll-out took its place. */
export const progressCounts = z.object({
  assigned: count,
  offered: count,
  transferring: count,
  received: count,
  installed: count,
  failed: count,
  straggler: count,
  superseded: count,
});

export const libraryAssignment = z.object({
  id: z.string(),
  library: z.object({ id: z.string(), name: z.string() }),
  version: count,
  /** What a pump says that has it. */
  versionName: z.string(),
  bytes: count,
  parts: count,
  scope: assignmentScope,
  stage: z.enum(['canary', 'rest', 'rolled-back']),
  timeOutMin: count,
  note: z.string().nullable(),
  rollsBack: z.string().nullable(),
  created: moment,
  wentOn: moment.nullable(),
  rolledBack: moment.extend({ reason: z.string() }).nullable(),
  counts: progressCounts,
  canaries: count,
});
export type LibraryAssignment = z.infer<typeof libraryAssignment>;

/** What the next steps would do now, so that nobody presses a button without knowing to how many pumps. */
export const libraryAssignmentDetail = libraryAssignment.extend({
  /** Pumps of the scope that have no part in it yet: they are who "go on" adds. */
  notYet: count,
  /** Of them, how many have the version already. */
  notYetHaveIt: count,
  rollBack: z.array(
    z.object({
      /** What these pumps had before; null: it is not known. */
      versionName: z.string().nullable(),
      pumps: count,
      /** Why it can't be sent again; null: it can. */
      obstacle: z.string().nullable(),
    }),
  ),
});
export type LibraryAssignmentDetail = z.infer<typeof libraryAssignmentDetail>;

export const assignmentPump = z.object({
  pump: z.string(),
  canary: z.boolean(),
  progress: z.enum(pumpProgress),
  /** Where a straggler is on the way. */
  step: z.enum(['assigned', 'offered', 'transferring', 'received', 'installed', 'failed']),
  installed: z.string().nullable(),
  before: z.string().nullable(),
  partsConfirmed: count,
  parts: count,
  assignedAt: apiTime,
  offeredAt: apiTime.nullable(),
  receivedAt: apiTime.nullable(),
  installedAt: apiTime.nullable(),
  stragglerAt: apiTime.nullable(),
  supersededAt: apiTime.nullable(),
  lastContactAt: apiTime.nullable(),
  /** Of everybody who has not installed it. */
  reason: z
    .object({ kind: z.enum(stragglerKinds), since: apiTime.nullable(), error: z.string().nullable() })
    .nullable(),
});
export type AssignmentPump = z.infer<typeof assignmentPump>;

export const assignmentsQuery = z.strictObject({
  ...pageQuery.shape,
  library: z.guid('a library’s id').optional(),
  stage: z.enum(['canary', 'rest', 'rolled-back']).optional(),
});
export const assignmentPumpsQuery = z.strictObject({
  ...pageQuery.shape,
  /** `open`: everybody who has not installed it. */
  progress: z.enum([...pumpProgress, 'open', 'superseded']).optional(),
});
