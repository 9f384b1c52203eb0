import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import { assignment } from '#schemas/http/assignments.ts';
import { patient } from '#schemas/http/patients.ts';
import { therapyDetail } from '#schemas/http/therapies.ts';
import { type Person, shape } from './api.ts';

// Made-up patients, entered through the api as people would.

export type MadePatient = { id: string; reference: string; initials: string; name: string };

/** A patient of this name, born on 17 April 1953, who weighs 80 kg. */
export async function addPatient(by: Person, name: string, more: Record<string, unknown> = {}): Promise<MadePatient> {
  const body = {
    ...{ reference: `P-${randomUUID().slice(0, 8)}`, name, birthDate: '1953-04-17', weightKg: 80, bsaM2: 1.8 },
    ...more,
  };
  const { id, reference, initials } = shape(patient, await by.post('/patients', body));
  return { id, reference, initials, name };
}

export async function addTherapy(
  by: Person,
  of: MadePatient,
  drug: string,
  more: Record<string, unknown> = {},
): Promise<z.infer<typeof therapyDetail>> {
  const body = { patient: of.id, drug, careArea: 'adult home', status: 'active', ...more };
  return shape(therapyDetail, await by.post('/therapies', body));
}

/** What was read at the bedside, all of it right. */
export const readAtBedside = (pump: string, { name }: MadePatient) => ({
  pumpLabel: pump,
  identifiers: [
    { kind: 'name', value: name },
    { kind: 'birth-date', value: '1953-04-17' },
  ],
});

export async function assign(
  by: Person,
  pump: string,
  to: MadePatient,
  more: Record<string, unknown> = {},
): Promise<z.infer<typeof assignment>> {
  const body = { pump, patient: to.id, verified: readAtBedside(pump, to), ...more };
  return shape(assignment, await by.post('/assignments', body));
}
