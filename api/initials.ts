import type { PatientMark } from '#schemas/http/patient-mark.ts';
import { may } from '#schemas/http/permissions.ts';
import type { Role } from '#schemas/http/shapes.ts';

/** What this role is told of a thing: a wall display hangs where strangers look, and never gets initials. */
export function forRole<T extends { patient: PatientMark | null }>(role: Role, thing: T): T {
  return thing.patient === null || may(role, 'initials.read') ? thing : { ...thing, patient: null };
}
