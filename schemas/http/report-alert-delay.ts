import * as z from 'zod';
import { priorities } from '../messages/record.ts';
import { apiTime, givenTime, inOrder } from './api-time.ts';

// `GET /reports/alert-delay`: how long alerts took from hop to hop, in all and by day.

/** The hops in their order; what begins with `received` is the way in all. */
export const delayHops = [
  'brokerToIngest',
  'ingestToCommitted',
  'committedToSent',
  'sentToRendered',
  'receivedToSent',
  'receivedToRendered',
  'renderedToSeen',
  'renderedToAccepted',
  'receivedToAccepted',
] as const;
export type DelayHop = (typeof delayHops)[number];

const mostDays = 400;

export const alertDelayQuery = z
  .strictObject({
    /** Left out: seven days before `to`. */
    from: givenTime.optional(),
    /** Left out: now. */
    to: givenTime.optional(),
    priority: z.enum(priorities).optional(),
    format: z.enum(['json', 'csv']).default('json'),
  })
  .refine(...inOrder)
  .refine(
    ({ from, to }) =>
      from === undefined || to === undefined || Date.parse(to) - Date.parse(from) <= mostDays * 86_400_000,
    { path: ['from'], error: `at most ${mostDays} days at once` },
  );

export const hopDelay = z.object({
  hop: z.enum(delayHops),
  /** Alerts that have both ends of the hop. */
  measured: z.int(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  max: z.number().nullable(),
});
export type HopDelay = z.infer<typeof hopDelay>;

/** Milliseconds; clinical alerts that came in time. Late ones tell of an outage, not of the path. */
export const alertDelay = z.object({
  from: apiTime,
  to: apiTime,
  alerts: z.int(),
  hops: z.array(hopDelay),
  /** Newest first; days of UTC. */
  days: z.array(z.object({ day: z.iso.date(), alerts: z.int(), hops: z.array(hopDelay) })),
});
export type AlertDelay = z.infer<typeof alertDelay>;
