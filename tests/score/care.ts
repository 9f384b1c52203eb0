// What is on record for a simulated pump: its patient, the order of what it infuses, verified by two, and the demo library.
import { demoLibrary } from '#schemas/library/demo-library.ts';
import { orderContent } from '#schemas/orders/order-content.ts';
import { indexLibrary } from '#schemas/rules/library-index.ts';
import { type Order, orderNumbers } from '#schemas/rules/order.ts';
import { type CareFacts, type CareOrder, type CareTherapy, newCareFacts } from '#schemas/rules/second-check/care.ts';
import type { Therapy } from '../../firmware-sim/therapies.ts';
import { demoOrder } from '../../scripts/supervisor/demo-orders.ts';

export const libraries: CareFacts['libraries'] = [
  { name: 'Demo library', version: 1, index: indexLibrary(demoLibrary()) },
];
export const patientId = 'P-1';

/** The numbers that a pharmacist ordered for a therapy, and that its programme keeps to. */
export function orderedNumbers(therapy: Therapy): Order {
  const ordered = orderContent.parse(demoOrder(therapy));
  const named = Object.keys(orderNumbers.shape);
  const { weightKg, bsaM2 } = therapy.programme;
  const numbers = Object.fromEntries(Object.entries(ordered).filter(([name]) => named.includes(name)));
  return orderNumbers.parse({ ...numbers, weightKg: weightKg ?? null, bsaM2: bsaM2 ?? null });
}

export type CareGiven = {
  order?: Partial<Order>;
  /** Of the order's version; verified long ago where nothing else is said. */
  version?: Partial<CareOrder>;
  therapy?: Partial<CareTherapy>;
  facts?: Partial<CareFacts>;
};

/** A patient with one therapy, and the pump given to them for whatever they get. */
export function careOf(therapy: Therapy, given: CareGiven = {}): CareFacts {
  const { weightKg, bsaM2, careArea, drug } = therapy.programme;
  const order: CareOrder = {
    id: 'O-1',
    version: 1,
    state: 'verified',
    verifiedAt: 0,
    endedAt: null,
    numbers: { ...orderedNumbers(therapy), ...given.order },
    ...given.version,
  };
  const course: CareTherapy = {
    id: 'T-1',
    reference: 'TH-1',
    patient: patientId,
    drug: drug ?? '',
    careArea: careArea ?? 'adult home',
    status: 'active',
    holdUntil: null,
    orders: [order],
    ...given.therapy,
  };
  return {
    ...newCareFacts(),
    ordersKept: true,
    assignments: [{ patient: patientId, therapy: null, from: 0, to: null }],
    patients: new Map([[patientId, { id: patientId, weightKg: weightKg ?? 70, bsaM2: bsaM2 ?? 1.8, infant: false }]]),
    therapies: [course],
    libraries,
    ...given.facts,
  };
}
