import type { Priority } from '../../messages/record.ts';
import { watchVisit } from '../ends-before-visit.ts';
import type { TherapyStatus } from '../order-match.ts';
import type { RuleSettings } from '../rule-set.ts';
import type { ReportedDelivery } from './dose-deliveries.ts';
import { type DoseFinding, doseSettings, dueDoses, findDoses, type Schedule, whyGone } from './doses.ts';
import { newTherapyState, type TherapyEffect, type TherapyState, type TherapyStep } from './therapy-state.ts';

// Rules that need no pump to speak: doses missed, late or short, and a bag that ends before somebody comes. Pure; whoever
// holds the therapy's row calls it every half minute and commits what it says.

export type TherapyFacts = {
  status: TherapyStatus;
  /** Since when it has that status, ms. */
  statusSince: number;
  schedule: Schedule;
  /** Of the patient. */
  timeZone: string;
  /** Of one dose, by the verified order; null: no order counts. */
  orderedMl: number | null;
  deliveries: readonly ReportedDelivery[];
  /** Next visit or delivery, whichever is earlier, ms. */
  visitAt: number | null;
  /** What runs now and when it ends, as far as is known, ms. */
  running: { infusion: string; endAt: number | null } | null;
  /** Said with every finding: therapy, drug, ★, what could not be checked. */
  detail: Record<string, unknown>;
};

const toldKept = 24;
const rank: Record<Priority, number> = { low: 0, medium: 1, high: 2 };

/**
 * One look at a therapy.
 * @param state null: it was never looked at while active
 * @param idOf a UUID that every process derives alike from a finding's key
 * @returns `next` null: nothing is to be remembered
 */
export function judgeTherapy(
  state: TherapyState | null,
  facts: TherapyFacts,
  now: number,
  settings: RuleSettings,
  idOf: (key: string) => string,
): { next: TherapyState | null; effects: TherapyEffect[] } {
  if (facts.status !== 'active') {
    const words = { pending: 'has not begun', 'on-hold': 'is on hold', ended: 'is ended' }[facts.status];
    const reason = `the therapy ${words}`;
    const effects = (state?.open ?? []).map(({ id }) => ({ do: 'end', id, at: now, reason, detail: {} }) as const);
    return { next: null, effects };
  }
  const begun = state ?? newTherapyState(facts.statusSince);
  const dosed = judgeDueDoses(begun, facts, now, settings, idOf);
  const visited = judgeVisit(dosed.next, facts, now, settings, idOf);
  return { next: visited.next, effects: [...dosed.effects, ...visited.effects] };
}

function judgeDueDoses(
  state: TherapyState,
  facts: TherapyFacts,
  now: number,
  settings: RuleSettings,
  idOf: (key: string) => string,
): TherapyStep {
  const { schedule, timeZone, deliveries, orderedMl } = facts;
  const given = doseSettings(schedule, settings);
  const due = dueDoses(schedule, timeZone, state.since, now);
  const found = findDoses(due, deliveries, orderedMl, now, given);
  let next = state;
  const effects: TherapyEffect[] = [];
  const take = (step: TherapyStep) => {
    next = step.next;
    effects.push(...step.effects);
  };
  for (const finding of found) take(holdOrRecord(next, finding, facts, idOf));
  for (const open of next.open.filter(({ key }) => isOfDose(key))) {
    const still = found.find(({ key }) => key === open.key);
    if (still && still.over === null) continue;
    const gone = still?.over ?? { at: now, ...whyGone(open.key, due, deliveries, orderedMl, now, given) };
    const detail = notCheckedOf(facts, gone.detail);
    take({
      next: close(next, open.key),
      effects: [{ do: 'end', id: open.id, at: gone.at, reason: gone.reason, detail }],
    });
  }
  return { next, effects };
}

const isOfDose = (key: string) => !key.startsWith('ends-before-visit');

