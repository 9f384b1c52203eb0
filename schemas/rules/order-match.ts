import { drugKey } from '../library/drug-entry.ts';
import type { OrderVersionState } from '../orders/order-content.ts';

// Which order an infusion is to follow: by the therapy that the programme names, else by the patient whom the pump is
// assigned to and the drug. What can't be told is said in words, never guessed.

export const therapyStatuses = ['pending', 'active', 'on-hold', 'ended'] as const;
export type TherapyStatus = (typeof therapyStatuses)[number];

/** Times are milliseconds since 1970. */
export type MatchableOrder = {
  id: string;
  version: number;
  state: OrderVersionState;
  verifiedAt: number | null;
  /** When it stopped to count: superseded or cancelled. */
  endedAt: number | null;
};
export type MatchableTherapy<O extends MatchableOrder = MatchableOrder> = {
  id: string;
  reference: string;
  /** The patient's id. */
  patient: string;
  drug: string;
  status: TherapyStatus;
  holdUntil: number | null;
  orders: readonly O[];
};

export type OrderQuestion<T> = {
  /** As the pump's programme names them; null where it does not. */
  drug: string | null;
  therapyReference: string | null;
  /** The therapy of that reference; null where it is not known. */
  named: T | null;
  /** Whom the pump is assigned to, for one therapy or for whatever they get; null: nobody. */
  assigned: { patient: string; therapy: string | null; therapies: readonly T[] } | null;
  /** The moment that is asked about: now, or when the infusion ended. */
  at: number;
};

export type OrderMatch<T, O> = {
  patient: string | null;
  therapy: T | null;
  /** The version in force at that moment; null: `words` say why there is none. */
  order: O | null;
  by: 'therapy-reference' | 'assignment' | null;
  /** Why there is no order. It stands in alerts on walls and locked phones: without a reference. */
  words: string | null;
  /** What people should look at although there is an answer, such as a pump that names another patient's therapy. */
  doubts: string[];
};

const sameDrug = (a: string, b: string) => drugKey(a) === drugKey(b);

/** What a therapy's status is at a moment: a hold with an end ends by itself. */
export function therapyStatusAt(therapy: Pick<MatchableTherapy, 'status' | 'holdUntil'>, at: number): TherapyStatus {
  const over = therapy.status === 'on-hold' && therapy.holdUntil !== null && therapy.holdUntil <= at;
  return over ? 'active' : therapy.status;
}

/** The version of a therapy's order that counted at a moment; null: none was verified then. */
export function orderInForce<O extends MatchableOrder>(orders: readonly O[], at: number): O | null {
  const counted = orders.filter(
    ({ verifiedAt, endedAt }) => verifiedAt !== null && verifiedAt <= at && (endedAt === null || endedAt > at),
  );
  return counted.reduce<O | null>((newest, order) => (newest && newest.version > order.version ? newest : order), null);
}

/** Whose infusion it is, and the order that it is to follow. */
export function matchOrder<O extends MatchableOrder, T extends MatchableTherapy<O>>(
  question: OrderQuestion<T>,
): OrderMatch<T, O> {
  const { named, assigned, therapyReference } = question;
  if (named) return byReference(question, named);
  const doubts =
    therapyReference === null ? [] : [`the pump names the therapy ${therapyReference}, which is not known here`];
  if (assigned) return byAssignment(question, assigned, doubts);
  const words = 'no order: the pump names no known therapy and was assigned to nobody';
  return { patient: null, therapy: null, order: null, by: null, words, doubts };
}

function byReference<O extends MatchableOrder, T extends MatchableTherapy<O>>(
  { assigned, drug, at }: OrderQuestion<T>,
  named: T,
): OrderMatch<T, O> {
  const doubts: string[] = [];
  if (assigned && assigned.patient !== named.patient) {
    doubts.push(`the pump names the therapy ${named.reference} of one patient and is assigned to another`);
  }
  if (drug !== null && !sameDrug(drug, named.drug)) {
    doubts.push(`the pump says ${drug}, the therapy ${named.reference} is ${named.drug}`);
  }
  return answer(named, 'therapy-reference', at, doubts);
}

