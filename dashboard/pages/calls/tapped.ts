import * as z from 'zod';
import { type Caller, callers } from '#schemas/http/calls.ts';

// Whom somebody tapped to call, so that it is asked about even where the phone threw the page away meanwhile. No name and no
// number: whose it was, and of which alert or patient.

const key = 'dripwatch-tapped';
const remembered = z.object({ alert: z.string().nullable(), patient: z.string().nullable(), whose: z.enum(callers) });

type About = { alert: string | null; patient: string | null };

export function rememberTapped({ alert, patient }: About, whose: Caller): void {
  sessionStorage.setItem(key, JSON.stringify({ alert, patient, whose }));
}

export const forgetTapped = (): void => sessionStorage.removeItem(key);

/** Who was tapped about this and not yet asked about, or null. */
export function tapped({ alert, patient }: About): Caller | null {
  const text = sessionStorage.getItem(key);
  if (text === null) return null;
  const read = remembered.safeParse(JSON.parse(text));
  return read.success && read.data.alert === alert && read.data.patient === patient ? read.data.whose : null;
}
