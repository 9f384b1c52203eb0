// Condition (is it so?) is decided by records and time alone; responsibility (who has it?) by people and timers. The
// two never decide each other (alerts-and-limits.md, "Two things, never mixed").

import type { Priority } from '../messages/record.ts';

export type Condition = { at: 'active' } | { at: 'ended'; since: number; reason: string };

export type Responsibility =
  | { at: 'unassigned' }
  | { at: 'offered'; step: number; to: string | null }
  | { at: 'accepted'; by: string; since: number; until: number | null }
  | { at: 'declined'; by: string; since: number }
  | { at: 'lapsed'; by: string; since: number };

export type AlertState = {
  priority: Priority;
  condition: Condition;
  responsibility: Responsibility;
  /** When a person first said by a gesture that they saw it. */
  seenAt: number | null;
  /** How often the condition came back within its re-arm time. */
  times: number;
};

export type AlertInput =
  | { kind: 'ended'; reason: string }
  | { kind: 'reopened' }
  | { kind: 'offer'; step: number; to: string | null }
  | { kind: 'accept'; by: string }
  | { kind: 'undo-accept'; by: string }
  | { kind: 'decline'; by: string }
  | { kind: 'hand-over'; by: string; to: string | null }
  | { kind: 'extend'; by: string }
  | { kind: 'close'; by: string }
  | { kind: 'seen'; by: string }
  | { kind: 'time' }
  /** Whoever has it can answer it no more: they left, or their role does not. */
  | { kind: 'owner-left' };

/** What escalation does about it (escalation.ts). */
export type AlertEffect =
  | { do: 'page-next-step' }
  | { do: 'call-owner'; owner: string }
  | { do: 'page-again' }
  | { do: 'page-person'; person: string };

export type AlertOutcome =
  | { ok: true; next: AlertState; effects: AlertEffect[]; changed: boolean }
  | { ok: false; reason: 'accepted-by-other'; owner: string }
  | { ok: false; reason: 'not-owner' | 'not-possible' | 'too-late'; detail: string };

/** An acceptance lapses after this long without the end of the condition, an outcome or an extension. */
export const acceptanceMs: Record<Priority, number | null> = { high: 10 * 60_000, medium: 45 * 60_000, low: null };
/**
 * Closed with an outcome while its condition goes on, an alert is its owner's for this long: an outcome is what a person
 * says of a condition that records decide, so one that does not end is asked about again.
 */
export const closedMs: Record<Priority, number | null> = { high: 60 * 60_000, medium: 4 * 60 * 60_000, low: null };
/** A condition that returns within this time is the same alert, with a count. */
export const rearmMs = 60_000;
/** How long an acceptance by mistake can be taken back. */
export const undoAcceptMs = 5_000;

/**
 * One step of an alert. Pure: time is an argument, effects are returned.
 * @param now milliseconds since 1970, the server's clock
 */
export function nextAlert(state: AlertState, input: AlertInput, now: number): AlertOutcome {
  switch (input.kind) {
    case 'ended':
      if (state.condition.at === 'ended') return unchanged(state);
      return to(state, { condition: { at: 'ended', since: now, reason: input.reason } });
    case 'reopened':
      return reopen(state, now);
    case 'offer':
      if (state.responsibility.at === 'accepted') return unchanged(state);
      return to(state, { responsibility: { at: 'offered', step: input.step, to: input.to } });
    case 'accept':
      return accept(state, input.by, now);
    case 'undo-accept':
      return undoAccept(state, input.by, now);
    case 'decline':
      return decline(state, input.by, now);
    case 'hand-over':
      return handOver(state, input.by, input.to, now);
    case 'extend':
      return renew(state, input.by, now, acceptanceMs[state.priority]);
    case 'close':
      return renew(state, input.by, now, closedMs[state.priority]);
    case 'seen':
      return state.seenAt === null ? to(state, { seenAt: now }) : unchanged(state);
    case 'time':
      return passTime(state, now);
    case 'owner-left':
      return leave(state, now);
  }
}

/** When time alone changes this alert next, or null. */
export function nextDeadline(state: AlertState): number | null {
  const { responsibility, condition } = state;
  return responsibility.at === 'accepted' && condition.at === 'active' ? responsibility.until : null;
}

function to(state: AlertState, change: Partial<AlertState>, effects: AlertEffect[] = []): AlertOutcome {
  return { ok: true, next: { ...state, ...change }, effects, changed: true };
}

