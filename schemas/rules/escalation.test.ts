import { expect, test } from 'vitest';
import type { PolicyStep, StepChannel } from '../http/on-call.ts';
import { type AlertInput, type AlertState, nextAlert } from './alert.ts';
import { type EscalationFacts, type EscalationState, newEscalation, type Tended, tend, wakesAt } from './escalation.ts';

const s = 1_000;
const onCall = (schedule: string, given: Partial<PolicyStep> = {}): PolicyStep => ({
  to: [{ kind: 'on-call', schedule }],
  channels: ['board', 'web-push', 'sms', 'voice'],
  nextAfterS: 120,
  unseenAfterS: 90,
  ...given,
});
const everybody: PolicyStep = { ...onCall(''), to: [{ kind: 'group', group: 'everybody' }], nextAfterS: 300 };
const policy = [onCall('first'), onCall('second', { nextAfterS: 180, unseenAfterS: null }), everybody];
const who: Record<string, string[]> = { first: ['ann'], second: ['bob'], everybody: ['ann', 'bob', 'cleo'] };

/** One alert and its escalation in the hands of a test: time passes, people answer. */
class Story {
  now = 0;
  alert: AlertState;
  state: EscalationState = newEscalation(1);
  paging: EscalationFacts['paging'] = { page: 'at', at: 0, held: null };
  channels: Record<string, StepChannel[]> = { ann: ['web-push', 'voice'], bob: ['sms'], cleo: ['web-push'] };
  people = who;
  /** Who left, or whose role answers such alerts no more. */
  left = new Set<string>();
  receipts = new Map<string, { rendered: boolean; seen: boolean }>();
  policy = policy;
  lines: string[] = [];

  constructor(priority: AlertState['priority'] = 'high') {
    const responsibility = { at: 'unassigned' } as const;
    this.alert = { priority, condition: { at: 'active' }, responsibility, seenAt: null, times: 1 };
  }

  tend(asked: EscalationFacts['asked'] = []): Tended {
    const facts: EscalationFacts = {
      alert: this.alert,
      paging: this.paging,
      policy: this.policy,
      people: ({ to }) =>
        this.asks(to.map((t) => (t.kind === 'on-call' ? t.schedule : t.kind === 'group' ? t.group : ''))),
      everybody: () => this.asks(['everybody']),
      mayAnswer: (person) => !this.left.has(person),
      channelsOf: (person) => new Set(this.channels[person] ?? []),
      receipts: this.receipts,
      asked,
    };
    const tended = tend(this.state, facts, this.now);
    if (tended.done.length > 0) this.receipts = new Map();
    this.state = tended.state;
    this.alert = tended.alert;
    for (const { due, to } of tended.done) this.lines.push(`${this.now / s} ${due.kind} ${due.step}: ${to.join(' ')}`);
    for (const { purpose, channel, to } of tended.tell) this.lines.push(`${this.now / s} ${purpose} ${channel} ${to}`);
    return tended;
  }

  private asks(names: readonly string[]): string[] {
    return names.flatMap((name) => this.people[name] ?? []).filter((person) => !this.left.has(person));
  }

  answers(input: AlertInput): this {
    const outcome = nextAlert(this.alert, input, this.now);
    if (!outcome.ok) throw new Error(outcome.reason);
    this.alert = outcome.next;
    this.tend(outcome.effects);
    return this;
  }

  /** Second by second, as the workers look. */
  until(seconds: number): string[] {
    const from = this.lines.length;
    for (; this.now <= seconds * s; this.now += s) this.tend();
    this.now = seconds * s;
    return this.lines.slice(from);
  }
}

test('nobody answers: step by step, then everybody for ever', () => {
  const story = new Story();
  expect(story.until(700)).toEqual([
    '0 offer 1: ann',
    '0 alert web-push ann',
    '15 alert voice ann',
    '90 offer 2: bob',
    '90 alert sms bob',
    '270 offer 3: ann bob cleo',
    ...['270 alert web-push ann', '270 alert sms bob', '270 alert web-push cleo', '285 alert voice ann'],
    '360 offer 4: ann bob cleo',
    ...['360 alert web-push ann', '360 alert sms bob', '360 alert web-push cleo', '375 alert voice ann'],
    '450 offer 5: ann bob cleo',
    ...['450 alert web-push ann', '450 alert sms bob', '450 alert web-push cleo', '465 alert voice ann'],
    '540 offer 6: ann bob cleo',
    ...['540 alert web-push ann', '540 alert sms bob', '540 alert web-push cleo', '555 alert voice ann'],
    '630 offer 7: ann bob cleo',
    ...['630 alert web-push ann', '630 alert sms bob', '630 alert web-push cleo', '645 alert voice ann'],
  ]);
});