function byAssignment<O extends MatchableOrder, T extends MatchableTherapy<O>>(
  { drug, at }: OrderQuestion<T>,
  assigned: NonNullable<OrderQuestion<T>['assigned']>,
  doubts: string[],
): OrderMatch<T, O> {
  const none = (words: string): OrderMatch<T, O> => ({
    patient: assigned.patient,
    therapy: null,
    order: null,
    by: null,
    words,
    doubts,
  });
  const given = assigned.therapies.find(({ id }) => id === assigned.therapy);
  if (drug === null) return byTherapies(assigned.therapies, given ?? null, at, doubts, none);
  const fitting = assigned.therapies.filter((therapy) => sameDrug(therapy.drug, drug));
  // The pump was given for this very therapy: what else it runs is to be seen beside what was ordered.
  if (given && (fitting.includes(given) || fitting.length === 0)) {
    if (fitting.length === 0) doubts.push(`the pump says ${drug}, it was given for ${given.reference}: ${given.drug}`);
    return answer(given, 'assignment', at, doubts);
  }
  const [first, second] = inOrderOfStatus(fitting, at);
  if (!first) return none(`no order: no therapy of this patient is ${drug}`);
  if (second && therapyStatusAt(first, at) === therapyStatusAt(second, at)) {
    return none(`no order: two therapies of this patient are ${drug}; the assignment names neither`);
  }
  return answer(first, 'assignment', at, doubts);
}

/** The pump names no drug: the therapy that it was given for, else the only one that can be meant. */
function byTherapies<O extends MatchableOrder, T extends MatchableTherapy<O>>(
  therapies: readonly T[],
  given: T | null,
  at: number,
  doubts: string[],
  none: (words: string) => OrderMatch<T, O>,
): OrderMatch<T, O> {
  const unsaid = 'the pump does not say which drug it gives';
  if (given) {
    return answer(given, 'assignment', at, [
      ...doubts,
      `${unsaid}; it was given for ${given.reference}: ${given.drug}`,
    ]);
  }
  const [first, second] = inOrderOfStatus(therapies, at);
  if (!first) return none('no order: this patient has no therapy');
  if (second && therapyStatusAt(first, at) === therapyStatusAt(second, at)) {
    return none(`no order: ${unsaid}, and the patient has several therapies`);
  }
  const only = `${unsaid}; the patient’s one ${therapyStatusAt(first, at).replace('-', ' ')} therapy is ${first.drug}`;
  return answer(first, 'assignment', at, [...doubts, only]);
}

const rank: Record<TherapyStatus, number> = { active: 0, pending: 1, 'on-hold': 2, ended: 3 };

function inOrderOfStatus<T extends MatchableTherapy>(therapies: readonly T[], at: number): T[] {
  return [...therapies].sort((a, b) => rank[therapyStatusAt(a, at)] - rank[therapyStatusAt(b, at)]);
}

function answer<O extends MatchableOrder, T extends MatchableTherapy<O>>(
  therapy: T,
  by: 'therapy-reference' | 'assignment',
  at: number,
  doubts: string[],
): OrderMatch<T, O> {
  const order = orderInForce<O>(therapy.orders, at);
  const status = therapyStatusAt(therapy, at);
  if (status === 'on-hold' || status === 'ended') {
    doubts.push(`the therapy ${therapy.reference} is ${status === 'ended' ? 'ended' : 'on hold'}`);
  }
  const words = order ? null : whyNone(therapy.orders);
  return { patient: therapy.patient, therapy, order, by, words, doubts };
}

function whyNone(orders: readonly MatchableOrder[]): string {
  const waiting = orders.find(({ state }) => state === 'draft');
  if (waiting) {
    return `no verified order: version ${waiting.version} waits for another pharmacist`;
  }
  if (orders.some(({ state }) => state === 'cancelled')) return 'no verified order: it was cancelled';
  return 'no verified order: there is none for that time';
}
