import type { Order } from './order.ts';
import type { OrderCheck, OrderSettings } from './programme-against-order.ts';
import { spellNumber } from './words.ts';

// A bag that was used in part hangs on another pump, or begins anew on its own: programmed is the rest, at the ordered
// rate. Volume, total dose and duration are then less than ordered by one and the same part, and nothing else differs. That
// is no mistake of the rate, and is said with less noise; what is shorter because it runs faster is none of it.

/** What became of the order's bag before this programme. */
export type BagGiven = {
  /** Given from it by earlier infusions of this pump, mL. */
  ownMl: number;
  /** … by other pumps, mL; 0: nothing is known of any. */
  elsewhereMl: number;
  /** An early end is harm: ★, a continuous opioid, an infant. */
  endMatters: boolean;
};

type Differs = Extract<OrderCheck, { outcome: 'differs'; deviationPct: number }>;
type Compared = Differs | Extract<OrderCheck, { outcome: 'agrees' }>;

/** What is less where the volume is less. */
const ofVolume = ['volumeMl', 'totalDose', 'durationMin'];
const isOfVolume = (check: OrderCheck): check is Compared =>
  check.outcome !== 'not-checked' && ofVolume.includes(check.field);

/** The part of the ordered volume that was programmed at the ordered rate, mL; null: it is nothing of the kind. */
export function partOfOrder(checks: readonly OrderCheck[], order: Order, settings: OrderSettings): number | null {
  if (order.mode !== 'continuous') return null;
  const agrees = (field: string) => checks.some((one) => one.field === field && one.outcome === 'agrees');
  if (!agrees('rateMlPerH') && !agrees('doseRate')) return null;
  // A bag mixed twice as strong and half as large looks like the rest of one: only a strength that was compared counts.
  if (order.concentration !== null && !agrees('concentration')) return null;
  const differing = checks.filter((one) => one.outcome === 'differs');
  if (!differing.every((one) => isOfVolume(one) && one.deviationPct < 0)) return null;
  const volume = differing.find((one) => one.field === 'volumeMl') as Differs | undefined;
  const duration = checks.filter(isOfVolume).find(({ field }) => field === 'durationMin');
  if (!volume || !duration) return null;
  const ofDuration = duration.actual / duration.ordered;
  const sameRatio = Math.abs((ofDuration * volume.ordered) / volume.actual - 1) * 100 < settings.mediumFromPct;
  return sameRatio ? volume.actual : null;
}

/** Whether a programmed volume is what is left of the order, within the percentage from which a volume differs. */
export function isRest(ml: number, givenMl: number, order: Order, settings: OrderSettings): boolean {
  if (order.volumeMl === null || !(givenMl > 0) || givenMl >= order.volumeMl) return false;
  const part = settings.mediumFromPct / 100;
  const total = ml + givenMl;
  return total > order.volumeMl * (1 - part) && total < (order.volumeMl + order.overfillMl) * (1 + part);
}

/**
 * The checks of a programme of a part, made as quiet as what is known allows.
 * @param whole compared with the whole order
 * @param rest compared with what this pump left of it
 */
export function judgePart(
  part: number,
  whole: readonly OrderCheck[],
  rest: readonly OrderCheck[],
  order: Order,
  settings: OrderSettings,
  bag: BagGiven,
): OrderCheck[] {
  const givenMl = bag.ownMl + bag.elsewhereMl;
  const volumeMl = order.volumeMl ?? part;
  if (isRest(part, bag.ownMl, order, settings) || isRest(part, givenMl, order, settings)) return whole.map(asAgreed);
  if (rest.every(({ outcome }) => outcome !== 'differs')) return [...rest];
  const ml = spellNumber;
  if (bag.elsewhereMl > 0 && givenMl < volumeMl) {
    const total = part + givenMl;
    if (total >= (volumeMl + order.overfillMl) * (1 + settings.mediumFromPct / 100)) {
      const words = `${ml(part)} mL after ${ml(givenMl)} mL from other pumps is more than the ordered ${ml(volumeMl)} mL`;
      return whole.map((check) => lowered(check, 'medium', words));
    }
  }
  // A tenth of the volume may be a slip of the decimal point: as loud as ever, unless it is known to be the rest.
  if (rest.some((check) => check.outcome === 'differs' && check.field !== 'drug' && check.named)) return [...rest];
  const before = givenMl > 0 && givenMl < volumeMl ? `, after ${ml(givenMl)} mL were given` : '';
  const words = `less than ordered: ${ml(part)} of ${ml(volumeMl)} mL, at the ordered rate${before}`;
  const isKnown = bag.ownMl > 0 && bag.elsewhereMl === 0;
  return whole.map((check) => lowered(check, bag.endMatters || isKnown ? 'medium' : 'low', words));
}

function asAgreed(check: OrderCheck): OrderCheck {
  if (check.outcome !== 'differs' || check.field === 'drug') return check;
  const { field, actual, ordered, unit } = check;
  return { field, outcome: 'agrees', actual, ordered, unit };
}

function lowered(check: OrderCheck, priority: 'low' | 'medium', words: string): OrderCheck {
  if (check.outcome !== 'differs' || check.field === 'drug') return check;
  return { ...check, priority, words: check.field === 'volumeMl' ? words : check.words, part: true };
}
