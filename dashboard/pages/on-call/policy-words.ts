import type { PolicyStep, StepChannel, StepGroup, StepTarget } from '#schemas/http/on-call.ts';

// A policy in sentences: who is asked, by what, and when the next are.

export const channelWords: Record<StepChannel, string> = {
  board: 'the board',
  'web-push': 'push',
  sms: 'SMS',
  voice: 'voice call',
  'e-mail': 'e-mail',
  webhook: 'webhook',
};
export const groupWords: Record<StepGroup, string> = {
  everybody: 'everybody who answers alerts',
  leads: 'the leads',
  technicians: 'the technicians',
  administrators: 'the administrators',
};

export type Names = { schedule: (id: string) => string; person: (id: string) => string };

function targetWords(target: StepTarget, names: Names): string {
  switch (target.kind) {
    case 'on-call':
      return `who is on call (${names.schedule(target.schedule)})`;
    case 'person':
      return names.person(target.user);
    case 'group':
      return groupWords[target.group];
  }
}

/** `2 min`, `90 s`: seconds where they are no whole minutes. */
export const spanWords = (s: number): string => (s % 60 === 0 ? `${s / 60} min` : `${s} s`);

const list = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** One sentence for each step, and one for what follows the last. */
export function policySentences(steps: readonly PolicyStep[], names: Names): string[] {
  const said = steps.map(({ to, channels }, i) => {
    const before = steps[i - 1];
    const whom = list(to.map((target) => targetWords(target, names)));
    const by = list(channels.map((channel) => channelWords[channel]));
    if (before === undefined) return `At once ${whom}, by ${by}.`;
    const unseen =
      before.unseenAfterS === null ? '' : `, or after ${spanWords(before.unseenAfterS)} in which none of them saw it,`;
    return `${spanWords(before.nextAfterS)} later${unseen} ${whom}, by ${by}.`;
  });
  const last = steps.at(-1);
  return last === undefined
    ? said
    : [...said, `Then the same again every ${spanWords(last.nextAfterS)}, until somebody has it.`];
}
