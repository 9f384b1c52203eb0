import { drugKey } from '../library/drug-entry.ts';
import { defaultGuidance, type GuidanceText, guidanceTypes } from './default-guidance.ts';

/** The type under which guidance for an alert stands: its own, the longest beginning of its code, or `other`. */
export function guidanceTypeOf(alertType: string): string {
  const fitting = guidanceTypes.filter(
    (type) => type === alertType || (type.startsWith('MDC_') && alertType.startsWith(type)),
  );
  return fitting.sort((a, b) => b.length - a.length)[0] ?? 'other';
}

/** What a type is called on screen. */
export function guidanceTitle(type: string): string {
  return defaultGuidance.find((one) => one.type === type && one.drug === null)?.title ?? type;
}

/** The default for a type and drug. */
export function defaultFor(type: string, drug: string | null): GuidanceText {
  const of = defaultGuidance.filter((one) => one.type === type);
  const found = of.find((one) => one.drug !== null && one.drug === drug) ?? of.find((one) => one.drug === null);
  const last = defaultGuidance.at(-1);
  if (found) return found;
  if (!last) throw new Error('there is no default guidance');
  return last;
}

/**
 * What to show for an alert: published for its type and drug, else for its type, else the default. What a pharmacist
 * published for a type outranks any default, also one for the drug.
 */
export function chooseGuidance<P extends { type: string; drug: string | null }>(
  alert: { type: string; drug: string | null },
  published: readonly P[],
): { by: 'published'; guidance: P } | { by: 'default'; guidance: GuidanceText } {
  const type = guidanceTypeOf(alert.type);
  const drug = alert.drug === null ? null : drugKey(alert.drug);
  const of = published.filter((one) => one.type === type);
  const chosen = of.find((one) => drug !== null && one.drug === drug) ?? of.find((one) => one.drug === null);
  return chosen ? { by: 'published', guidance: chosen } : { by: 'default', guidance: defaultFor(type, drug) };
}