function unchanged(state: AlertState): AlertOutcome {
  return { ok: true, next: state, effects: [], changed: false };
}

function reopen(state: AlertState, now: number): AlertOutcome {
  if (state.condition.at === 'active') return unchanged(state);
  if (now - state.condition.since > rearmMs) {
    return { ok: false, reason: 'too-late', detail: 'the re-arm time is over: this is a new alert' };
  }
  const change: Partial<AlertState> = { condition: { at: 'active' }, times: state.times + 1 };
  // Somebody who has it still has it; a high one that nobody has is offered again.
  if (state.priority === 'high' && state.responsibility.at !== 'accepted') {
    return to(state, { ...change, responsibility: { at: 'unassigned' } }, [{ do: 'page-again' }]);
  }
  return to(state, change);
}

function accept(state: AlertState, by: string, now: number): AlertOutcome {
  const { responsibility } = state;
  if (responsibility.at === 'accepted') {
    if (responsibility.by === by) return unchanged(state);
    return { ok: false, reason: 'accepted-by-other', owner: responsibility.by };
  }
  const lapse = acceptanceMs[state.priority];
  return to(state, {
    responsibility: { at: 'accepted', by, since: now, until: lapse === null ? null : now + lapse },
    seenAt: state.seenAt ?? now,
  });
}

function undoAccept(state: AlertState, by: string, now: number): AlertOutcome {
  const { responsibility } = state;
  if (responsibility.at !== 'accepted' || responsibility.by !== by) {
    return { ok: false, reason: 'not-owner', detail: 'only the person who accepted can take it back' };
  }
  if (now - responsibility.since > undoAcceptMs) {
    return { ok: false, reason: 'too-late', detail: 'an acceptance can be taken back for 5 s; pass it on instead' };
  }
  return to(state, { responsibility: { at: 'unassigned' } }, [{ do: 'page-again' }]);
}

function decline(state: AlertState, by: string, now: number): AlertOutcome {
  const { responsibility } = state;
  if (responsibility.at === 'accepted' && responsibility.by !== by) {
    return { ok: false, reason: 'accepted-by-other', owner: responsibility.by };
  }
  return to(state, { responsibility: { at: 'declined', by, since: now }, seenAt: state.seenAt ?? now }, [
    { do: 'page-next-step' },
  ]);
}

function handOver(state: AlertState, by: string, receiver: string | null, now: number): AlertOutcome {
  const { responsibility } = state;
  if (responsibility.at !== 'accepted' || responsibility.by !== by) {
    return { ok: false, reason: 'not-owner', detail: 'only the person who has it can hand it over' };
  }
  // Until the receiver accepts it is an offer, never an owner: nobody is made responsible without having said so.
  if (receiver !== null) {
    const offered = { at: 'offered', step: 0, to: receiver } as const;
    return to(state, { responsibility: offered }, [{ do: 'page-person', person: receiver }]);
  }
  return to(state, { responsibility: { at: 'declined', by, since: now } }, [{ do: 'page-next-step' }]);
}

/** Its owner goes on having it, for `lapseMs` from now on. */
function renew(state: AlertState, by: string, now: number, lapseMs: number | null): AlertOutcome {
  const { responsibility } = state;
  if (responsibility.at !== 'accepted' || responsibility.by !== by) {
    return { ok: false, reason: 'not-owner', detail: 'only the person who has it can extend or close it' };
  }
  return to(state, { responsibility: { ...responsibility, until: lapseMs === null ? null : now + lapseMs } });
}

function leave(state: AlertState, now: number): AlertOutcome {
  const { responsibility, condition } = state;
  if (responsibility.at !== 'accepted' || condition.at === 'ended') return unchanged(state);
  return to(state, { responsibility: { at: 'lapsed', by: responsibility.by, since: now } }, [{ do: 'page-next-step' }]);
}

function passTime(state: AlertState, now: number): AlertOutcome {
  const { responsibility, condition } = state;
  if (responsibility.at !== 'accepted' || condition.at === 'ended') return unchanged(state);
  if (responsibility.until === null || now < responsibility.until) return unchanged(state);
  return to(state, { responsibility: { at: 'lapsed', by: responsibility.by, since: now } }, [
    { do: 'call-owner', owner: responsibility.by },
    { do: 'page-next-step' },
  ]);
}

/** Whether the board still shows it: active, or high and never seen by anybody. */
export function onBoard(state: AlertState): boolean {
  return state.condition.at === 'active' || (state.priority === 'high' && state.seenAt === null);
}
