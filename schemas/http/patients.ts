import * as z from 'zod';
import { therapyStatuses } from '../rules/order-match.ts';
import { apiTime } from './api-time.ts';
import { patientMark } from './patient-mark.ts';

// A patient is initials and a reference everywhere; the rest is the contact sheet, whose every opening is audited.

export const patient = patientMark.extend({
  weightKg: z.number().nullable(),
  bsaM2: z.number().nullable(),
  createdAt: apiTime,
});
export type Patient = z.infer<typeof patient>;

export const contacts = ['patient', 'caregiver', 'nurse', 'other'] as const;
const phoneNumber = z
  .string()
  .trim()
  .regex(/^\+?[0-9][0-9 ()./-]{2,30}$/, 'a phone number such as +46 8 123 45 67');
const phone = z.strictObject({
  whose: z.enum(contacts),
  name: z.string().trim().max(120).nullable().default(null),
  number: phoneNumber,
});

const text = z.string().trim().min(1).max(2_000).nullable();
const shortText = z.string().trim().min(1).max(200).nullable();
const day = z.iso.date('a date such as 1953-04-17').nullable();

const details = {
  name: z.string().trim().min(1).max(200),
  birthDate: day,
  /** In the order in which they are to be called. */
  phones: z.array(phone).max(10),
  address: text,
  /** IANA name, such as Europe/Stockholm. */
  timeZone: shortText.refine((zone) => zone === null || isTimeZone(zone), 'a time zone such as Europe/Stockholm'),
  language: shortText,
  allergies: text,
  codeStatus: shortText,
  /** The venous access. */
  line: shortText,
  reactionKit: shortText,
  reactionKitExpires: day,
  backupPump: shortText,
  prescriber: shortText,
  prescriberPhone: phoneNumber.nullable(),
  /** What to do when nobody answers. */
  plan: text,
};

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    // The only way to ask: an unknown zone throws.
    return false;
  }
}

const reference = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, dot, dash, underscore; at most 64; never a name');
const initials = z
  .string()
  .trim()
  .regex(/^\p{L}\.?([ -]?\p{L}\.?){0,4}$/u, 'initials such as J.M.');
const size = {
  weightKg: z.number().positive('a weight above 0').max(700).nullable(),
  bsaM2: z.number().positive('a body surface above 0').max(5).nullable(),
};

export const patientRequest = z.strictObject({
  reference,
  /** Left out: made of the name. */
  initials: initials.optional(),
  ...z
    .object({ ...size, ...details })
    .partial()
    .required({ name: true }).shape,
});
export const patientChange = z
  .strictObject({ initials: initials.optional(), ...z.object({ ...size, ...details }).partial().shape })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'nothing to change');

/** Everything that helps at two in the morning. */
export const contactSheet = patient.extend({
  ...details,
  therapies: z.array(
    z.object({
      id: z.string(),
      reference: z.string(),
      drug: z.string(),
      status: z.enum(therapyStatuses),
      holdUntil: apiTime.nullable(),
      nextVisitAt: apiTime.nullable(),
      nextDeliveryAt: apiTime.nullable(),
      emergencyPlan: z.string().nullable(),
    }),
  ),
  pumps: z.array(z.string()),
});
export type ContactSheet = z.infer<typeof contactSheet>;

/** `J.M.` of Jan Maria or Jan de Maria: the first letters of the first and the last word. */
export function initialsOf(name: string): string {
  const letters = name
    .split(/[\s-]+/)
    .map((word) => /\p{L}/u.exec(word)?.[0])
    .filter((letter) => letter !== undefined);
  const shown = letters.length > 2 ? [letters[0], letters.at(-1)] : letters;
  return shown.length === 0 ? '?' : shown.map((letter) => `${letter?.toUpperCase()}.`).join('');
}
