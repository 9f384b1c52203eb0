import { drugKey } from '../library/drug-entry.ts';
import type { Priority } from '../messages/record.ts';
import type { Finding } from './finding.ts';
import type { Order } from './order.ts';
import { type Compared, comparisons, type OrderField } from './order-comparison.ts';
import { type BagGiven, isRest, judgePart, partOfOrder } from './part-of-order.ts';
import type { Programme } from './programme.ts';
import { type NamedRatio, nameRatio, ratioWords } from './ratio.ts';

// A programme against the patient's verified order: dose, dose rate, concentration, volume, duration. A programme that
// is legal for the pump and its library can still be 24 times what was meant.

export type OrderSettings = { mediumFromPct: number; highFromPct: number; ratioTolerancePct: number };

export type OrderCheck =
  | { field: OrderField; outcome: 'agrees'; actual: number; ordered: number; unit: string }
  | {
      field: OrderField;
      outcome: 'differs';
      actual: number;
      ordered: number;
      unit: string;
      deviationPct: number;
      named: NamedRatio | null;
      priority: Priority;
      words: string;
      /** A part of the ordered volume, at the ordered rate: less by that alone. */
      part?: true;
    }
  | { field: 'drug'; outcome: 'differs'; priority: 'high'; words: string }
  | { field: OrderField; outcome: 'not-checked'; reason: string };

/** What this order's bag gave already: a restart, or another pump, programmes the rest. Without it, nothing is known. */
export type OrderGiven = Partial<BagGiven> & {
  /** Whether two names mean one drug; the library's other names. Without it, letters and spaces alone are forgiven. */
  sameDrug?: (a: string, b: string) => boolean;
};

/** Fields whose difference of `highFromPct` is high without a telling ratio. */
const rateLike: readonly OrderField[] = ['doseRate', 'rateMlPerH', 'durationMin', 'weight', 'bsa'];
/** Percentages at the edge belong to the worse side, rounding notwithstanding. */
const edge = 1e-7;

/** Compares one pair of numbers. */
export function compareWithOrder(compared: Compared, settings: OrderSettings): OrderCheck {
  if ('reason' in compared) return { field: compared.field, outcome: 'not-checked', reason: compared.reason };
  const { field, actual, low, high, unit } = compared;
  const ordered = low;
  const allowed = actual < low ? low : Math.min(actual, high);
  const deviationPct = (actual / allowed - 1) * 100;
  const size = Math.abs(deviationPct) + edge;
  if (size < settings.mediumFromPct) return { field, outcome: 'agrees', actual, ordered, unit };
  const named = nameRatio(actual, ordered, settings.ratioTolerancePct);
  const high25 = rateLike.includes(field) && size >= settings.highFromPct;
  const name = selfNamed.includes(field) ? '' : `${orderFieldWords[field]} `;
  const words = `${name}${ratioWords(actual, ordered, unit, named)}`;
  const priority = named || high25 ? 'high' : 'medium';
  return { field, outcome: 'differs', actual, ordered, unit, deviationPct, named, priority, words };
}

/** What the fields are called, for people. */
export const orderFieldWords: Record<OrderField, string> = {
  drug: 'drug',
  rateMlPerH: 'rate',
  doseRate: 'dose rate',
  concentration: 'concentration',
  volumeMl: 'volume',
  totalDose: 'total dose',
  durationMin: 'duration',
  weight: 'weight',
  bsa: 'body surface',
  pcaDemand: 'PCA demand',
  lockoutMin: 'lockout',
  pcaMaximum: '4 h maximum',
};
/** What speaks for itself by its unit. */
const selfNamed: readonly OrderField[] = ['rateMlPerH', 'doseRate'];

/** "volume not checked: no volume in the programme", of each check that could not be made. */
export function uncheckedWords(checks: readonly OrderCheck[]): string[] {
  return checks.flatMap((check) =>
    check.outcome === 'not-checked' ? [`${orderFieldWords[check.field]} ${check.reason}`] : [],
  );
}

/** Every comparison that order and programme allow; what could not be compared says why. */
export function judgeAgainstOrder(
  programme: Programme,
  order: Order,
  settings: OrderSettings,
  given: OrderGiven = {},
): OrderCheck[] {
  const drug: OrderCheck[] = [];
  const same = given.sameDrug ?? ((a: string, b: string) => drugKey(a) === drugKey(b));
  if (!programme.drug) {
    drug.push({ field: 'drug', outcome: 'not-checked', reason: 'not checked: the programme names no drug' });
  } else if (!same(programme.drug, order.drug)) {
    const words = `${programme.drug} runs, ${order.drug} was ordered`;
    drug.push({ field: 'drug', outcome: 'differs', priority: 'high', words });
  }
  const checksAfter = (givenMl: number): OrderCheck[] => [
    ...drug,
    ...comparisons(programme, order, givenMl).map((compared) => compareWithOrder(compared, settings)),
  ];
  const { ownMl = 0, elsewhereMl = 0, endMatters = false } = given;
  const whole = checksAfter(0);
  const part = partOfOrder(whole, order, settings);
  if (part !== null) {
    const rest = ownMl > 0 ? checksAfter(ownMl) : whole;
    return judgePart(part, whole, rest, order, settings, { ownMl, elsewhereMl, endMatters });
  }
  // Steps and the like: what other pumps gave counts where it makes up the order, and not as a wider range.
  const fits = elsewhereMl > 0 && isRest(programme.vtbiMl ?? 0, ownMl + elsewhereMl, order, settings);
  const givenMl = fits ? ownMl + elsewhereMl : ownMl;
  return givenMl > 0 ? checksAfter(givenMl) : whole;
}

/** The alert of a programme that differs from its order: the worst difference first. */
export function orderFinding(checks: readonly OrderCheck[]): Finding | null {
  const differing = checks.filter((check) => check.outcome === 'differs');
  const rank = (check: OrderCheck) => {
    if (check.outcome !== 'differs') return 4;
    if (check.field === 'drug') return 0;
    if (check.priority === 'high') return check.named ? 0 : 1;
    return check.priority === 'medium' ? 2 : 3;
  };
  // Sorting is stable: what a person reads first in order and programme leads among equals.
  const [worst] = [...differing].sort((a, b) => rank(a) - rank(b));
  if (!worst) return null;
  const has = (priority: Priority) => differing.some((check) => check.priority === priority);
  return {
    type: 'programme-against-order',
    priority: has('high') ? 'high' : has('medium') ? 'medium' : 'low',
    message: worst.words,
    detail: {
      differences: differing,
      notChecked: uncheckedWords(checks),
    },
  };
}
