import type { Layer, PolicyStep, StepGroup, StepTarget } from '#schemas/http/on-call.ts';
import type { Role } from '#schemas/http/shapes.ts';
import type { Audience } from '#schemas/rules/audience.ts';
import { answeringRoles } from '#schemas/rules/permitted-answers.ts';
import { type OnCallShift, rotaOf, type Schedule, shiftsBetween } from '#schemas/rules/schedule.ts';
import type { Book } from '../escalation/book.ts';
import { problem } from '../problem.ts';

const gapsWithinMs = 14 * 86_400_000;

/** Spans of the next 14 days that nobody has; of a schedule without layers none is counted. */
export function gapsOf(schedule: Schedule, now: number): OnCallShift[] {
  if (schedule.layers.length === 0) return [];
  return shiftsBetween(rotaOf(schedule), now, now + gapsWithinMs).filter(({ user }) => user === null);
}

const everyAudience: readonly Audience[] = ['clinical', 'technical-on-call'];

/** @returns null, or why this person can't be on call */
function unfit(book: Book, user: string, audiences: readonly Audience[]): string | null {
  const person = book.people.get(user);
  if (!person) return `${user} is nobody's id, or somebody who left`;
  const may = audiences.some((audience) => answeringRoles[audience].includes(person.role));
  return may ? null : `${person.name} can't answer alerts: the role ${person.role} may not`;
}

/** Members who can't be relied upon. */
export function layerProblems(layers: readonly Layer[], book: Book): string[] {
  const members = layers.flatMap(({ name, members: all }, index) =>
    all.flatMap((user) => (user === null ? [] : [{ where: `layers[${index}] (${name})`, user }])),
  );
  const said = members.flatMap(({ where, user }) => {
    const reason = unfit(book, user, everyAudience);
    return reason === null ? [] : [`${where}: ${reason}`];
  });
  return [...new Set(said)];
}

/** @throws 400 naming the layer and what is wrong with it */
export function makeSureOfLayers(layers: readonly Layer[], book: Book): void {
  const [first] = layerProblems(layers, book);
  if (first !== undefined) throw problem(400, first);
  for (const [index, { startsOn, endsOn }] of layers.entries()) {
    if (endsOn !== null && endsOn <= startsOn) {
      throw problem(400, `layers[${index}].endsOn: ${endsOn} is not after startsOn ${startsOn}`);
    }
  }
}

/** @throws 400 for somebody who can't answer alerts */
export function makeSureOfPerson(book: Book, user: string, where: string): void {
  const reason = unfit(book, user, everyAudience);
  if (reason !== null) throw problem(400, `${where}: ${reason}`);
}

/** @throws 400 naming the step: an unknown schedule, somebody who can't answer such alerts */
export function makeSureOfSteps(steps: readonly PolicyStep[], audience: Audience, book: Book): void {
  for (const [index, step] of steps.entries()) {
    for (const target of step.to) {
      const reason = wrongTarget(target, audience, book);
      if (reason !== null) throw problem(400, `steps[${index}].to: ${reason}`);
    }
    const { unseenAfterS, nextAfterS } = step;
    if (unseenAfterS !== null && unseenAfterS >= nextAfterS) {
      throw problem(
        400,
        `steps[${index}].unseenAfterS: ${unseenAfterS} s is not sooner than nextAfterS, ${nextAfterS} s`,
      );
    }
  }
  const last = steps.at(-1);
  if (!last?.to.some(({ kind }) => kind === 'group')) {
    throw problem(400, `steps[${steps.length - 1}].to: the last step is repeated for ever and has to ask a group`);
  }
}

const groupsOfOneRole: Partial<Record<StepGroup, Role>> = { technicians: 'technician', administrators: 'admin' };

function wrongTarget(target: StepTarget, audience: Audience, book: Book): string | null {
  switch (target.kind) {
    case 'group': {
      const role = groupsOfOneRole[target.group];
      const mayAnswer = role === undefined || answeringRoles[audience].includes(role);
      return mayAnswer
        ? null
        : `the group ${target.group} would never be asked: its role answers no ${audience} alerts`;
    }
    case 'on-call':
      return book.schedules.some(({ id }) => id === target.schedule) ? null : `there is no schedule ${target.schedule}`;
    case 'person':
      return unfit(book, target.user, [audience]);
  }
}

/** What would go wrong if it were needed now. */
export function policyProblems(steps: readonly PolicyStep[], audience: Audience, book: Book, now: number): string[] {
  return steps.flatMap((step, index) =>
    book.asks(step, audience, now).length > 0 ? [] : [`step ${index + 1} reaches nobody now`],
  );
}
