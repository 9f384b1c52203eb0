import type { DrugEntry } from '../library/drug-entry.ts';
import type { Priority } from '../messages/record.ts';
import { above, below } from './dose.ts';
import type { Finding } from './finding.ts';
import {
  checkCumulative,
  checkDoseRate,
  checkExtent,
  checkLoading,
  checkPca,
  checkRate,
  notChecked,
} from './library-checks.ts';
import { findEntry, type LibraryIndex } from './library-index.ts';
import { checkWords, type LimitCheck, passedKind, severity } from './limit-check.ts';
import type { Order } from './order.ts';
import type { Programme } from './programme.ts';
import { amountUnits, parseAmountUnit } from './units.ts';

// A programme against the library, whatever the pump itself checked. Order: unit, presence of weight and concentration,
// hard, soft. A check that could not be made is a result of its own.

/** Why a programme is not one of the library's, limits apart. */
export type Standing =
  | 'outside-library'
  | 'no-drug-named'
  | 'no-care-area-named'
  | 'care-area-not-in-library'
  | 'drug-not-in-library'
  | 'concentration-not-in-library';

export type LibraryJudgement = {
  careArea: string | null;
  drug: string | null;
  entry: DrugEntry | null;
  standing: Standing[];
  checks: LimitCheck[];
};

/** What a programme that names no care area or drug is judged by: the patient's therapy knows more. */
export type JudgeGiven = { order: Order | null; careArea?: string | null };

/** Checks a programme with every limit that the library has for its drug. */
export function judgeProgramme(programme: Programme, index: LibraryIndex, given: JudgeGiven): LibraryJudgement {
  const careArea = programme.careArea ?? given.careArea ?? null;
  const drug = programme.drug ?? null;
  const standing: Standing[] = [];
  if (!programme.libraryVersion) standing.push('outside-library');
  const looked = findEntry(index, careArea, drug);
  if (looked.found === null) {
    standing.push(missingWords[looked.missing].standing);
    const { reason } = missingWords[looked.missing];
    return { careArea, drug, entry: null, standing, checks: [{ outcome: 'not-checked', field: 'all', reason }] };
  }
  const { found } = looked;
  const { entry } = found;
  const checks: LimitCheck[] = [];
  const concentration = matchConcentration(programme, entry);
  if (concentration === 'unknown') standing.push('concentration-not-in-library');
  if (concentration === 'absent') checks.push(notChecked('concentration', 'not checked: no concentration'));
  if (entry.needs.includes('weight') && !programme.weightKg)
    checks.push(notChecked('weight', 'not checked: no weight'));
  if (entry.needs.includes('bsa') && !programme.bsaM2) checks.push(notChecked('bsa', 'not checked: no body surface'));
  checks.push(...checkDoseRate(programme, found, given.order));
  checks.push(...checkRate(programme, entry, given.order));
  checkLoading(programme, found, checks);
  checkExtent(programme, entry, given.order, checks);
  checkPca(programme, found, given.order, checks);
  checkCumulative(programme, found, checks);
  return { careArea, drug, entry, standing, checks };
}

const missingWords = {
  'drug-name': { standing: 'no-drug-named', reason: 'not checked: the programme names no drug' },
  'care-area-name': { standing: 'no-care-area-named', reason: 'not checked: the programme names no care area' },
  'care-area': { standing: 'care-area-not-in-library', reason: 'not checked: the care area is not in the library' },
  drug: { standing: 'drug-not-in-library', reason: 'not checked: the drug is not in the library' },
} as const;

/** Compared as amount per mL, in whatever unit of the same kind. */
function matchConcentration(programme: Programme, entry: DrugEntry): 'known' | 'unknown' | 'absent' | 'not-needed' {
  if (entry.concentrations.length === 0) return 'not-needed';
  const own = programme.concentration;
  if (!own) return 'absent';
  const unit = parseAmountUnit(own.unit);
  if (!unit) return 'unknown';
  const { kind, factor } = amountUnits[unit];
  const perMl = (own.amount * factor) / own.perMl;
  for (const known of entry.concentrations) {
    const knownUnit = parseAmountUnit(known.unit);
    if (!knownUnit || amountUnits[knownUnit].kind !== kind) continue;
    const scale = amountUnits[knownUnit].factor / known.perMl;
    const [from, to] = 'amount' in known ? [known.amount, known.amount] : [known.from, known.to];
    if (!below(perMl, from * scale) && !above(perMl, to * scale)) return 'known';
  }
  return 'unknown';
}

/** In words, for people. */
export const standingWords: Record<Standing, string> = {
  'outside-library': 'The programme runs outside the library',
  'no-drug-named': 'The programme names no drug',
  'no-care-area-named': 'The programme names no care area',
  'care-area-not-in-library': 'The care area is not in the library',
  'drug-not-in-library': 'The drug is not in the library',
  'concentration-not-in-library': 'The concentration is not in the library',
};

/** The alert of a programme that passes a hard limit or is not one of the library's; null when there is none. */
export function libraryFinding(
  judgement: LibraryJudgement,
  priorities: { hardLimit: Priority; notInLibrary: Priority },
): Finding | null {
  const hard = judgement.checks.filter((check) => passedKind(check) === 'hard');
  const standing = judgement.standing.find((why) => why !== 'outside-library') ?? judgement.standing[0];
  if (hard.length === 0 && standing === undefined) return null;
  const worst = hard[0] ? checkWords(hard[0]) : '';
  return {
    type: 'programme-against-library',
    priority: hard.length > 0 ? priorities.hardLimit : priorities.notInLibrary,
    message: worst !== '' ? worst.charAt(0).toUpperCase() + worst.slice(1) : standing ? standingWords[standing] : '',
    detail: {
      drug: judgement.drug,
      careArea: judgement.careArea,
      standing: judgement.standing,
      hard: hard.map(told),
      soft: softPassed(judgement).map(told),
      notChecked: judgement.checks.filter((check) => check.outcome === 'not-checked').map(checkWords),
    },
  };
}

function told(check: LimitCheck): Record<string, unknown> {
  return { ...check, words: checkWords(check), severity: 'limit' in check ? severity(check) : null };
}

/** The soft limits that a programme passes: the pump should have asked for each. */
export function softPassed(judgement: LibraryJudgement): LimitCheck[] {
  return judgement.checks.filter((check) => passedKind(check) === 'soft');
}
