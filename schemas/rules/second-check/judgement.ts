import { checkWords } from '../limit-check.ts';
import { judgeProgramme, type LibraryJudgement } from '../programme-against-library.ts';
import { judgeAgainstOrder, type OrderCheck, uncheckedWords } from '../programme-against-order.ts';
import { type Care, isSameDrug } from './settle-care.ts';

// One infusion against its order and its library, with everything that could not be checked in words.

export type Judgement = {
  epochNo: number;
  infusion: number;
  at: number;
  /** The order's version that it was compared with. */
  order: string | null;
  library: { name: string; version: number } | null;
  orderChecks: OrderCheck[];
  libraryJudgement: LibraryJudgement | null;
  /** "weight not checked: no weight": never skipped silently. */
  notChecked: string[];
  doubts: string[];
};

/**
 * Judges what is known of an infusion.
 * @param bag what earlier infusions of this pump and of others gave from the same bag, mL
 */
export function judgeInfusion(
  care: Care,
  of: { epochNo: number; infusion: number },
  at: number,
  bag: { ownMl: number; elsewhereMl: number },
): Judgement {
  const { programme, match, library, settings, facts } = care;
  const order = match.order;
  const orderChecks =
    programme && order
      ? judgeAgainstOrder(programme, order.numbers, settings['programme-against-order'], {
          ...bag,
          endMatters: care.critical || care.emptyMatters,
          sameDrug: (a, b) => isSameDrug(facts, a, b),
        })
      : [];
  const libraryJudgement =
    programme && library
      ? judgeProgramme(programme, library.index, { order: order?.numbers ?? null, careArea: care.careArea })
      : null;
  const notChecked: string[] = [];
  if (!programme) notChecked.push('not checked: no programme record came; the rate is compared with the order');
  if (!library) notChecked.push('library not checked: no drug library is published');
  if (!order) {
    const why = facts.ordersKept ? (match.words ?? 'no order') : 'no orders are kept here';
    notChecked.push(`order not checked: ${why.replace(/^no order: /, '')}`);
  }
  notChecked.push(...uncheckedWords(orderChecks));
  for (const check of libraryJudgement?.checks ?? []) {
    if (check.outcome === 'not-checked') notChecked.push(checkWords(check));
  }
  if (programme && library && care.entry?.limits.cumulative.length === 0) {
    notChecked.push('cumulative dose not checked: the library has no limit for it');
  }
  return {
    epochNo: of.epochNo,
    infusion: of.infusion,
    at,
    order: order?.id ?? null,
    library: library && { name: library.name, version: library.version },
    orderChecks,
    libraryJudgement,
    notChecked: [...new Set(notChecked)],
    doubts: match.doubts,
  };
}
