import * as z from 'zod';
import { callingGroups } from '../rules/calling-order.ts';
import { apiTime } from './api-time.ts';
import { pumpOfShift } from './hand-over.ts';
import { contacts } from './patients.ts';

export const downtimeListQuery = z.strictObject({ format: z.enum(['json', 'csv']).default('json') });

/** Whom to call when the platform is down, in the order of calling. Contact data: every read is audited. */
export const downtimeList = z.object({
  madeAt: apiTime,
  items: z.array(
    pumpOfShift.extend({
      group: z.enum(callingGroups),
      phones: z.array(z.object({ whose: z.enum(contacts), name: z.string().nullable(), number: z.string() })),
      prescriber: z.string().nullable(),
      prescriberPhone: z.string().nullable(),
      /** What to do when nobody answers. */
      plan: z.string().nullable(),
      /** Of each therapy that is not ended. */
      emergencyPlans: z.array(z.object({ drug: z.string(), text: z.string() })),
    }),
  ),
});
export type DowntimeList = z.infer<typeof downtimeList>;
export type DowntimeItem = DowntimeList['items'][number];