test('what is painted on the offered person’s screen spares the next channel; what is seen has the whole time', () => {
  const story = new Story();
  story.until(5);
  story.receipts.set('ann', { rendered: true, seen: false });
  expect(story.until(80)).toEqual([]);
  story.receipts.set('ann', { rendered: true, seen: true });
  expect(story.until(119)).toEqual([]);
  expect(story.until(120)).toEqual(['120 offer 2: bob', '120 alert sms bob']);
});

test('after an acceptance nobody is told anything, until it lapses: its owner is called, a minute later the next step', () => {
  const story = new Story();
  story.until(30);
  story.answers({ kind: 'accept', by: 'bob' });
  expect(story.until(30 + 720)).toEqual([
    '630 lapse 1: bob',
    ...['630 owner-lapsed web-push bob', '630 owner-lapsed sms bob', '630 owner-lapsed voice bob'],
    '690 offer 2: bob',
    '690 alert sms bob',
  ]);
});

test('an acceptance before anybody was asked lapses the same way', () => {
  const story = new Story().answers({ kind: 'accept', by: 'bob' });
  expect(story.until(665)).toContain('600 lapse 0: bob');
  expect(story.lines).toContain('660 offer 1: ann');
  expect(story.lines).not.toContain('601 offer 1: ann');
});

test('an owner who leaves has it no longer: nobody is called who is not there, the next step is asked at once', () => {
  const story = new Story();
  story.until(30);
  story.answers({ kind: 'accept', by: 'ann' }).answers({ kind: 'close', by: 'ann' });
  story.left.add('ann');
  expect(story.until(60)).toEqual(['30 lapse 1: ', '30 offer 2: bob', '30 alert sms bob']);
  expect(story.alert.responsibility).toMatchObject({ at: 'offered' });
});

test('a low alert whose owner leaves is nobody’s, and pages nobody', () => {
  const story = new Story('low');
  story.paging = { page: 'never', because: 'day-list' };
  story.answers({ kind: 'accept', by: 'ann' });
  story.left.add('ann');
  expect(story.until(60)).toEqual(['0 lapse 0: ']);
  expect([story.alert.responsibility.at, story.state.due]).toEqual(['lapsed', null]);
});

test('all who were asked leave: the next step at once; one who stays is waited for', () => {
  const story = new Story();
  story.until(10);
  story.left.add('ann');
  expect(story.until(11)).toEqual(['10 offer 2: bob', '10 alert sms bob']);
  story.people = { everybody: ['bob', 'cleo'] };
  story.until(200);
  story.left.add('bob');
  expect(story.until(279).filter((line) => line.includes('offer'))).toEqual([]);
});

test('a last step that finds nobody asks everybody', () => {
  const story = new Story();
  story.policy = [onCall('first'), onCall('second', { to: [{ kind: 'group', group: 'leads' }], unseenAfterS: null })];
  story.people = { first: [], leads: [], everybody: ['bob', 'cleo'] };
  expect(story.until(1)).toEqual(['0 offer 1: ', '0 offer 2: bob cleo', '0 alert sms bob', '0 alert web-push cleo']);
});

test('extended and closed acceptances last on', () => {
  const story = new Story().answers({ kind: 'accept', by: 'bob' });
  story.until(590);
  story.answers({ kind: 'extend', by: 'bob' });
  expect(story.until(1_100)).toEqual([]);
  story.answers({ kind: 'close', by: 'bob' });
  expect(story.until(1_100 + 3_599)).toEqual([]);
  expect(story.until(1_100 + 3_600)).toContain('4700 lapse 0: bob');
});

test('passed on: the next step at once, and who passed is not asked before everybody is', () => {
  const story = new Story();
  story.people = { first: ['ann'], second: ['ann', 'bob'], everybody: ['ann', 'bob', 'cleo'] };
  story.until(10);
  story.answers({ kind: 'decline', by: 'ann' });
  expect(story.lines.slice(-2)).toEqual(['10 offer 2: bob', '10 alert sms bob']);
  story.answers({ kind: 'decline', by: 'bob' });
  expect(story.lines.slice(-2)).toEqual(['10 offer 3: cleo', '10 alert web-push cleo']);
  story.answers({ kind: 'decline', by: 'cleo' });
  expect(story.lines).toContain('10 offer 4: ann bob cleo');
});

