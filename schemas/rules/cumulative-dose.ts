import type { DrugEntry } from '../library/drug-entry.ts';
import { type Answer, type Body, bodySize } from './dose.ts';
import { type DoseLog, doseWithin } from './dose-log.ts';
import type { Finding } from './finding.ts';
import { checkLimits, checkWords, cumulativeField, type LimitCheck, passedKind } from './limit-check.ts';
import { amountUnits, parseSingleDoseUnit } from './units.ts';

// Doses of one patient and drug in 1, 4 and 24 h, over infusions and boluses, against the library's maximum.

type Limits = DrugEntry['limits']['cumulative'];

/** What the rule remembers: the worst limit passed. */
export type CumulativeWatch = { passed: 'soft' | 'hard' } | null;

/** A passed limit counts as over again only below this part of it, so that a value at the edge doesn't flap. */
const clearPart = 0.98;

/**
 * Each window against its limits at a moment.
 * @param log in the smallest unit of the first window's kind, as dose-measure.ts adds it up
 */
export function checkCumulativeDose(log: DoseLog, limits: Limits, body: Body, now: number): LimitCheck[] {
  return limits.flatMap((given) => {
    const field = cumulativeField(given.hours);
    const amount = amountIn(log, limits[0], given, body, now);
    if (!amount.ok) return [{ outcome: 'not-checked', field, reason: amount.reason } as const];
    return checkLimits(field, given, given.unit, [amount.value], () => ({
      ok: false,
      reason: 'not checked: no order',
    }));
  });
}

function amountIn(
  log: DoseLog,
  first: Limits[number] | undefined,
  given: Limits[number],
  body: Body,
  now: number,
): Answer {
  const unit = parseSingleDoseUnit(given.unit);
  if (!unit) return { ok: false, reason: `not checked: unit ${JSON.stringify(given.unit)} is unknown` };
  const added = parseSingleDoseUnit(first?.unit ?? given.unit);
  if (added && amountUnits[added.amount].kind !== amountUnits[unit.amount].kind) {
    return { ok: false, reason: `not checked: doses are added up in ${added.amount}, not in ${unit.amount}` };
  }
  const size = bodySize(unit.per, body);
  if (!size.ok) return size;
  return { ok: true, value: doseWithin(log, now, given.hours) / amountUnits[unit.amount].factor / size.value };
}

/**
 * One step, after each dose and at each tick.
 * @returns `found` when a limit is passed, and again when a hard one follows a soft one (`worsened`)
 */
export function watchCumulativeDose(
  state: CumulativeWatch,
  drug: string,
  log: DoseLog,
  limits: Limits,
  body: Body,
  now: number,
): { next: CumulativeWatch; found: Finding | null; worsened: boolean; over: string | null; checks: LimitCheck[] } {
  const checks = checkCumulativeDose(log, limits, body, now);
  const hard = checks.filter((check) => passedKind(check) === 'hard');
  const soft = checks.filter((check) => passedKind(check) === 'soft');
  const passed = hard.length > 0 ? 'hard' : soft.length > 0 ? 'soft' : null;
  const worst = hard[0] ?? soft[0];
  if (passed && worst && (state === null || (state.passed === 'soft' && passed === 'hard'))) {
    const found: Finding = {
      type: 'cumulative-dose',
      priority: passed === 'hard' ? 'high' : 'medium',
      message: `${drug}: ${checkWords(worst)}`,
      detail: { windows: checks.map((check) => ({ ...check, words: checkWords(check) })) },
    };
    return { next: { passed }, found, worsened: state !== null, over: null, checks };
  }
  if (state === null) return { next: null, found: null, worsened: false, over: null, checks };
  const near = checkCumulativeDose(log, limits.map(lowered), body, now);
  const over = near.every((check) => passedKind(check) === null);
  return { next: over ? null : state, found: null, worsened: false, over: over ? 'below the limits' : null, checks };
}

function lowered(given: Limits[number]): Limits[number] {
  const part = (limit: typeof given.softHigh) => (typeof limit === 'number' ? limit * clearPart : limit);
  return { ...given, softHigh: part(given.softHigh), hardHigh: part(given.hardHigh) };
}

/**
 * When the running rate will pass the hard limit of a window, ms, or null when it will not within a day.
 * @param amountPerH in the log's unit
 */
export function hardLimitAt(log: DoseLog, limits: Limits, body: Body, now: number, amountPerH: number): number | null {
  if (!(amountPerH > 0)) return null;
  const ends = now + 24 * 3_600_000;
  const going = [...log, { from: now, to: ends, amount: amountPerH * 24 }];
  const passedAt = (at: number) =>
    checkCumulativeDose(going, limits, body, at).some((check) => passedKind(check) === 'hard');
  for (let at = now; at <= ends; at += 60_000) if (passedAt(at)) return at;
  return null;
}
