import * as z from 'zod';
import { givenTime } from './api-time.ts';

// A limit replay: a version against the programmes that really ran in a period.

const place = { careArea: z.string().nullable(), drug: z.string().nullable() };

export const replayRequest = z.strictObject({ from: givenTime, to: givenTime });

export const libraryReplay = z.object({
  from: z.string(),
  to: z.string(),
  programmes: z.int(),
  /** Stored programmes that lack too much to be judged. */
  unreadable: z.int(),
  lines: z.array(
    z.object({
      ...place,
      field: z.string(),
      limit: z.enum(['hard-high', 'hard-low', 'soft-high', 'soft-low']),
      /** Programmes in which it would fire with this version, and in which the pump fired it. */
      would: z.int(),
      did: z.int(),
      /** Ids of infusions in which only this version fires, and in which only the pump did. */
      newExamples: z.array(z.string()),
      goneExamples: z.array(z.string()),
      worst: z
        .object({ infusion: z.string(), value: z.number(), limit: z.number(), severity: z.number().nullable() })
        .nullable(),
    }),
  ),
  notChecked: z.array(z.object({ ...place, field: z.string(), reason: z.string(), times: z.int() })),
  standing: z.array(z.object({ ...place, standing: z.string(), times: z.int(), example: z.string() })),
});
