import * as z from 'zod';
import { epochId } from '../messages/envelope.ts';
import { wireTime } from '../messages/time.ts';
import { hopDelay } from './report-alert-delay.ts';
import { apiTime, pump, pumpStatuses, roles, timelineEntry } from './shapes.ts';

// Shapes of the people and of the machinery: users, audit, system, rejected records, one pump in full.

export const user = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role: z.enum(roles),
  lead: z.boolean(),
  demo: z.boolean(),
  createdAt: apiTime,
  disabledAt: apiTime.nullable(),
});
export type User = z.infer<typeof user>;

const email = z
  .string()
  .trim()
  .toLowerCase()
  .max(200)
  .regex(/^[^\s@]+@[^\s@]+$/, 'an e-mail address');
const newPassword = z.string().min(12, 'at least 12 characters').max(500);
export const userRequest = z.object({
  email,
  name: z.string().trim().min(1).max(120),
  role: z.enum(roles),
  password: newPassword,
});
export const userChange = z
  .strictObject({
    name: z.string().trim().min(1).max(120).optional(),
    role: z.enum(roles).optional(),
    /** Of a clinician or pharmacist: may edit schedules, and is asked where a policy asks the leads. */
    lead: z.boolean().optional(),
    password: newPassword.optional(),
    disabled: z.boolean().optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'nothing to change');

export const pumpChange = z
  .strictObject({
    model: z.string().min(1).max(120).optional(),
    serial: z.string().min(1).max(120).optional(),
    /** null: nobody says; the pump's own deliveries decide. */
    status: z.enum(pumpStatuses).nullable().optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'nothing to change');

const pumpJournal = z.object({
  epoch: z.string(),
  epochNo: z.int(),
  upTo: z.int(),
  highest: z.int(),
  /** Known to exist and not in. */
  missing: z.int(),
  missingRanges: z.array(z.tuple([z.int(), z.int()])),
  declaredLost: z.int(),
  records: z.int(),
  rejected: z.int(),
  /** In and readable, of all that is known to exist; 0 to 100. */
  completePct: z.number(),
  completeThrough: apiTime.nullable(),
  firstAt: apiTime,
  closedAt: apiTime.nullable(),
});
export const pumpDetail = pump.extend({ journals: z.array(pumpJournal), events: z.array(timelineEntry) });
export type PumpDetail = z.infer<typeof pumpDetail>;

const range = z.tuple([z.int().min(1), z.int().min(1)]);
/** What may be sent to a pump; nothing that touches therapy, and nothing may be added. */
export const commandRequest = z.discriminatedUnion('cmd', [
  z.strictObject({
    cmd: z.literal('backfill'),
    /** Left out: everything of the newest epoch that is missing. */
    args: z.strictObject({ epoch: epochId, ranges: z.array(range).min(1).max(16) }).optional(),
  }),
  z.strictObject({ cmd: z.literal('hello'), args: z.strictObject({}).optional() }),
  z.strictObject({ cmd: z.literal('time'), args: z.strictObject({ at: wireTime }).optional() }),
]);
export const commandSent = z.object({ id: z.string(), cmd: z.string(), args: z.record(z.string(), z.unknown()) });

export const issuedCredential = z.object({
  topicPrefix: z.string(),
  credential: z.object({ username: z.string(), token: z.string() }),
});

export const rejectedRecord = z.object({
  id: z.string(),
  pump: z.string(),
  epochNo: z.int().nullable(),
  seq: z.int().nullable(),
  kind: z.string().nullable(),
  lane: z.string(),
  reason: z.string(),
  /** What came, as text where it is UTF-8, else base64; null: over the size limit, nothing was kept. */
  raw: z.string().nullable(),
  rawEncoding: z.enum(['text', 'base64']).nullable(),
  rawBytes: z.int(),
  sha256: z.string(),
  count: z.int(),
  firstAt: apiTime,
  lastAt: apiTime,
});

export const auditEntry = z.object({
  id: z.string(),
  at: apiTime,
  actor: z.object({ id: z.string().nullable(), name: z.string() }),
  action: z.string(),
  subject: z.string(),
  detail: z.record(z.string(), z.unknown()),
  /** Its place in the hash chain; null for about a second after it was written. */
  seal: z.object({ no: z.int(), hash: z.string() }).nullable(),
});

const componentState = z.enum(['up', 'down', 'unknown']);
export const system = z.object({
  at: apiTime,
  components: z.array(
    z.object({ name: z.string(), state: componentState, detail: z.string().nullable(), ageMs: z.number().nullable() }),
  ),
  pathAgeMs: z.number().nullable(),
  feedHead: z.int(),
  /** Milliseconds between the hops of the alerts of the last 24 h, late ones apart; null while the database is away. */
  delays: z.array(hopDelay).nullable(),
  screens: z.array(
    z.object({
      user: z.object({ id: z.string(), name: z.string(), role: z.enum(roles) }),
      since: apiTime,
      /** When it last said that a person could see it; null: never yet. */
      lastReceiptAt: apiTime.nullable(),
    }),
  ),
  database: z
    .object({
      /** Of TimescaleDB: none, apache or community. */
      edition: z.string(),
      version: z.string(),
      ingestWorkers: z.int(),
      shardsOwned: z.int(),
      pumps: z.int(),
    })
    .nullable(),
});
