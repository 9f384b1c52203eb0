import type { Layer, PolicyId, PolicyStep, StepChannel, StepTarget } from '#schemas/http/on-call.ts';
import type { Role } from '#schemas/http/shapes.ts';
import type { Audience } from '#schemas/rules/audience.ts';
import { answeringRoles } from '#schemas/rules/permitted-answers.ts';
import { onCallAt, type Rota, rotaOf, type ScheduleOverride } from '#schemas/rules/schedule.ts';
import type { Query } from '../database.ts';

export type BookPerson = { id: string; name: string; role: Role; lead: boolean; channels: StepChannel[] };

type BookRow = {
  policies: { id: PolicyId; steps: PolicyStep[] }[];
  schedules: { id: string; name: string; layers: Layer[] }[];
  overrides: (ScheduleOverride & { schedule: string })[];
  people: BookPerson[];
};

/** Who is asked by what: policies, schedules and people as they are now. */
export type Book = {
  people: ReadonlyMap<string, BookPerson>;
  schedules: readonly { id: string; name: string; rota: Rota; layers: readonly Layer[] }[];
  policyFor(audience: Audience, priority: 'high' | 'medium' | 'low'): readonly PolicyStep[];
  /** Whom a step asks at a moment, each once; only who may answer such an alert. */
  asks(step: PolicyStep, audience: Audience, at: number): readonly string[];
  /** All who are woken for such an alert where nobody else is found. */
  everybody(audience: Audience): readonly string[];
  /** False of somebody who left. */
  mayAnswer(user: string, audience: Audience): boolean;
};

export async function readBook(query: Query): Promise<Book> {
  const [row] = await query<BookRow>('on_call_book');
  if (!row) throw new Error('no policies: the database is not migrated');
  const { policies } = row;
  const people = new Map(row.people.map((person) => [person.id, person]));
  const schedules = row.schedules.map(({ id, name, layers }) => {
    const overrides = row.overrides.filter(({ schedule }) => schedule === id);
    return { id, name, layers, rota: rotaOf({ layers, overrides }) };
  });

  const mayAnswer = (person: BookPerson | undefined, audience: Audience) =>
    person !== undefined && answeringRoles[audience].includes(person.role);

  function targets(target: StepTarget, audience: Audience, at: number): string[] {
    if (target.kind === 'person') return [target.user];
    if (target.kind === 'group') return [...people.values()].filter(groups[target.group](audience)).map(({ id }) => id);
    const rota = schedules.find(({ id }) => id === target.schedule)?.rota;
    const user = rota ? onCallAt(rota, at).user : null;
    return user === null ? [] : [user];
  }

  return {
    people,
    schedules,
    policyFor: (audience, priority) => {
      const wanted = policyIdFor(audience, priority);
      const policy = policies.find(({ id }) => id === wanted);
      if (!policy) throw new Error(`the policy ${wanted} is missing`);
      return policy.steps;
    },
    everybody: (audience) => targets({ kind: 'group', group: 'everybody' }, audience, 0),
    mayAnswer: (user, audience) => mayAnswer(people.get(user), audience),
    asks: (step, audience, at) => {
      const asked = new Set(step.to.flatMap((target) => targets(target, audience, at)));
      return [...asked].filter((id) => mayAnswer(people.get(id), audience));
    },
  };
}

function policyIdFor(audience: Audience, priority: 'high' | 'medium' | 'low'): PolicyId {
  if (audience !== 'clinical') return 'technical';
  return priority === 'high' ? 'clinical-high' : 'clinical-medium';
}

const groups: Record<
  Extract<StepTarget, { kind: 'group' }>['group'],
  (audience: Audience) => (person: BookPerson) => boolean
> = {
  everybody: (audience) => (person) =>
    // Clinicians may answer for the platform too, but are not woken for it.
    answeringRoles[audience].includes(person.role) && (audience === 'clinical') === isClinical(person),
  leads: () => (person) => person.lead,
  technicians: () => (person) => person.role === 'technician',
  administrators: () => (person) => person.role === 'admin',
};

const isClinical = ({ role }: BookPerson) => answeringRoles.clinical.includes(role);
