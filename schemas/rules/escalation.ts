// Who is asked next about an alert that nobody has, and when (alerts-and-limits.md, "Escalation"). Everything here is a
// value: the api loads it, asks, and writes down what came out in one transaction.

import type { PolicyStep, StepChannel } from '../http/on-call.ts';
import { type AlertEffect, type AlertState, nextAlert } from './alert.ts';
import type { Hold, Paging } from './paging.ts';

/** What is due next: to ask the next step, or to look whether an acceptance was renewed. */
export type Due = {
  kind: 'offer' | 'lapse';
  step: number;
  at: number;
  /** Why it is sooner than its policy's `nextAfterS`: it is asked again at the moment itself whether that still holds. */
  early: 'unseen' | 'unreached' | null;
};

export type EscalationState = {
  /** One more each time that it begins at the first step again. */
  cycle: number;
  /** Carried out last in this cycle; 0: none yet. */
  step: number;
  offeredAt: number;
  offeredTo: readonly string[];
  /** Who passed it on in this cycle: not asked again before everybody is. */
  declinedBy: readonly string[];
  /** Which of each person's channels comes next, for those on whose screens it was not painted. */
  channel: { stage: number; at: number } | null;
  due: Due | null;
  held: Hold | null;
  /** How often the condition had come back when the cycle began. */
  times: number;
};

export type EscalationFacts = {
  /** As it is now, after whatever a person did. */
  alert: AlertState;
  paging: Paging;
  /** At least one step; the last one is repeated. */
  policy: readonly PolicyStep[];
  /** Whom a step asks now. */
  people(step: PolicyStep): readonly string[];
  /** Everybody who answers such alerts: asked where the last step finds nobody. */
  everybody(): readonly string[];
  /** False of somebody who left, or whose role answers such alerts no more. */
  mayAnswer(person: string): boolean;
  /** By what a person can be told, besides the board. */
  channelsOf(person: string): ReadonlySet<StepChannel>;
  /** Whose screens painted this step's offer, and who said by a gesture that they saw it. */
  receipts: ReadonlyMap<string, { rendered: boolean; seen: boolean }>;
  /** What the answer of a person asked for. */
  asked: readonly AlertEffect[];
};

export type Telling = { purpose: 'alert' | 'owner-lapsed'; step: number; channel: StepChannel; to: string | null };

export type Tended = {
  state: EscalationState;
  alert: AlertState;
  /** Dues that were carried out, with whom they asked. */
  done: readonly { due: Due; to: readonly string[] }[];
  /** To be sent, each once. */
  tell: readonly Telling[];
};

/** Not painted on any screen of a person in this time: the next channel of the same step. */
export const renderedWithinMs = 15_000;
/** Between calling the owner of a lapsed acceptance and asking the next step. */
export const ownerAnswersMs = 60_000;
/** By what the owner of a lapsed acceptance is called, all at once. */
const ownerChannels = ['web-push', 'sms', 'voice'] as const;

/** An alert that was never looked at. */
export const newEscalation = (times: number): EscalationState => ({
  cycle: 1,
  step: 0,
  offeredAt: 0,
  offeredTo: [],
  declinedBy: [],
  channel: null,
  due: null,
  held: null,
  times,
});

/**
 * Brings the escalation of one alert up to now: plans what is due, and carries out what has become due, once. Asked again
 * with nothing changed it changes nothing, so that it may be asked by anybody, at any time, however often.
 * @param now milliseconds since 1970, the database's clock
 */
export function tend(before: EscalationState, facts: EscalationFacts, now: number): Tended {
  let tended: Tended = { state: before, alert: facts.alert, done: [], tell: [] };
  tended = { ...tended, state: plan(begun(before, facts), facts, now) };
  const handed = facts.asked.find((effect) => effect.do === 'page-person');
  if (handed) return offer(tended, facts, [handed.person], now);
  // A step that finds nobody is over at once; the last one never is, so that this ends.
  for (let { due } = tended.state; due !== null && due.at <= now; due = tended.state.due) {
    const next = due.kind === 'lapse' ? lapse(tended, facts, now) : step(tended, facts, now);
    if (next.state.due === due) return next;
    tended = next;
  }
  return channel(tended, facts, now);
}

/** When something is due of its own accord, or null. */
export function wakesAt({ due, channel: next }: EscalationState): number | null {
  if (due === null) return null;
  return next === null ? due.at : Math.min(due.at, next.at);
}

