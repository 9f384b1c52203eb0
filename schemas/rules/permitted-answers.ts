// Who may answer what, as one table beside the contract: the api refuses by it, the dashboard draws its buttons from it.

import type { Role } from '../http/shapes.ts';
import type { Responsibility } from './alert.ts';
import type { Audience } from './audience.ts';

/** What people do to an alert; each is `POST /alerts/{id}/…` of that name. */
export const answerKinds = [
  'accept',
  'undo',
  'decline',
  'hand-over',
  'extend',
  'close',
  'note',
  'feedback',
  'seen',
] as const;
export type AnswerKind = (typeof answerKinds)[number];

const always = ['note', 'feedback', 'seen'] as const;
const open: readonly AnswerKind[] = ['accept', 'decline', ...always];

/** Responsibility × who asks: its owner (or who let it lapse), or anybody else. */
export const permittedAnswers: Record<Responsibility['at'], Record<'owner' | 'other', readonly AnswerKind[]>> = {
  unassigned: { owner: open, other: open },
  offered: { owner: open, other: open },
  accepted: {
    // `undo` for 5 s after accepting; `accept` again changes nothing.
    owner: ['accept', 'undo', 'decline', 'hand-over', 'extend', 'close', ...always],
    other: always,
  },
  declined: { owner: open, other: open },
  lapsed: { owner: open, other: open },
};

/** Who may answer an alert at all. What only the platform's people are told is open to clinicians too. */
export const answeringRoles: Record<Audience, readonly Role[]> = {
  clinical: ['clinician', 'pharmacist'],
  technician: ['technician', 'admin', 'clinician', 'pharmacist'],
  'technical-on-call': ['technician', 'admin', 'clinician', 'pharmacist'],
};

export type AnsweredAlert = {
  audience: Audience;
  responsibility: Responsibility['at'];
  owner: { id: string } | null;
};

/** The answers open to a person now; empty where they may not answer this alert at all. */
export function answersFor(alert: AnsweredAlert, person: { id: string; role: Role }): readonly AnswerKind[] {
  if (!answeringRoles[alert.audience].includes(person.role)) return [];
  return permittedAnswers[alert.responsibility][alert.owner?.id === person.id ? 'owner' : 'other'];
}
