import { expect, test } from 'vitest';
import { roles } from '../http/shapes.ts';
import { type AlertInput, nextAlert, type Responsibility } from './alert.ts';
import { audiences } from './audience.ts';
import { type AnswerKind, answerKinds, answersFor, permittedAnswers } from './permitted-answers.ts';

const now = 1_000_000;
const states: Record<Responsibility['at'], Responsibility> = {
  unassigned: { at: 'unassigned' },
  offered: { at: 'offered', step: 1, to: null },
  accepted: { at: 'accepted', by: 'ann', since: now, until: now + 600_000 },
  declined: { at: 'declined', by: 'ann', since: now },
  lapsed: { at: 'lapsed', by: 'ann', since: now },
};

/** What nextAlert is asked for an answer; null where something is only written down. */
function inputOf(answer: AnswerKind, by: string): AlertInput | null {
  switch (answer) {
    case 'note':
    case 'feedback':
      return null;
    case 'undo':
      return { kind: 'undo-accept', by };
    case 'hand-over':
      return { kind: 'hand-over', by, to: 'cleo' };
    case 'accept':
    case 'decline':
    case 'extend':
    case 'close':
    case 'seen':
      return { kind: answer, by };
  }
}

const cases = Object.values(states).flatMap((responsibility) =>
  (['ann', 'bob'] as const).flatMap((by) => answerKinds.map((answer) => ({ responsibility, by, answer }))),
);

test.each(cases)('the table says of $answer by $by, $responsibility.at by ann, what the rule does', (given) => {
  const { responsibility, by, answer } = given;
  const input = inputOf(answer, by);
  const state = { priority: 'high', condition: { at: 'active' }, responsibility, seenAt: null, times: 1 } as const;
  const isPossible = input === null || nextAlert(state, input, now + 1_000).ok;
  const owner = by === 'ann' && responsibility.at === 'accepted' ? 'owner' : 'other';
  expect(permittedAnswers[responsibility.at][owner].includes(answer)).toBe(isPossible);
});

test.each(roles.flatMap((role) => audiences.map((audience) => [role, audience] as const)))(
  'a %s and an alert for %s',
  (role, audience) => {
    const clinical = role === 'clinician' || role === 'pharmacist';
    const technical = (role === 'technician' || role === 'admin') && audience !== 'clinical';
    const answers = answersFor({ audience, responsibility: 'unassigned', owner: null }, { id: 'ann', role });
    expect(answers.includes('accept')).toBe(clinical || technical);
    if (!clinical && !technical) expect(answers).toEqual([]);
  },
);