test('handed over: that person is asked at once, and the steps go on should they not answer', () => {
  const story = new Story().answers({ kind: 'accept', by: 'ann' });
  story.now = 20 * s;
  story.answers({ kind: 'hand-over', by: 'ann', to: 'cleo' });
  expect(story.lines).toEqual(['20 offer 1: cleo', '20 alert web-push cleo']);
  expect(story.alert.responsibility).toEqual({ at: 'offered', step: 1, to: 'cleo' });
  expect(story.until(20 + 91)).toEqual(['110 offer 2: bob', '110 alert sms bob']);
});

test('an acceptance taken back begins again at the first step', () => {
  const story = new Story();
  story.until(95);
  story.answers({ kind: 'accept', by: 'cleo' });
  story.now += s;
  story.answers({ kind: 'undo-accept', by: 'cleo' });
  expect([story.state.cycle, story.lines.at(-2)]).toEqual([2, '96 offer 1: ann']);
});

test('a condition that comes back is asked about again, unless somebody has it', () => {
  const story = new Story();
  story.until(95);
  story.alert = { ...story.alert, condition: { at: 'ended', since: story.now, reason: 'over' }, seenAt: story.now };
  story.paging = { page: 'never', because: 'seen' };
  story.tend();
  expect(wakesAt(story.state)).toBeNull();
  const { ok } = nextAlert(story.alert, { kind: 'reopened' }, story.now + s);
  expect(ok).toBe(true);
  story.paging = { page: 'at', at: 0, held: null };
  story.alert = { ...story.alert, condition: { at: 'active' }, responsibility: { at: 'unassigned' }, times: 2 };
  expect(story.until(100)).toEqual(['95 offer 1: ann', '95 alert web-push ann']);
  story.answers({ kind: 'accept', by: 'ann' });
  story.alert = { ...story.alert, times: 3 };
  expect(story.until(110)).toEqual([]);
  expect(story.state.due).toMatchObject({ kind: 'lapse' });
});

test('a dwell, a hold that comes and goes early, and worsening move the first step and no other', () => {
  const story = new Story('medium');
  story.paging = { page: 'at', at: 300 * s, held: null };
  expect(story.until(100)).toEqual([]);
  story.paging = { page: 'at', at: 900 * s, held: { by: 'work', until: 900 * s } };
  expect(story.until(400)).toEqual([]);
  expect(story.state.held).toEqual({ by: 'work', until: 900 * s });
  story.paging = { page: 'at', at: 350 * s, held: { by: 'work', until: 350 * s } };
  expect(story.until(401)[0]).toBe('400 offer 1: ann');
  story.paging = { page: 'at', at: 2_000 * s, held: { by: 'work', until: 2_000 * s } };
  expect(story.until(491)).toContain('490 offer 2: bob');
});

test('a step that finds nobody is over at once; one that nothing but a screen reaches waits 15 s for it', () => {
  const story = new Story();
  story.people = { first: [], second: ['bob'], everybody: ['ann', 'bob'] };
  story.channels = { ann: ['sms'] };
  expect(story.until(14)).toEqual(['0 offer 1: ', '0 offer 2: bob']);
  expect(story.until(15)).toEqual(['15 offer 3: ann bob', '15 alert sms ann']);
});

test('… and the whole time once it was painted there', () => {
  const story = new Story();
  story.channels = {};
  story.until(10);
  story.receipts.set('ann', { rendered: true, seen: false });
  expect(story.until(89)).toEqual([]);
  expect(story.until(90)).toEqual(['90 offer 2: bob']);
});

test('nobody at all: it goes on being due', () => {
  const story = new Story();
  story.people = {};
  expect(story.until(100)).toEqual(['0 offer 1: ', '0 offer 2: ', '0 offer 3: ', '90 offer 4: ']);
  expect(story.state.due).toMatchObject({ kind: 'offer', step: 5 });
});

test('an hour without a worker: what is overdue is carried out once', () => {
  const story = new Story();
  story.until(10);
  story.now = 3_600 * s;
  story.tend();
  story.tend();
  expect(story.lines.slice(2)).toEqual(['3600 offer 2: bob', '3600 alert sms bob']);
  expect(story.state.due).toMatchObject({ step: 3, at: (3_600 + 180) * s });
});

test('a webhook is told once a step, whoever is asked', () => {
  const story = new Story();
  story.policy = [onCall('first', { channels: ['board', 'webhook', 'voice'] })];
  expect(story.until(20)).toEqual(['0 offer 1: ann', '0 alert webhook null', '0 alert voice ann']);
});