/** A cycle begins anew where an acceptance was taken back, and where a condition came back that nobody has. */
function begun(state: EscalationState, { alert, asked }: EscalationFacts): EscalationState {
  const { responsibility, times } = alert;
  if (responsibility.at === 'accepted') return { ...state, times };
  const again = asked.some((effect) => effect.do === 'page-again') || times > state.times;
  if (again) return { ...newEscalation(times), cycle: state.cycle + 1 };
  if (responsibility.at !== 'declined' || responsibility.by === '' || state.declinedBy.includes(responsibility.by))
    return state;
  return { ...state, declinedBy: [...state.declinedBy, responsibility.by] };
}

function plan(state: EscalationState, facts: EscalationFacts, now: number): EscalationState {
  const { alert, paging, asked } = facts;
  const { responsibility, condition } = alert;
  if (responsibility.at === 'accepted') {
    const lapsesAt = facts.mayAnswer(responsibility.by) ? responsibility.until : now;
    const until = condition.at === 'active' ? lapsesAt : null;
    const due: Due | null = until === null ? null : { kind: 'lapse', step: state.step, at: until, early: null };
    return { ...state, due, channel: null, held: null };
  }
  if (paging.page === 'never') return { ...state, due: null, channel: null, held: null };
  const next = (at: number): Due => ({ kind: 'offer', step: state.step + 1, at, early: null });
  if (asked.some((effect) => effect.do === 'page-next-step')) {
    return { ...state, due: next(now), channel: null, held: null };
  }
  if (state.step > 0) {
    const { offeredTo } = state;
    const haveLeft = offeredTo.length > 0 && !offeredTo.some((person) => facts.mayAnswer(person));
    if (haveLeft) return { ...state, due: next(now), channel: null };
    return state.due?.kind === 'offer' ? state : { ...state, due: next(now) };
  }
  // Its owner was called and has a minute.
  if (responsibility.at === 'lapsed' && state.due?.kind === 'offer') return state;
  // Nobody was asked yet: holds that came or went move it, worsening brings it forward. What has passed is due now.
  if (paging.at > now) return { ...state, due: next(paging.at), held: paging.held };
  const sinceBefore = state.due?.kind === 'offer' ? Math.min(state.due.at, now) : now;
  return { ...state, due: next(sinceBefore), held: null };
}

function step(tended: Tended, facts: EscalationFacts, now: number): Tended {
  const { state } = tended;
  const due = stillEarly(state, facts);
  if (due !== null && due.at > now) return { ...tended, state: { ...state, due } };
  const found = facts.people(policyStep(facts.policy, state.step + 1));
  const isLast = state.step + 1 >= facts.policy.length;
  // A group whose last member left must not make the last step a step that asks nobody, for ever.
  const asked = isLast && found.length === 0 ? facts.everybody() : found;
  const willing = asked.filter((person) => !state.declinedBy.includes(person));
  return offer(tended, facts, isLast && willing.length === 0 ? asked : willing, now);
}

/** A step that came early because nobody had seen it, or could be reached, waits on where somebody has. */
function stillEarly(
  { due, offeredAt, step: last }: EscalationState,
  { policy, receipts }: EscalationFacts,
): Due | null {
  if (due === null || due.early === null) return due;
  const { unseenAfterS, nextAfterS } = policyStep(policy, last);
  const told = [...receipts.values()];
  if (told.some(({ seen }) => seen)) return { ...due, early: null, at: offeredAt + nextAfterS * 1_000 };
  if (due.early === 'unseen' || !told.some(({ rendered }) => rendered)) return due;
  const isSooner = unseenAfterS !== null && unseenAfterS < nextAfterS;
  return {
    ...due,
    early: isSooner ? 'unseen' : null,
    at: offeredAt + (isSooner ? unseenAfterS : nextAfterS) * 1_000,
  };
}

const policyStep = (policy: readonly PolicyStep[], number: number): PolicyStep => {
  const found = policy[Math.min(Math.max(number, 1), policy.length) - 1];
  if (!found) throw new Error('a policy without steps');
  return found;
};

