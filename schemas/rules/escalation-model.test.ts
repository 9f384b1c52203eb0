import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PolicyStep, StepChannel } from '../http/on-call.ts';
import { type AlertInput, type AlertState, nextAlert, rearmMs } from './alert.ts';
import { type EscalationFacts, type EscalationState, newEscalation, ownerAnswersMs, tend } from './escalation.ts';
import { pagingOf } from './paging.ts';
import { defaultRuleSettings } from './rule-settings.ts';

// Responsibility × condition × escalation, in any order that people, records, clocks and workers can bring about.

const people = ['ann', 'bob', 'cleo'] as const;
const person = fc.constantFrom(...people);
const commands = fc.oneof(
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 400_000 }) }),
  // No worker runs for a while: an outage of the database, or nobody left alive.
  fc.record({ do: fc.constant('outage' as const), ms: fc.integer({ min: 1, max: 7_200_000 }) }),
  fc.record({
    do: fc.constantFrom('accept', 'undo-accept', 'decline', 'extend', 'close', 'seen', 'rendered', 'give-away'),
    by: person,
  }),
  fc.record({ do: fc.constant('hand-over' as const), by: person, to: person }),
  fc.record({ do: fc.constant('leaves' as const), by: person }),
  fc.record({ do: fc.constantFrom('end' as const, 'reopen' as const, 'worsen' as const, 'work' as const) }),
);
type Command = typeof commands extends fc.Arbitrary<infer T> ? T : never;

const target = fc.constantFrom<PolicyStep['to'][number]>(
  { kind: 'on-call', schedule: 'first' },
  { kind: 'on-call', schedule: 'empty' },
  { kind: 'group', group: 'everybody' },
  // Whose people may all have left.
  { kind: 'group', group: 'leads' },
);
const channel = fc.constantFrom<StepChannel>('board', 'web-push', 'voice', 'webhook');
const policies = fc.array(
  fc.record({
    to: fc.array(target, { minLength: 1, maxLength: 2 }),
    channels: fc.uniqueArray(channel, { minLength: 1 }),
    nextAfterS: fc.integer({ min: 15, max: 600 }),
    unseenAfterS: fc.option(fc.integer({ min: 15, max: 600 })),
  }),
  { minLength: 1, maxLength: 4 },
);

function askedBy(one: PolicyStep['to'][number]): readonly string[] {
  if (one.kind === 'group') return one.group === 'leads' ? ['bob'] : people;
  return one.kind === 'on-call' && one.schedule === 'first' ? ['ann'] : [];
}

class World {
  now = 1_000_000;
  readonly raisedAt = this.now;
  alert: AlertState;
  state: EscalationState = newEscalation(1);
  receipts = new Map<string, { rendered: boolean; seen: boolean }>();
  announcedAt: number | null = null;
  readonly left = new Set<string>();
  readonly told = new Set<string>();
  last = { cycle: 0, step: 0 };
  readonly policy: readonly PolicyStep[];

  constructor(policy: readonly PolicyStep[], priority: AlertState['priority']) {
    this.policy = policy;
    const responsibility = { at: 'unassigned' } as const;
    this.alert = { priority, condition: { at: 'active' }, responsibility, seenAt: null, times: 1 };
  }

  tend(asked: EscalationFacts['asked'] = []): void {
    const { alert, announcedAt } = this;
    const { condition, priority, seenAt } = alert;
    const paging = pagingOf(
      {
        ...{
          type: 'MDC_EVT_FLUID_LINE_AIR',
          audience: 'clinical',
          priority,
          critical: false,
          pageAfterMin: null,
          late: false,
        },
        raisedAt: this.raisedAt,
        endedAt: condition.at === 'ended' ? condition.since : null,
        seenAt,
      },
      {
        announcements: announcedAt === null ? [] : [{ kind: 'set-change', at: announcedAt, by: 'ann', endedAt: null }],
        windows: [],
        work: defaultRuleSettings['announced-work'],
        offline: defaultRuleSettings['expected-offline'],
      },
    );
    const { responsibility } = alert;
    const wasAccepted = responsibility.at === 'accepted' && !this.left.has(responsibility.by);
    const tended = tend(
      this.state,
      {
        ...{ alert, paging, policy: this.policy, receipts: this.receipts, asked },
        people: ({ to }) => this.present([...new Set(to.flatMap(askedBy))]),
        everybody: () => this.present(people),
        mayAnswer: (who) => !this.left.has(who),
        channelsOf: (who) => new Set<StepChannel>(who === 'cleo' ? [] : ['web-push', 'voice']),
      },
      this.now,
    );
    for (const { purpose, step, channel: by, to } of tended.tell) {
      if (purpose !== 'alert') continue;
      expect(wasAccepted, 'nobody is told after an acceptance').toBe(false);
      const key = `${tended.state.cycle} ${step} ${by} ${to}`;
      expect(this.told, 'each (step, channel, person) is told once').not.toContain(key);
      this.told.add(key);
    }
    for (const { due } of tended.done.filter((one) => one.due.kind === 'offer')) {
      const { cycle } = tended.state;
      expect(cycle > this.last.cycle || due.step > this.last.step, 'steps go on').toBe(true);
      this.last = { cycle, step: due.step };
      this.receipts = new Map();
    }
    this.alert = tended.alert;
    this.state = tended.state;
    this.check();
  }

