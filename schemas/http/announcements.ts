import * as z from 'zod';
import { workKinds } from '../rules/announced-work.ts';
import { apiTime, givenTime } from './api-time.ts';
import { pageQuery } from './shapes.ts';

// Work that a person announces, and hours in which a pump is known to be out of reach. Both change who is paged, never
// what the board shows, and both end by themselves.

const person = z.object({ id: z.string(), name: z.string() });
const pump = z.string().min(1).max(128);

export const announcement = z.object({
  id: z.string(),
  pump: z.string(),
  kind: z.enum(workKinds),
  note: z.string().nullable(),
  at: apiTime,
  /** When it ends by itself, as the settings say now; for a ★ drug sooner. */
  until: apiTime,
  criticalUntil: apiTime,
  state: z.enum(['open', 'over', 'ended']),
  createdBy: person,
  endedAt: apiTime.nullable(),
  endedBy: person.nullable(),
});
export type AnnouncementItem = z.infer<typeof announcement>;

export const announcementRequest = z.strictObject({
  pump,
  kind: z.enum(workKinds),
  note: z.string().trim().min(1).max(500).optional(),
});
const state = z.enum(['open']).optional();
export const announcementsQuery = z.strictObject({ ...pageQuery.shape, pump: pump.optional(), state });

export const offlineWindow = z.object({
  id: z.string(),
  pump: z.string(),
  from: apiTime,
  until: apiTime,
  /** Silence is paged again from here on: `until`, or sooner where the settings allow less. A ★ drug is never held. */
  heldUntil: apiTime,
  reason: z.string(),
  state: z.enum(['to-come', 'open', 'over', 'ended']),
  createdBy: person,
  createdAt: apiTime,
  endedAt: apiTime.nullable(),
  endedBy: person.nullable(),
});
export type OfflineWindowItem = z.infer<typeof offlineWindow>;

export const offlineWindowRequest = z.strictObject({
  pump,
  /** Left out: now. */
  from: givenTime.optional(),
  until: givenTime,
  reason: z.string().trim().min(1, 'why the pump will be out of reach').max(500),
});
export const offlineWindowsQuery = z.strictObject({ ...pageQuery.shape, pump: pump.optional(), state });
