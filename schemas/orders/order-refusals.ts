import type { Order } from '../rules/order.ts';
import { orderProblems } from '../rules/order-verification.ts';
import { parseDoseUnit } from '../rules/units.ts';

/** A field and what is wrong with it, in words for the person who entered it. */
export type Refusal = { path: string; message: string };

const bodyWords = {
  kg: { of: 'weightKg', words: 'this patient has no weight: enter the weight first' },
  m2: { of: 'bsaM2', words: 'this patient has no body surface: enter it first' },
} as const;

/**
 * Why an order can't be kept, empty where it can. An order is refused, never put right: nobody can know which of two
 * numbers that disagree was meant.
 * @param order with the patient's weight and body surface as they stand
 */
export function orderRefusals(order: Order): Refusal[] {
  const unit = order.doseUnit === null ? null : parseDoseUnit(order.doseUnit);
  const body = unit?.per ? bodyWords[unit.per] : null;
  if (body && order[body.of] === null) return [{ path: 'doseUnit', message: `${order.doseUnit}: ${body.words}` }];
  if (order.doseRate === null && order.doseUnit !== null) {
    return [{ path: 'doseRate', message: `a number of ${order.doseUnit} is needed` }];
  }
  return orderProblems(order).map(refusalOf);
}

/** A problem of the rules as a field and a sentence. */
export function refusalOf({ field, what, expected }: ReturnType<typeof orderProblems>[number]): Refusal {
  return { path: field, message: `${what.replace(/^not checked: /, '')}; expected: ${expected}` };
}