  /** The invariant: an active high alert has an owner whose acceptance has not lapsed, or a step is due, and soon. */
  check(): void {
    const { condition, responsibility, priority } = this.alert;
    const { due } = this.state;
    if (condition.at === 'active' && priority === 'high') {
      const isOwned =
        responsibility.at === 'accepted' && responsibility.until !== null && responsibility.until > this.now;
      expect(isOwned || due?.kind === 'offer', 'an owner or a due step').toBe(true);
      if (responsibility.at === 'accepted')
        expect(this.left, 'an owner who can answer').not.toContain(responsibility.by);
      if (isOwned)
        expect(due, 'an acceptance is looked at when it lapses').toMatchObject({
          kind: 'lapse',
          at: responsibility.until,
        });
      const longest = Math.max(ownerAnswersMs, 15 * 60_000, ...this.policy.map(({ nextAfterS }) => nextAfterS * 1_000));
      const last = this.policy.length;
      if (responsibility.at === 'offered' && this.state.step >= last && this.left.size < people.length)
        expect(this.present(this.state.offeredTo).length, 'the last step asks somebody who is there').toBeGreaterThan(
          0,
        );
      if (!isOwned) expect(due?.at).toBeLessThanOrEqual(this.now + longest);
    }
    if (due !== null) expect(due.at, 'what was due was carried out').toBeGreaterThan(this.now);
  }

  present(who: readonly string[]): string[] {
    return who.filter((one) => !this.left.has(one));
  }

  answer(input: AlertInput): void {
    if ('by' in input && this.left.has(input.by)) return;
    const outcome = nextAlert(this.alert, input, this.now);
    if (!outcome.ok || !outcome.changed) return;
    this.alert = outcome.next;
    this.tend(outcome.effects);
  }

  run(command: Command): void {
    switch (command.do) {
      case 'wait': {
        // Workers look at whatever is due when it is due.
        const end = this.now + command.ms;
        for (let next = this.next(); next !== null && next <= end; next = this.next()) {
          this.now = Math.max(this.now, next);
          this.tend();
        }
        this.now = end;
        this.tend();
        return;
      }
      case 'outage':
        this.now += command.ms;
        this.tend();
        return;
      case 'end':
        if (this.alert.condition.at === 'active')
          this.alert = { ...this.alert, condition: { at: 'ended', since: this.now, reason: 'over' } };
        this.tend();
        return;
      case 'reopen': {
        // Ingest reopens by itself; a worker comes upon it.
        const { condition } = this.alert;
        if (condition.at !== 'ended' || this.now - condition.since > rearmMs) return;
        const outcome = nextAlert(this.alert, { kind: 'reopened' }, this.now);
        if (outcome.ok) this.alert = outcome.next;
        this.tend();
        return;
      }
      case 'worsen':
        this.alert = { ...this.alert, priority: 'high' };
        this.tend();
        return;
      case 'work':
        this.announcedAt ??= this.now;
        this.tend();
        return;
      case 'rendered':
      case 'seen':
        if (this.state.offeredTo.includes(command.by)) {
          this.receipts.set(command.by, { rendered: true, seen: command.do === 'seen' });
        }
        if (command.do === 'seen') this.answer({ kind: 'seen', by: command.by });
        else this.tend();
        return;
      case 'leaves':
        this.left.add(command.by);
        this.tend();
        return;
      case 'give-away':
        this.answer({ kind: 'hand-over', by: command.by, to: null });
        return;
      case 'hand-over':
        // The api refuses a receiver who can't answer.
        if (this.left.has(command.to)) return;
        this.answer({ kind: 'hand-over', by: command.by, to: command.to });
        return;
      case 'accept':
      case 'undo-accept':
      case 'decline':
      case 'extend':
      case 'close':
        this.answer({ kind: command.do, by: command.by });
    }
  }

  next(): number | null {
    const { due, channel: soon } = this.state;
    if (due === null) return null;
    return soon === null ? due.at : Math.min(due.at, soon.at);
  }
}

test('no reachable state leaves an active high alert without an owner and without a due step', () => {
  fc.assert(
    fc.property(
      policies,
      fc.constantFrom('high' as const, 'medium' as const),
      fc.array(commands, { maxLength: 40 }),
      (policy, priority, given) => {
        const world = new World(policy, priority);
        world.tend();
        for (const command of given) world.run(command);
      },
    ),
    { numRuns: 1_500, seed: 6 },
  );
});
