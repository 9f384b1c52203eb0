import type { Order as OrderAnswer, OrderVerification } from '#schemas/http/orders.ts';
import { drugKey } from '#schemas/library/drug-entry.ts';
import type { OrderContent, OrderVersionState } from '#schemas/orders/order-content.ts';
import { orderRefusals, type Refusal, refusalOf } from '#schemas/orders/order-refusals.ts';
import type { Order } from '#schemas/rules/order.ts';
import { verifyOrder } from '#schemas/rules/order-verification.ts';
import type { Query } from '../database.ts';
import { type ApiProblem, notFound, problem } from '../problem.ts';

/** A therapy that an order is made for, its row locked. */
export type LockedTherapy = {
  id: string;
  reference: string;
  drug: string;
  status: string;
  patient: string;
  weightKg: number | null;
  bsaM2: number | null;
};
type LockedOrder = { therapy: string; state: OrderVersionState; version: number; createdBy: string };

/** @throws 404 */
export async function readOrder(query: Query, id: string): Promise<OrderAnswer> {
  const [row] = await query<OrderAnswer>('order_one', [id]);
  if (!row) throw notFound(`order ${id}`);
  return row;
}

/** @throws 404 */
export async function lockTherapy(query: Query, id: string): Promise<LockedTherapy> {
  const [row] = await query<LockedTherapy>('therapy_lock', [id]);
  if (!row) throw notFound(`therapy ${id}`);
  return row;
}

/** Waits for whoever else changes an order of this therapy. @throws 404 */
export async function lockOrder(query: Query, id: string): Promise<LockedOrder> {
  const [row] = await query<LockedOrder>('order_lock', [id]);
  if (!row) throw notFound(`order ${id}`);
  return row;
}

/** Why this order can't be kept for this therapy; empty where it can. */
export function refusalsFor(content: OrderContent, therapy: LockedTherapy): Refusal[] {
  if (therapy.status === 'ended') {
    return [{ path: 'therapy', message: `${therapy.reference} is ended; an order belongs to a running therapy` }];
  }
  if (drugKey(content.drug) !== drugKey(therapy.drug)) {
    return [{ path: 'drug', message: `the therapy ${therapy.reference} is ${therapy.drug}, not ${content.drug}` }];
  }
  return orderRefusals({ ...content, weightKg: therapy.weightKg, bsaM2: therapy.bsaM2 });
}

/**
 * Writes the next version. A draft that waited is superseded by it; a verified one counts until this one is verified.
 * @returns its id and number
 */
export async function insertOrder(
  query: Query,
  content: OrderContent,
  therapy: LockedTherapy,
  source: OrderAnswer['source'],
  by: string,
): Promise<{ id: string; version: number }> {
  await query('order_end', [therapy.id, 'draft', 'superseded', by, 'replaced before anybody verified it']);
  const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
  const { concentration, totalDose, pca } = content;
  const [made] = await query<{ id: string; version: number }>('order_insert', [
    ...[therapy.id, content.drug, content.mode, json(concentration), content.doseRate, content.doseUnit],
    ...[content.rateMlPerH, content.volumeMl, content.overfillMl, json(totalDose), content.durationMin, json(pca)],
    ...[therapy.weightKg, therapy.bsaM2, content.notes, source, by],
  ]);
  if (!made) throw new Error('the order was not inserted');
  return made;
}

/** The numbers of an order as the rules compare them. */
export function numbersOf(order: OrderAnswer): Order {
  const { drug, mode, concentration, doseRate, doseUnit, rateMlPerH, volumeMl, overfillMl } = order;
  const { totalDose, durationMin, pca, weightKg, bsaM2 } = order;
  return {
    ...{ drug, mode, concentration, doseRate, doseUnit, rateMlPerH, volumeMl, overfillMl },
    ...{ totalDose, durationMin, pca, weightKg, bsaM2 },
  };
}

/** Where what the second pharmacist read is not what the first one wrote; each field in words. */
export function disagreements(order: OrderAnswer, entry: OrderVerification, by: string): Refusal[] {
  const first = numbersOf(order);
  const dosed = first.doseRate !== null || first.rateMlPerH !== null;
  if (dosed && entry.doseRate === null && entry.rateMlPerH === null) {
    return [{ path: 'doseRate', message: 'enter the dose rate, or the rate in mL/h, as you read it' }];
  }
  const second: Order = { ...first, ...entry };
  const problems = verifyOrder({ by: order.createdBy.id, order: first }, { by, order: second }).map(refusalOf);
  // What the second one entered must be sound too: a dose that agrees beside a rate that does not is no agreement.
  return problems.length > 0 ? problems : orderRefusals(second);
}

/** 422 with each field. */
export function refused(errors: readonly Refusal[]): ApiProblem {
  const detail = errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join(' · ');
  return problem(422, detail.slice(0, 1_000), { errors: errors.slice(0, 50) });
}