function holdOrRecord(
  state: TherapyState,
  { key, finding, raisedAt, infusion, over }: DoseFinding,
  facts: TherapyFacts,
  idOf: (key: string) => string,
): TherapyStep {
  const { priority } = finding;
  const id = idOf(key);
  const detail = { ...finding.detail, ...facts.detail };
  const open = state.open.find((known) => known.key === key);
  if (open) {
    if (over !== null || rank[priority] <= rank[open.priority]) return { next: state, effects: [] };
    const risen = state.open.map((known) => (known === open ? { ...open, priority } : known));
    return { next: { ...state, open: risen }, effects: [{ do: 'worsen', id: open.id, priority, detail }] };
  }
  if (state.told.includes(key)) {
    if (over !== null) return { next: state, effects: [] };
    // What ended it turned out not to be this patient's dose.
    const told = state.told.filter((known) => known !== key);
    return {
      next: { ...state, told, open: [...state.open, { id, key, priority }] },
      effects: [{ do: 'reopen', id }],
    };
  }
  const raise = { do: 'raise', id, ...finding, detail, raisedAt, infusion } as const;
  if (over !== null) {
    const ended = { at: Math.max(over.at, raisedAt), reason: over.reason };
    const restated = { ...detail, ...over.detail };
    return { next: note(state, key), effects: [{ ...raise, detail: restated, ended }] };
  }
  return {
    next: { ...state, open: [...state.open, { id, key, priority }] },
    effects: [{ ...raise, ended: null }],
  };
}

const note = (state: TherapyState, key: string): TherapyState => ({
  ...state,
  told: [...state.told.filter((known) => known !== key), key].slice(-toldKept),
});
const close = (state: TherapyState, key: string): TherapyState => ({
  ...note(state, key),
  open: state.open.filter((known) => known.key !== key),
});

/** What was open because nobody could know is said to have been so. */
function notCheckedOf(facts: TherapyFacts, detail: Record<string, unknown>): Record<string, unknown> {
  return Object.keys(detail).length === 0 ? {} : { ...detail, notChecked: facts.detail.notChecked ?? [] };
}

/** Doses that end are replaced by the next dose; only what runs on and on has a bag that somebody has to bring. */
function judgeVisit(
  state: TherapyState,
  facts: TherapyFacts,
  now: number,
  settings: RuleSettings,
  idOf: (key: string) => string,
): TherapyStep {
  const runs = facts.schedule.kind === 'continuous' ? facts.running : null;
  const open = state.open.find(({ key }) => !isOfDose(key));
  if (runs === null) {
    if (!open) return { next: { ...state, visit: null }, effects: [] };
    const next = { ...close(state, open.key), visit: null };
    return { next, effects: [{ do: 'end', id: open.id, at: now, reason: 'it no longer runs', detail: {} }] };
  }
  const step = watchVisit(
    state.visit,
    { endAt: runs.endAt, visitAt: facts.visitAt },
    now,
    settings['ends-before-visit'],
  );
  const next = { ...state, visit: step.next };
  if (step.over !== null && open) {
    const end = { do: 'end', id: open.id, at: now, reason: step.over, detail: {} } as const;
    return { next: { ...close(next, open.key), visit: step.next }, effects: [end] };
  }
  if (step.found === null) return { next, effects: [] };
  const finding = step.found;
  const detail = { ...finding.detail, ...facts.detail, emptyAt: finding.detail.endsAt ?? null };
  if (open) {
    const risen = next.open.map((known) => (known === open ? { ...open, priority: finding.priority } : known));
    const worsen = { do: 'worsen', id: open.id, priority: finding.priority, detail } as const;
    return { next: { ...next, open: risen }, effects: [worsen] };
  }
  const key = `ends-before-visit ${runs.infusion} ${now}`;
  const id = idOf(key);
  return {
    next: { ...next, open: [...next.open, { id, key, priority: finding.priority }] },
    effects: [{ do: 'raise', id, ...finding, detail, raisedAt: now, infusion: runs.infusion, ended: null }],
  };
}
