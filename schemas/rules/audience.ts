// Whom an alert is for (alerts-and-limits.md, "Catalogue"). What is not a clinician's never stands on the alert board,
// never sounds there and never pages a nurse.

export const audiences = ['clinical', 'technician', 'technical-on-call'] as const;
export type Audience = (typeof audiences)[number];

const others: ReadonlyMap<string, Audience> = new Map([
  ['library-version', 'technician'],
  ['battery-fade', 'technician'],
  ['clock-off', 'technician'],
  ['gap-open', 'technician'],
  ['reboot-storm', 'technician'],
  ['duplicate-pump', 'technician'],
  ['rejected-records', 'technician'],
  ['nobody-watching', 'technical-on-call'],
  ['on-call-unreachable', 'technical-on-call'],
  ['platform-delayed', 'technical-on-call'],
  ['canary-late', 'technical-on-call'],
]);

/** @param type an alarm code or a rule's name; one that nobody listed is a clinician's, so that nothing is missed */
export function audienceOf(type: string): Audience {
  return others.get(type) ?? 'clinical';
}
