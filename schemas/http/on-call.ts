import * as z from 'zod';
import { audiences } from '../rules/audience.ts';
import { apiTime, givenDay, givenTime } from './api-time.ts';
import { page, pageQuery, roles } from './shapes.ts';

// Who is on call, and who is asked in which order (alerts-and-limits.md, "Escalation"). Rules: schemas/rules/schedule.ts,
// schemas/rules/escalation.ts.

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 07:00');
const name = z.string().trim().min(1).max(80);

/** Ids of schedules and policies are chosen by whoever makes them and stand in policies and addresses. */
export const onCallSlug = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'a name such as clinical-nights: small letters, digits, dashes; at most 40');
export const slugParams = z.object({ id: onCallSlug });

const timeZone = z.string().max(60).refine(isTimeZone, 'an IANA time zone such as Europe/Stockholm');

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '' && /^[A-Z]/.test(text);
  } catch {
    return false;
  }
}

/** A span of each of these days, by the layer's own clock; `to` at or before `from` is on the next day. */
export const restriction = z.strictObject({
  /** 1 Monday … 7 Sunday: the days on which it begins. */
  days: z.array(z.int().min(1).max(7)).min(1).max(7),
  from: timeOfDay,
  to: timeOfDay,
});

export const layer = z.strictObject({
  name,
  timeZone,
  /** The day of the first hand-over, by the layer's own calendar. */
  startsOn: givenDay,
  /** The day of the hand-over at which it ends; null: it goes on. */
  endsOn: givenDay.nullable().default(null),
  handOverAt: timeOfDay,
  /** How long a shift lasts. */
  every: z.strictObject({ count: z.int().min(1).max(52), unit: z.enum(['day', 'week']) }),
  /** In their order; null: a shift that nobody has. */
  members: z.array(z.guid().nullable()).min(1, 'at least one member').max(60),
  /** Times of week in which the layer counts; none: always. */
  restrictions: z.array(restriction).max(20).default([]),
});
export type Layer = z.infer<typeof layer>;

/** A later layer goes before an earlier one where it has somebody. */
export const scheduleRequest = z.strictObject({
  name,
  layers: z.array(layer).max(10),
  /** The version that was read; left out where it is new. Somebody else's change in between: 409. */
  version: z.int().optional(),
});

const person = z.object({ id: z.string(), name: z.string() });

/** Who has it from when until when; `user` null: nobody has. */
export const shift = z.object({
  from: apiTime,
  until: apiTime,
  user: person.nullable(),
  /** What decided: a layer's name, an override's id, or nothing. */
  layer: z.string().nullable(),
  override: z.string().nullable(),
});
export type Shift = z.infer<typeof shift>;

export const schedule = z.object({
  id: z.string(),
  name: z.string(),
  layers: z.array(layer),
  version: z.int(),
  updatedAt: apiTime,
  updatedBy: person.nullable(),
  /** Spans of the next 14 days that nobody has; of a schedule without layers none is counted. */
  gaps: z.array(z.object({ from: apiTime, until: apiTime })),
  /** Members who can't be relied upon: who left, or whose role answers no alerts. */
  problems: z.array(z.string()),
});
export type Schedule = z.infer<typeof schedule>;
export const schedulePage = page(schedule);

export const shiftsQuery = z.strictObject({ from: givenTime.optional(), until: givenTime.optional() });
export const shifts = z.object({ items: z.array(shift), next: z.null() });

export const uuidParams = z.object({ id: z.guid() });
/** Of those that overlap, the one made last counts. */
export const overrideRequest = z.strictObject({
  schedule: onCallSlug,
  user: z.guid(),
  from: givenTime,
  until: givenTime,
  reason: z.string().trim().max(200).default(''),
});
export const override = z.object({
  id: z.string(),
  schedule: z.string(),
  user: person,
  from: apiTime,
  until: apiTime,
  reason: z.string(),
  /** Two overrides that were made as one exchange carry the same. */
  swap: z.string().nullable(),
  madeAt: apiTime,
  madeBy: person.nullable(),
  removedAt: apiTime.nullable(),
});
export type Override = z.infer<typeof override>;
export const overridePage = page(override);
export const overridesQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
  schedule: onCallSlug.optional(),
  /** Only those that end after this. */
  after: givenTime.optional(),
});

/** Two shifts change hands: who has the one takes the other. Each span must have one person all through. */
export const swapRequest = z.strictObject({
  schedule: onCallSlug,
  one: z.strictObject({ from: givenTime, until: givenTime }),
  other: z.strictObject({ from: givenTime, until: givenTime }),
  reason: z.string().trim().max(200).default(''),
});

