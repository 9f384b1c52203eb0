import type { Priority } from '../messages/record.ts';
import { endConditions, raiseOrReopen } from './conditions.ts';
import type { PumpRuleState, RuleContext, RuleStep } from './pump-rule-state.ts';

// What a technician is told of a pump: two pumps with one id, a wrong clock, records that can't be read, reboot after
// reboot. Records only leave a note here; the tick judges the notes. None of it is about the patient, and none pages a nurse.

/** Notes that the tick judges; times are ms of the server's clock. */
export type Upkeep = {
  /** Journal that spoke last, where a pump has more than one. */
  heardEpochNo: number | null;
  /** When another journal than before spoke that had spoken before, newest last. */
  switches: number[];
  /** The pump's wall clock in its last envelopes, while it is off. */
  clockOff: { since: number; offMs: number; times: number } | null;
  rejectedAt: number | null;
  /** Power-ups, newest last. */
  boots: number[];
};

/** Two journals alternating: this many switches within … */
export const duplicateSwitches = 3;
/** … this long; a message that was under way when the journal was lost makes two at most. */
export const duplicateWithinMs = 10 * 60_000;
/** A wall clock further off than this … */
export const clockOffMs = 2 * 60_000;
/** … in so many envelopes running … */
export const clockOffTimes = 3;
/** … over this long: a link holds a message up, but not every one. */
export const clockOffForMs = 60_000;
/** The condition is over this long after the last rejected record. */
export const rejectedForMs = 60 * 60_000;
/** Reboots within an hour that are a storm. */
export const stormBoots = 3;
export const stormWithinMs = 60 * 60_000;

const blank: Upkeep = { heardEpochNo: null, switches: [], clockOff: null, rejectedAt: null, boots: [] };
const noted = (state: PumpRuleState, change: Partial<Upkeep>): PumpRuleState => ({
  ...state,
  upkeep: { ...(state.upkeep ?? blank), ...change },
});

/**
 * An envelope came, of a batch or a hello.
 * @param heard.newestEpochNo of the pump's journals
 * @param heard.first whether its journal was never heard before
 */
export function noteEnvelope(
  state: PumpRuleState,
  heard: { epochNo: number; newestEpochNo: number; first: boolean; sentAt: number | null; receivedAt: number },
): PumpRuleState {
  const next = noteClock(state, heard.sentAt, heard.receivedAt);
  const before = next.upkeep?.heardEpochNo ?? heard.newestEpochNo;
  if (heard.epochNo === before) return next;
  if (heard.first) return next.upkeep?.heardEpochNo ? noted(next, { heardEpochNo: heard.epochNo }) : next;
  const switches = [...(next.upkeep?.switches ?? []), heard.receivedAt].slice(-duplicateSwitches);
  return noted(next, { heardEpochNo: heard.epochNo, switches });
}

function noteClock(state: PumpRuleState, sentAt: number | null, receivedAt: number): PumpRuleState {
  if (sentAt === null) return state;
  const known = state.upkeep?.clockOff ?? null;
  const offMs = sentAt - receivedAt;
  if (Math.abs(offMs) <= clockOffMs) return known === null ? state : noted(state, { clockOff: null });
  if (known === null) return noted(state, { clockOff: { since: receivedAt, offMs, times: 1 } });
  // Once it is known well there is nothing more to write down.
  if (known.times >= clockOffTimes) return state;
  return noted(state, { clockOff: { ...known, offMs, times: known.times + 1 } });
}

export function noteRejected(state: PumpRuleState, receivedAt: number): PumpRuleState {
  return noted(state, { rejectedAt: receivedAt });
}

/** A boot counter higher than any before. */
export function noteReboot(upkeep: Upkeep | null, at: number): Upkeep {
  const known = upkeep ?? blank;
  return { ...known, boots: [...known.boots, at].slice(-stormBoots) };
}

