import { amountUnits, parseAmountUnit, parseDoseUnit, parseSingleDoseUnit } from '../rules/units.ts';
import type { Report } from './check-library.ts';
import { type DrugEntry, limitFields } from './drug-entry.ts';
import { crossedLimits, hasLimit, type Limits, limitLevels } from './limit.ts';

/** Fields of which an order says nothing, so that nothing can be relative to it. */
const notOrdered = ['bolusDose', 'bolusRate'];

/** Limits of a drug entry: in order, in units that the drug's concentrations can be converted to. */
export function checkLimits(entry: DrugEntry, path: string, report: Report): void {
  for (const field of limitFields) {
    const given = entry.limits[field];
    if (!given) continue;
    checkRange(given, `${path}.${field}`, report);
    if ('unit' in given) checkUnit(entry, given.unit, field === 'bolusRate', `${path}.${field}.unit`, report);
    if (notOrdered.includes(field)) checkAbsolute(given, `${path}.${field}`, report);
    if (pcaFields.includes(field) && !entry.modes.includes('pca')) {
      report(`${path}.${field}`, 'a limit of PCA for a drug that is not given as PCA', 'modes holds "pca"');
    }
  }
  checkCumulative(entry, `${path}.cumulative`, report);
}

const pcaFields = ['pcaDemand', 'lockoutMin'];

function checkRange(given: Limits, path: string, report: Report): void {
  if (!hasLimit(given)) report(path, 'no limit at all', 'at least one of hardLow, softLow, softHigh, hardHigh');
  for (const { low, high } of crossedLimits(given)) {
    report(
      `${path}.${high}`,
      `crossed limits: ${low} ${spell(given, low)} is above ${high} ${spell(given, high)}`,
      'hardLow ≤ softLow ≤ softHigh ≤ hardHigh',
    );
  }
  for (const level of ['softHigh', 'hardHigh'] as const) {
    const limit = given[level];
    if (limit === 0 || (typeof limit === 'object' && limit.ofOrder === 0)) {
      report(`${path}.${level}`, 'a high limit of 0 stops everything', 'above 0');
    }
  }
}

function spell(given: Limits, level: (typeof limitLevels)[number]): string {
  const limit = given[level];
  return typeof limit === 'object' ? `${limit.ofOrder} × order` : String(limit);
}

function checkUnit(entry: DrugEntry, text: string, isRate: boolean, path: string, report: Report): void {
  const unit = isRate ? parseDoseUnit(text) : parseSingleDoseUnit(text);
  if (!unit) {
    const expected = isRate ? 'a unit such as mg/min or mL/h' : 'a unit such as mg, mcg/kg, units, mL';
    report(path, `unknown unit ${JSON.stringify(text)}`, expected);
    return;
  }
  const { kind } = amountUnits[unit.amount];
  if (kind === 'volume') return;
  const contained = entry.concentrations.map((concentration) => parseAmountUnit(concentration.unit));
  if (contained.some((other) => other !== null && amountUnits[other].kind !== kind)) {
    report(path, `a concentration can't be converted to ${text}`, 'a unit of the kind of the concentrations');
  }
  if (contained.length === 0) report(path, `no concentration for a dose in ${text}`, 'at least one concentration');
}

function checkAbsolute(given: Limits, path: string, report: Report): void {
  for (const level of limitLevels) {
    if (typeof given[level] === 'object') {
      report(`${path}.${level}`, 'a limit relative to the order, which does not say this', 'a number');
    }
  }
}

function checkCumulative(entry: DrugEntry, path: string, report: Report): void {
  const seen = new Set<number>();
  for (const [index, given] of entry.limits.cumulative.entries()) {
    const at = `${path}[${index}]`;
    if (seen.has(given.hours)) report(`${at}.hours`, `a second window of ${given.hours} h`, 'each window once');
    seen.add(given.hours);
    checkRange(given, at, report);
    checkUnit(entry, given.unit, false, `${at}.unit`, report);
    checkAbsolute(given, at, report);
    if (given.hardLow !== undefined || given.softLow !== undefined) {
      report(at, 'a low limit of a cumulative dose', 'softHigh and hardHigh only');
    }
  }
  checkKinds(entry, path, report);
  checkNested(entry, path, report);
}

/** Doses of a drug are added up in one kind of unit, whatever the window. */
function checkKinds({ limits: { cumulative } }: DrugEntry, path: string, report: Report): void {
  const [first] = cumulative;
  const wanted = first && parseSingleDoseUnit(first.unit);
  if (!first || !wanted) return;
  for (const [index, given] of cumulative.entries()) {
    const unit = parseSingleDoseUnit(given.unit);
    if (!unit || amountUnits[unit.amount].kind === amountUnits[wanted.amount].kind) continue;
    report(
      `${path}[${index}].unit`,
      `${given.unit} in ${given.hours} h, ${first.unit} in ${first.hours} h: doses are added up in one kind of unit`,
      `a unit of the kind of ${first.unit}`,
    );
  }
}

/** What may be given in 24 h can't be less than what may be given in one of them. */
function checkNested(entry: DrugEntry, path: string, report: Report): void {
  const sorted = [...entry.limits.cumulative].sort((a, b) => a.hours - b.hours);
  for (const level of ['softHigh', 'hardHigh'] as const) {
    for (const [index, longer] of sorted.entries()) {
      for (const shorter of sorted.slice(0, index)) {
        const [most, less] = [shorter[level], longer[level]];
        if (typeof most !== 'number' || typeof less !== 'number' || shorter.hours === longer.hours) continue;
        const [a, b] = [parseSingleDoseUnit(shorter.unit), parseSingleDoseUnit(longer.unit)];
        if (!a || !b || a.per !== b.per || amountUnits[a.amount].kind !== amountUnits[b.amount].kind) continue;
        if (most * amountUnits[a.amount].factor > less * amountUnits[b.amount].factor) {
          report(
            `${path}[${entry.limits.cumulative.indexOf(longer)}].${level}`,
            `crossed limits: ${less} ${longer.unit} in ${longer.hours} h is below ${most} ${shorter.unit} in ${shorter.hours} h`,
            'a longer window allows as much as a shorter one',
          );
        }
      }
    }
  }
}
