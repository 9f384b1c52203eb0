import { isCriticalDrug } from '#schemas/rules/alarm-catalogue.ts';
import type { BoardAlert } from '../../store.ts';

/** What rules say of an alert beyond its columns; read out of `detail`, where anything may stand. */
export type AlertFacts = {
  /** ★: any stop or silence of this drug is high. */
  critical: boolean;
  /** When the bag should be empty, ms. */
  emptyAt: number | null;
  /** When harm is foreseen, ms: an estimate, shown with "≈". */
  harmAt: number | null;
  harmBecause: string | null;
  /** What differs or was passed, one sentence each; the first may be the alert's own message. */
  differences: readonly string[];
  /** Checks that could not be made, and why. */
  notChecked: readonly string[];
};

type Told = Pick<BoardAlert, 'detail' | 'drug'>;

const timeOf = (value: unknown): number | null => {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(at) ? at : null;
};
const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const wordsOf = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.flatMap((one: unknown) => {
        if (typeof one === 'string') return [one];
        const words = typeof one === 'object' && one !== null && 'words' in one ? textOf(one.words) : null;
        return words === null ? [] : [words];
      })
    : [];

export const isCritical = ({ detail, drug }: Told): boolean => detail.critical === true || isCriticalDrug(drug);

/** When harm is foreseen, ms; what nothing is foreseen of comes last. */
export const harmAtOf = ({ detail }: Told): number => timeOf(detail.harmAt) ?? Number.POSITIVE_INFINITY;

export function factsOf(alert: Told): AlertFacts {
  const { detail } = alert;
  return {
    critical: isCritical(alert),
    emptyAt: timeOf(detail.emptyAt) ?? timeOf(detail.predictedEmptyAt),
    harmAt: timeOf(detail.harmAt),
    harmBecause: textOf(detail.harmBecause),
    differences: [
      ...wordsOf(detail.differences),
      ...wordsOf(detail.hard),
      ...wordsOf(detail.soft),
      ...wordsOf(detail.windows),
      ...wordsOf(detail.passed),
      ...wordsOf([detail.words]),
    ],
    notChecked: wordsOf(detail.notChecked),
  };
}