/** Carries out the next step: these people are asked, on the board and by the first of each one's channels. */
function offer(tended: Tended, facts: EscalationFacts, to: readonly string[], now: number): Tended {
  const { state, alert } = tended;
  const number = state.step + 1;
  const policy = policyStep(facts.policy, number);
  const carriedOut = state.due?.kind === 'offer' ? state.due : dueNow(number, now);
  const offered = nextAlert(alert, { kind: 'offer', step: number, to: handedTo(alert) }, now);
  const stages = Math.max(0, ...to.map((person) => channelsFor(person, policy, facts).length));
  const webhook = policy.channels.includes('webhook') ? [{ channel: 'webhook', to: null } as const] : [];
  return {
    alert: offered.ok ? offered.next : alert,
    done: [...tended.done, { due: { ...carriedOut, step: number }, to }],
    tell: [...tended.tell, ...tellings(number, [...webhook, ...atStage(0, to, policy, facts)])],
    state: {
      ...state,
      step: number,
      offeredAt: now,
      offeredTo: to,
      channel: stages > 1 ? { stage: 1, at: now + renderedWithinMs } : null,
      due: dueAfter(number, policy, { isLast: number >= facts.policy.length, found: to.length, stages }, now),
      held: null,
    },
  };
}

const dueNow = (number: number, at: number): Due => ({ kind: 'offer', step: number, at, early: null });
const handedTo = ({ responsibility }: AlertState) => (responsibility.at === 'offered' ? responsibility.to : null);

function dueAfter(
  number: number,
  { nextAfterS, unseenAfterS }: PolicyStep,
  { isLast, found, stages }: { isLast: boolean; found: number; stages: number },
  now: number,
): Due {
  const due: Due = { kind: 'offer', step: number + 1, at: now + nextAfterS * 1_000, early: null };
  if (!isLast && found === 0) return { ...due, at: now };
  // Nothing but a screen can reach them: if none of theirs paints it, nobody is waited for.
  if (!isLast && stages === 0) return { ...due, at: Math.min(due.at, now + renderedWithinMs), early: 'unreached' };
  if (unseenAfterS === null || unseenAfterS >= nextAfterS) return due;
  return { ...due, at: now + unseenAfterS * 1_000, early: 'unseen' };
}

/** The channels of a step that lead to a person, in the step's order; the board is everybody's. */
const channelsFor = (person: string, { channels }: PolicyStep, { channelsOf }: EscalationFacts): StepChannel[] =>
  channels.filter((one) => one !== 'board' && one !== 'webhook' && channelsOf(person).has(one));

function atStage(stage: number, to: readonly string[], policy: PolicyStep, facts: EscalationFacts) {
  return to.flatMap((person) => {
    const channel = channelsFor(person, policy, facts)[stage];
    return channel === undefined ? [] : [{ channel, to: person }];
  });
}

const tellings = (number: number, whom: readonly Pick<Telling, 'channel' | 'to'>[]): Telling[] =>
  whom.map((one) => ({ purpose: 'alert', step: number, ...one }));

/** The next channel, for those on whose screens the offer was not painted in time. */
function channel(tended: Tended, facts: EscalationFacts, now: number): Tended {
  const { state } = tended;
  const { channel: next, step: number, offeredTo } = state;
  if (next === null || next.at > now) return tended;
  const policy = policyStep(facts.policy, number);
  const waiting = offeredTo.filter((person) => !facts.receipts.get(person)?.rendered);
  const stages = Math.max(0, ...waiting.map((person) => channelsFor(person, policy, facts).length));
  const isMore = next.stage + 1 < stages;
  return {
    ...tended,
    tell: [...tended.tell, ...tellings(number, atStage(next.stage, waiting, policy, facts))],
    state: { ...state, channel: isMore ? { stage: next.stage + 1, at: now + renderedWithinMs } : null },
  };
}

/**
 * An acceptance that nobody renewed: its owner is called, and a minute later the next step is asked. An owner who left is
 * not called: the next step is asked at once.
 */
function lapse(tended: Tended, facts: EscalationFacts, now: number): Tended {
  const { state, alert } = tended;
  const { responsibility } = alert;
  const hasLeft = responsibility.at === 'accepted' && !facts.mayAnswer(responsibility.by);
  const outcome = nextAlert(alert, { kind: hasLeft ? 'owner-left' : 'time' }, now);
  if (!outcome.ok || !outcome.changed || state.due === null) return tended;
  const owner = outcome.effects.find((effect) => effect.do === 'call-owner')?.owner ?? null;
  const at = owner === null ? now : now + ownerAnswersMs;
  const due: Due | null =
    facts.paging.page === 'never' ? null : { kind: 'offer', step: state.step + 1, at, early: null };
  const calls = ownerChannels.map((one): Telling => {
    return { purpose: 'owner-lapsed', step: state.step, channel: one, to: owner };
  });
  return {
    alert: outcome.next,
    done: [...tended.done, { due: state.due, to: owner === null ? [] : [owner] }],
    tell: owner === null ? tended.tell : [...tended.tell, ...calls],
    state: { ...state, due, channel: null, offeredTo: [] },
  };
}
