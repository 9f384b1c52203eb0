import type { AssignmentPump, LibraryAssignment, PumpProgress } from '#schemas/http/library-assignments.ts';
import type { StragglerKind } from '#schemas/rules/straggler.ts';
import { plural } from '../../words.ts';

export const stageWords: Record<LibraryAssignment['stage'], string> = {
  canary: 'canaries only',
  rest: 'everybody',
  'rolled-back': 'rolled back',
};

/** In the order of the way. */
export const progressWords: [PumpProgress | 'superseded', string][] = [
  ['installed', 'have it'],
  ['received', 'have received it, not installed'],
  ['transferring', 'in transfer'],
  ['offered', 'offered'],
  ['assigned', 'waiting'],
  ['straggler', 'stragglers'],
  ['failed', 'failed'],
  ['superseded', 'follow another roll-out now'],
];

const reasonWords: Record<StragglerKind, string> = {
  refused: 'it refused',
  'version-retired': 'the version was retired meanwhile',
  'never-heard': 'never heard',
  silent: 'silent',
  'infusion-running': 'infusion running',
  'waits-for-install': 'has it, but has not installed it',
  'no-answer': 'no answer',
  'waits-its-turn': 'not sent yet',
};

/** Why a pump does not have it yet. */
export function reasonOf({ reason }: AssignmentPump): string {
  if (reason === null) return '';
  return reason.error === null ? reasonWords[reason.kind] : `${reasonWords[reason.kind]}: ${reason.error}`;
}

/** Whom it is for. */
export function scopeWords({ fleet, careAreas, pumps }: LibraryAssignment['scope']): string {
  if (fleet) return 'the whole fleet';
  const named = pumps.length <= 4 ? pumps.join(', ') : plural(pumps.length, 'pump');
  return [careAreas.join(', '), named].filter((part) => part !== '').join(' and ');
}

/** How many have it of how many it was given to. */
export function totalOf({ counts }: LibraryAssignment): number {
  return Object.values(counts).reduce((sum, n) => sum + n, 0) - counts.superseded;
}
