import type { Role } from './shapes.ts';

/** Everything that somebody may be allowed to do; each route names exactly one. */
export const actions = [
  'read',
  'alert.answer',
  'alert.respond',
  'initials.read',
  'patient.read',
  'patient.write',
  'patient.contact',
  'therapy.write',
  'assignment.write',
  'order.write',
  'call.read',
  'call.write',
  'guidance.write',
  'library.write',
  'rules.write',
  'work.announce',
  'fleet.write',
  'rejected.read',
  'technical.read',
  'users.read',
  'users.write',
  'schedule.write',
  'policy.write',
  'audit.read',
  'system.read',
  'reach.own',
  'reach.read',
  'reach.write',
] as const;
export type Action = (typeof actions)[number];

/** Who may (surface.md, "Who may"). Read by the api's routes and by the dashboard; anything not here is refused. */
export const permitted: Record<Action, readonly Role[]> = {
  read: ['clinician', 'pharmacist', 'technician', 'admin', 'auditor', 'display'],
  'alert.answer': ['clinician', 'pharmacist'],
  /** Some alert or other: which ones, says schemas/rules/permitted-answers.ts. */
  'alert.respond': ['clinician', 'pharmacist', 'technician', 'admin'],
  /** Whose an alert or an infusion is: a wall display is never told. */
  'initials.read': ['clinician', 'pharmacist', 'technician', 'admin', 'auditor'],
  /** Patients by reference and initials, therapies, orders, assignments; never a contact sheet. */
  'patient.read': ['clinician', 'pharmacist', 'auditor'],
  'patient.write': ['clinician', 'pharmacist'],
  'patient.contact': ['clinician', 'pharmacist'],
  'therapy.write': ['clinician', 'pharmacist'],
  'assignment.write': ['clinician', 'pharmacist'],
  'order.write': ['pharmacist'],
  /** Telephone calls and hand-overs: what was said, never how to reach somebody. */
  'call.read': ['clinician', 'pharmacist', 'auditor'],
  'call.write': ['clinician', 'pharmacist'],
  'guidance.write': ['pharmacist'],
  'library.write': ['pharmacist'],
  /** Rule sets (approved by another) and exceptions of single patients. */
  'rules.write': ['pharmacist'],
  'work.announce': ['clinician', 'pharmacist'],
  'fleet.write': ['technician'],
  'rejected.read': ['technician', 'auditor'],
  'technical.read': ['technician', 'admin', 'auditor'],
  'users.read': ['admin', 'auditor'],
  'users.write': ['admin'],
  /** Schedules, overrides, swaps; a lead clinician too, see `mayPerson`. */
  'schedule.write': ['admin'],
  'policy.write': ['admin'],
  'audit.read': ['admin', 'auditor'],
  'system.read': ['clinician', 'pharmacist', 'technician', 'admin', 'auditor'],
  /** How one is reached oneself: whoever may be on call. */
  'reach.own': ['clinician', 'pharmacist', 'technician', 'admin'],
  /** How everybody is reached and what failed, without whole addresses. */
  'reach.read': ['admin', 'auditor'],
  'reach.write': ['admin'],
};

/** Whether a role may do an action. */
export function may(role: Role, action: Action): boolean {
  return permitted[action].includes(role);
}

const ofLeads: readonly Action[] = ['schedule.write'];

/** Whether a person may do an action: by their role, or as a lead of those who answer alerts. */
export function mayPerson({ role, lead }: { role: Role; lead: boolean }, action: Action): boolean {
  return may(role, action) || (lead && may(role, 'alert.answer') && ofLeads.includes(action));
}