/**
 * Raises and ends what the notes say.
 * @param given.onBench it is being tested or repaired, or is the watchdog's canary: being switched on and off is its day
 */
export function judgeUpkeep(
  state: PumpRuleState,
  now: number,
  given: { onBench: boolean },
  context: RuleContext,
): RuleStep {
  const { upkeep } = state;
  if (upkeep === null) return { next: state, effects: [] };
  const switches = upkeep.switches.filter((at) => now - at < duplicateWithinMs).length;
  const boots = upkeep.boots.filter((at) => now - at < stormWithinMs).length;
  const off = upkeep.clockOff;
  const rejected = upkeep.rejectedAt !== null && now - upkeep.rejectedAt < rejectedForMs;
  const found: Finding[] = [
    {
      key: 'duplicate-pump',
      holds: switches >= duplicateSwitches,
      remains: switches > 0,
      priority: 'medium',
      message: 'Two pumps use this id: their journals alternate',
      detail: { withinMin: duplicateWithinMs / 60_000 },
      over: 'one journal alone for 10 min',
    },
    {
      key: 'clock-off',
      holds: off !== null && off.times >= clockOffTimes && now - off.since >= clockOffForMs,
      remains: off !== null,
      priority: 'low',
      message: 'The pump’s clock is wrong by more than 2 min',
      detail: { offMs: off?.offMs ?? null },
      over: 'the clock is right again',
    },
    {
      key: 'rejected-records',
      holds: rejected,
      remains: rejected,
      priority: 'low',
      message: 'The pump sent records that could not be read',
      detail: {},
      over: 'no rejected record for an hour',
    },
    {
      key: 'reboot-storm',
      holds: boots >= stormBoots,
      remains: boots >= stormBoots,
      priority: 'low',
      message: `The pump started ${stormBoots} times within an hour`,
      detail: { boots: upkeep.boots.map((at) => new Date(at).toISOString()) },
      over: 'fewer starts within the last hour',
    },
  ];
  let step: RuleStep = { next: state, effects: [] };
  for (const finding of found) {
    const onBench = { ...finding, holds: false, remains: false, over: 'on the bench' };
    const { next, effects } = judge(step.next, given.onBench ? onBench : finding, now, context);
    step = { next, effects: effects.length === 0 ? step.effects : [...step.effects, ...effects] };
  }
  // Which of two journals spoke last stays known: forgotten, the next message of the older one would count as a switch.
  const over = upkeep.heardEpochNo === null && boots === 0 && off === null && !rejected;
  return over ? { ...step, next: { ...step.next, upkeep: null } } : step;
}

type Finding = {
  key: string;
  /** Enough to raise it. */
  holds: boolean;
  /** Enough to keep it. */
  remains: boolean;
  priority: Priority;
  message: string;
  detail: Record<string, unknown>;
  over: string;
};

function judge(state: PumpRuleState, finding: Finding, now: number, context: RuleContext): RuleStep {
  const { key, holds, remains, over, ...said } = finding;
  const isOpen = state.open.some((open) => open.key === key);
  if (isOpen && !remains) return endConditions(state, (open) => open.key === key, now, over);
  if (isOpen || !holds) return { next: state, effects: [] };
  return raiseAtTick(state, { key, ...said }, now, context);
}

/** Raises what time alone has brought about. */
export function raiseAtTick(
  state: PumpRuleState,
  said: { key: string; priority: Priority; message: string; detail: Record<string, unknown> },
  now: number,
  context: RuleContext,
): RuleStep {
  const boot = state.boot?.boot ?? 0;
  const arrival = { seq: 0, boot, at: now, pumpAt: null, brokerAt: null, receivedAt: now, late: false };
  // Nothing of the journal caused it: the moment tells one from the next.
  const ids: RuleContext = { ...context, alertId: (seq, rule) => context.alertId(seq, `${rule} ${now}`) };
  return raiseOrReopen(state, ids, arrival, { ...said, infusion: null, pastOnly: false });
}
