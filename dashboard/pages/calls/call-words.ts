import type { Call } from '#schemas/http/calls.ts';

export const callerWords: Record<Call['caller'], string> = {
  patient: 'patient',
  caregiver: 'caregiver',
  nurse: 'nurse',
  prescriber: 'prescriber',
  other: 'somebody else',
};

export const outcomeWords: Record<NonNullable<Call['outcome']>, string> = {
  solved: 'Solved',
  visit: 'Visit arranged',
  prescriber: 'Prescriber called',
  ambulance: 'Ambulance called',
  open: 'Still open',
};

/** What a follow-up's due time is chosen from, minutes from now. */
export const dueChoices: readonly (readonly [string, string])[] = [
  ['', 'No follow-up'],
  ['15', 'in 15 min'],
  ['30', 'in 30 min'],
  ['60', 'in 1 h'],
  ['120', 'in 2 h'],
  ['240', 'in 4 h'],
  ['720', 'in 12 h'],
  ['1440', 'in 24 h'],
];

/** In how many minutes → when. */
export const dueIn = (minutes: string, now: number): string => new Date(now + Number(minutes) * 60_000).toISOString();
