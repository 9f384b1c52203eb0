import * as z from 'zod';
import type { InfusionOrder } from '#schemas/http/infusion-order.ts';
import type { Order as OrderAnswer } from '#schemas/http/orders.ts';
import { programmeRecord } from '#schemas/messages/record.ts';
import { type MatchableOrder, type MatchableTherapy, matchOrder, therapyStatusAt } from '#schemas/rules/order-match.ts';
import type { Programme } from '#schemas/rules/programme.ts';
import { judgeAgainstOrder, type OrderCheck } from '#schemas/rules/programme-against-order.ts';
import { settingsFor } from '#schemas/rules/rule-settings.ts';
import { spellNumber, spellUnit } from '#schemas/rules/words.ts';
import type { Query } from '../database.ts';
import { numbersOf } from './orders.ts';

type CareRow = {
  drug: string | null;
  therapyNamed: string | null;
  namedId: string | null;
  assignedPatient: string | null;
  assignedTherapy: string | null;
  careArea: string | null;
  endedAt: string | null;
  programme: unknown;
  judgedOrder: string | null;
  judgedChecks: OrderCheck[] | null;
};
type TherapyRow = Omit<MatchableTherapy, 'orders'>;
type OrderRow = MatchableOrder & { answer: OrderAnswer };

const programme = programmeRecord.omit({ kind: true, seq: true, at: true, uptimeMs: true, boot: true });

/**
 * The order of an infusion, found by the pure rule, and how the newest programme compares with it: as ingest found, which
 * knows what other pumps gave; anew, by the same rule, where that was against another version of the order.
 * @param now milliseconds; what counts for an infusion that runs
 */
export async function readInfusionOrder(query: Query, infusion: string, now: number): Promise<InfusionOrder | null> {
  const [row] = await query<CareRow>('infusion_care', [infusion]);
  if (!row) return null;
  const rows = await query<TherapyRow>('therapies_to_match', [row.assignedPatient, row.namedId]);
  const orders = await query<OrderAnswer>('orders_to_match', [rows.map(({ id }) => id)]);
  const therapies = rows.map((therapy) => ({
    ...therapy,
    orders: orders.filter((order) => order.therapy.id === therapy.id).map(toMatch),
  }));
  const at = row.endedAt === null ? now : Date.parse(row.endedAt);
  const match = matchOrder<OrderRow, (typeof therapies)[number]>({
    drug: row.drug,
    therapyReference: row.therapyNamed,
    named: therapies.find(({ id }) => id === row.namedId) ?? null,
    assigned:
      row.assignedPatient === null
        ? null
        : {
            patient: row.assignedPatient,
            therapy: row.assignedTherapy,
            therapies: therapies.filter(({ patient }) => patient === row.assignedPatient),
          },
    at,
  });
  const { therapy, order, by, words, doubts } = match;
  return {
    ...{ by, words, doubts },
    therapy: therapy && {
      ...{ id: therapy.id, reference: therapy.reference, drug: therapy.drug, status: therapyStatusAt(therapy, at) },
    },
    order: order && withoutPatient(order.answer),
    versions: (therapy?.orders ?? []).flatMap(({ answer: { id, version, state, verifiedAt, endedAt } }) =>
      verifiedAt === null ? [] : [{ id, version, state, from: verifiedAt, to: endedAt }],
    ),
    checks: order === null ? [] : checksOf(row, order.answer, now),
  };
}

function toMatch(answer: OrderAnswer): OrderRow {
  const { id, version, state, verifiedAt, endedAt } = answer;
  const ms = (at: string | null) => (at === null ? null : Date.parse(at));
  return { id, version, state, verifiedAt: ms(verifiedAt), endedAt: ms(endedAt), answer };
}

function withoutPatient({ patient: _patient, ...order }: OrderAnswer): Omit<OrderAnswer, 'patient'> {
  return order;
}

function checksOf(row: CareRow, order: OrderAnswer, now: number): InfusionOrder['checks'] {
  const notChecked = (words: string) => [
    { field: 'programme', outcome: 'not-checked' as const, priority: null, words, numbers: null },
  ];
  if (row.programme === null) return notChecked('not checked: no programme record came');
  const read = programme.safeParse(row.programme);
  // A programme that was stored with field errors: what is left of it may not be enough to compare.
  if (!read.success) return notChecked(`not checked: the programme could not be read: ${z.prettifyError(read.error)}`);
  if (row.judgedOrder === order.id && row.judgedChecks?.length) return row.judgedChecks.map(told);
  const settings = settingsFor(null, row.careArea, [], now)['programme-against-order'];
  const running: Programme = read.data;
  return judgeAgainstOrder(running, numbersOf(order), settings).map(told);
}

function told(check: OrderCheck): InfusionOrder['checks'][number] {
  const { field, outcome } = check;
  if (check.outcome === 'not-checked') return { field, outcome, priority: null, words: check.reason, numbers: null };
  const numbers =
    'actual' in check ? { programmed: check.actual, ordered: check.ordered, unit: spellUnit(check.unit) } : null;
  if (check.outcome === 'differs') return { field, outcome, priority: check.priority, words: check.words, numbers };
  const words = `${spellNumber(check.actual)} ${spellUnit(check.unit)}, as ordered`;
  return { field, outcome, priority: null, words, numbers };
}
