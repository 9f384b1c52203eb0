import * as z from 'zod';
import { priorities } from '../messages/record.ts';
import { audiences } from '../rules/audience.ts';
import { conditions, responsibilities } from './alert.ts';
import { givenTime, inOrder } from './api-time.ts';
import { pageQuery, presences, pumpStatuses, roles } from './shapes.ts';

// Query strings of the lists. A parameter that is not named here is refused: a filter that is silently ignored would
// show more than was asked for.

const word = z.string().min(1).max(120);
const span = { from: givenTime.optional(), to: givenTime.optional() };
const paging = pageQuery.shape;

export const pumpSorts = ['newest', 'id', 'battery', 'contact'] as const;
export const pumpsQuery = z.strictObject({
  ...paging,
  presence: z.enum(presences).optional(),
  status: z.enum(pumpStatuses).optional(),
  state: word.optional(),
  /** Part of an id, serial number, model or running drug. */
  q: word.optional(),
  /** newest first · by id · emptiest battery first · longest without a word first */
  sort: z.enum(pumpSorts).default('newest'),
});

export const alertsQuery = z
  .strictObject({
    ...paging,
    ...span,
    pump: word.optional(),
    patient: z.guid('a patient’s id').optional(),
    type: word.optional(),
    /** One, or several with commas. */
    priority: z
      .string()
      .transform((text) => text.split(','))
      .pipe(z.array(z.enum(priorities)))
      .optional(),
    condition: z.enum(conditions).optional(),
    audience: z.enum(audiences).optional(),
    responsibility: z.enum(responsibilities).optional(),
    /** A condition or a responsibility. */
    state: z.enum([...conditions, ...responsibilities]).optional(),
  })
  .refine(...inOrder);

export const infusionsQuery = z
  .strictObject({
    ...paging,
    ...span,
    pump: word.optional(),
    patient: z.guid('a patient’s id').optional(),
    /** Part of the drug's name. */
    drug: word.optional(),
    q: word.optional(),
    /** `running`, `ended`, or the pump's own word for it. */
    state: word.optional(),
  })
  .refine(...inOrder);

export const telemetryQuery = z.strictObject({
  from: givenTime.optional(),
  to: givenTime.optional(),
  points: z.coerce.number().int().min(1).max(5000).default(600),
});
export const infusionTelemetryQuery = telemetryQuery.pick({ points: true });

export const rejectedQuery = z.strictObject({ ...paging, ...span, pump: word.optional() }).refine(...inOrder);
export const auditQuery = z
  .strictObject({
    ...paging,
    ...span,
    /** A user's id. */
    actor: word.optional(),
    action: word.optional(),
    subject: word.optional(),
  })
  .refine(...inOrder);
export const usersQuery = z.strictObject({ ...paging, role: z.enum(roles).optional() });

export const pumpParams = z.object({ id: z.string().max(128) });
export const idParams = z.object({ id: z.guid('an id such as 0b4f9c1e-…') });
