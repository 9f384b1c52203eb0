import type { LimitField } from '../library/drug-entry.ts';
import type { Limit, LimitLevel, Limits } from '../library/limit.ts';
import { limitWords } from '../library/rows.ts';
import { type Answer, above, below } from './dose.ts';
import { spellNumber, spellUnit } from './words.ts';

// One quantity against its limits: hard before soft; at the limit is inside. What can't be checked says why.

export type CheckedField =
  | LimitField
  | 'doseIn1H'
  | 'doseIn4H'
  | 'doseIn24H'
  | 'concentration'
  | 'weight'
  | 'bsa'
  | 'all';
/** As pumps say it in a `limit` record. */
export type PassedLimit = 'hard-high' | 'hard-low' | 'soft-high' | 'soft-low';

export type LimitCheck =
  | { outcome: 'inside'; field: CheckedField; unit: string; value: number }
  | { outcome: PassedLimit; field: CheckedField; unit: string; value: number; limit: number }
  | { outcome: 'not-checked'; field: CheckedField; reason: string };

const levels: readonly { level: LimitLevel; passed: PassedLimit; high: boolean }[] = [
  { level: 'hardHigh', passed: 'hard-high', high: true },
  { level: 'hardLow', passed: 'hard-low', high: false },
  { level: 'softHigh', passed: 'soft-high', high: true },
  { level: 'softLow', passed: 'soft-low', high: false },
];

/**
 * @param values what the programme does, in `unit`, at least one: the highest against high limits, the lowest against low ones
 * @param ordered what was ordered, in `unit`, asked only where a limit is relative to it
 * @returns one result, and a second one where limits relative to the order could not be checked
 */
export function checkLimits(
  field: CheckedField,
  limits: Limits,
  unit: string,
  values: readonly number[],
  ordered: () => Answer,
): LimitCheck[] {
  const [highest, lowest] = [Math.max(...values), Math.min(...values)];
  let unchecked: string | null = null;
  let compared = false;
  let result: LimitCheck | null = null;
  for (const { level, passed, high } of levels) {
    const given = limits[level];
    if (given === undefined) continue;
    const limit = resolve(given, ordered);
    if (!limit.ok) {
      unchecked = limit.reason;
      continue;
    }
    compared = true;
    const value = high ? highest : lowest;
    if (result === null && (high ? above(value, limit.value) : below(value, limit.value))) {
      result = { outcome: passed, field, unit, value, limit: limit.value };
    }
  }
  const checks: LimitCheck[] = [];
  if (result) checks.push(result);
  else if (compared) checks.push({ outcome: 'inside', field, unit, value: highest });
  if (unchecked !== null) checks.push({ outcome: 'not-checked', field, reason: unchecked });
  return checks;
}

function resolve(limit: Limit, ordered: () => Answer): Answer {
  if (typeof limit === 'number') return { ok: true, value: limit };
  const order = ordered();
  return order.ok ? { ok: true, value: limit.ofOrder * order.value } : order;
}

/** How far a limit was passed: attempted ÷ limit; null at a limit of 0. */
export function severity(check: { value: number; limit: number }): number | null {
  return check.limit === 0 ? null : check.value / check.limit;
}

/** The name of a cumulative window. */
export function cumulativeField(hours: 1 | 4 | 24): 'doseIn1H' | 'doseIn4H' | 'doseIn24H' {
  if (hours === 1) return 'doseIn1H';
  return hours === 4 ? 'doseIn4H' : 'doseIn24H';
}

/** Whether a result passed a limit, and which kind. */
export function passedKind(check: LimitCheck): 'hard' | 'soft' | null {
  if (check.outcome === 'inside' || check.outcome === 'not-checked') return null;
  return check.outcome === 'hard-high' || check.outcome === 'hard-low' ? 'hard' : 'soft';
}

/** What the quantity is called. */
export function fieldWords(field: CheckedField): string {
  switch (field) {
    case 'doseIn1H':
      return 'dose in 1 h';
    case 'doseIn4H':
      return 'dose in 4 h';
    case 'doseIn24H':
      return 'dose in 24 h';
    case 'concentration':
    case 'weight':
      return field;
    case 'bsa':
      return 'body surface';
    case 'all':
      return 'programme';
    default:
      return limitWords[field].label;
  }
}

/** `dose rate 25 mcg/kg/min is above the hard limit of 20 mcg/kg/min` */
export function checkWords(check: LimitCheck): string {
  const name = fieldWords(check.field);
  if (check.outcome === 'not-checked') return `${name} ${check.reason}`;
  const unit = spellUnit(check.unit);
  if (check.outcome === 'inside') return `${name} ${spellNumber(check.value)} ${unit} is inside the limits`;
  const [kind, side] = check.outcome.split('-');
  const where = side === 'high' ? 'above' : 'below';
  return `${name} ${spellNumber(check.value)} ${unit} is ${where} the ${kind} limit of ${spellNumber(check.limit)} ${unit}`;
}