const span = z.object({ from: apiTime, until: apiTime });
export const swapStates = ['offered', 'accepted', 'declined', 'withdrawn'] as const;
/** An exchange that a person offers another: nothing changes hands before the other has said yes. */
export const swap = z.object({
  id: z.string(),
  schedule: z.string(),
  state: z.enum(swapStates),
  /** What `from` has and would give. */
  one: span,
  /** What `to` has and would give. */
  other: span,
  from: person,
  to: person,
  reason: z.string(),
  askedAt: apiTime,
  answeredAt: apiTime.nullable(),
});
export type Swap = z.infer<typeof swap>;
export const swapPage = page(swap);
export const swapsQuery = z.strictObject(pageQuery.shape);
/** `overrides`: the two that were made, by somebody who edits schedules or by a yes; none while it waits. */
export const swapped = z.object({ swap: swap.nullable(), overrides: z.array(override) });

/** `board`: on the screens alone; the others in their order, the next one where nobody's screen painted it in 15 s. */
export const stepChannels = ['board', 'web-push', 'sms', 'voice', 'e-mail', 'webhook'] as const;
export type StepChannel = (typeof stepChannels)[number];
export const stepGroups = ['everybody', 'leads', 'technicians', 'administrators'] as const;
export type StepGroup = (typeof stepGroups)[number];

export const stepTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('on-call'), schedule: onCallSlug }),
  z.strictObject({ kind: z.literal('person'), user: z.guid() }),
  /** `everybody`: all who answer alerts of the policy's audience. */
  z.strictObject({ kind: z.literal('group'), group: z.enum(stepGroups) }),
]);
export type StepTarget = z.infer<typeof stepTarget>;

export const policyStep = z.strictObject({
  to: z.array(stepTarget).min(1, 'a step asks somebody').max(20),
  channels: z
    .array(z.enum(stepChannels))
    .min(1, 'a step has a channel')
    .max(6)
    .refine((channels) => new Set(channels).size === channels.length, 'each channel once'),
  /** The next step is due after this long; after the last step it is the same step again, for ever. */
  nextAfterS: z.int().min(15).max(7_200),
  /** … or after this long where none of those who were asked has seen it; null: no sooner. */
  unseenAfterS: z.int().min(15).max(7_200).nullable().default(null),
});
export type PolicyStep = z.infer<typeof policyStep>;

export const policyRequest = z.strictObject({
  name,
  steps: z.array(policyStep).min(1, 'a policy has at least one step').max(20),
  version: z.int().optional(),
});

/** There is one for each kind of alert that pages; they come with the database and are changed, never added. */
export const policyIds = ['clinical-high', 'clinical-medium', 'technical'] as const;
export type PolicyId = (typeof policyIds)[number];
export const policyParams = z.object({ id: z.enum(policyIds) });

export const policy = z.object({
  id: z.enum(policyIds),
  name: z.string(),
  audience: z.enum(audiences),
  steps: z.array(policyStep),
  version: z.int(),
  updatedAt: apiTime,
  updatedBy: person.nullable(),
  /** What would go wrong now: a step that reaches nobody, a person who left. */
  problems: z.array(z.string()),
});
export type Policy = z.infer<typeof policy>;
export const policyPage = page(policy);

/** How somebody can be reached: by a screen that they watch, by a contact method that answered, or not. */
export const reachability = z.object({
  reachable: z.boolean(),
  /** A screen of theirs with a person's gesture in the last 15 min. */
  watching: z.boolean(),
  /** Their methods that answered a test and do not fail. */
  answered: z.array(z.enum(['web-push', 'e-mail', 'sms', 'voice'])),
  lastAnsweredAt: apiTime.nullable(),
});
export type Reachability = z.infer<typeof reachability>;

export const onCallPerson = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(roles),
  lead: z.boolean(),
  ...reachability.shape,
});
export type OnCallPerson = z.infer<typeof onCallPerson>;

/** `GET /on-call/now`. */
export const onCallNow = z.object({
  at: apiTime,
  schedules: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      /** Who has it; null: nobody. */
      now: onCallPerson.nullable(),
      since: apiTime.nullable(),
      /** When that changes; null: not within 60 days. */
      until: apiTime.nullable(),
      /** Who has it then; null: nobody, or nothing changes. */
      next: onCallPerson.nullable(),
      layer: z.string().nullable(),
      override: z.string().nullable(),
    }),
  ),
  /** Everybody who answers alerts: whom one may hand over to. */
  people: z.array(onCallPerson),
  /** Screens that a person looked at in the last 15 min, wall displays apart. */
  watching: z.object({ people: z.int(), lastHumanAt: apiTime.nullable() }),
});
export type OnCallNow = z.infer<typeof onCallNow>;

/** Told once: calendars sign in with it by HTTP Basic authentication, and it can be revoked. */
export const calendarToken = z.object({ address: z.string(), username: z.string(), password: z.string() });
