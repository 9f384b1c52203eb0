import * as z from 'zod';
import { orderStates } from '../orders/order-content.ts';
import { therapyStatuses } from '../rules/order-match.ts';
import { pageQuery } from './shapes.ts';

// Query strings of the lists about patients; as in queries.ts, what is not named is refused.

const word = z.string().min(1).max(120);
const paging = pageQuery.shape;
const id = z.guid('an id such as 0b4f9c1e-…');
export const patientsQuery = z.strictObject({
  ...paging,
  /** Part of a reference, of a name, or of a phone number; the answer shows initials all the same. */
  q: z.string().trim().min(2, 'at least 2 characters').max(120).optional(),
});
export const therapiesQuery = z.strictObject({
  ...paging,
  patient: id.optional(),
  status: z.enum(therapyStatuses).optional(),
  /** Part of a reference or of the drug's name. */
  q: word.optional(),
});
export const ordersQuery = z.strictObject({
  ...paging,
  patient: id.optional(),
  therapy: id.optional(),
  state: z.enum(orderStates).optional(),
});
export const assignmentsQuery = z.strictObject({
  ...paging,
  patient: id.optional(),
  pump: word.optional(),
  /** `open`: those that hold now. Corrected ones are listed too, unless this is asked for. */
  state: z.enum(['open']).optional(),
});
/** The alert from which a contact sheet is opened: kept with the audit. */
export const contactSheetQuery = z.strictObject({ alert: id.optional() });
