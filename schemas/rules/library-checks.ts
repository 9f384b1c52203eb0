import type { DrugEntry } from '../library/drug-entry.ts';
import { type Answer, convertDose, doseFromRate, doseFromVolume } from './dose.ts';
import type { IndexedEntry } from './library-index.ts';
import { checkLimits, cumulativeField, type LimitCheck } from './limit-check.ts';
import { type Order, orderedDose, orderedDuration, orderedRate } from './order.ts';
import { durationsOf, loadingStep, mostWithin, type Programme, ratesOf } from './programme.ts';
import { parseDoseUnit } from './units.ts';

// Each quantity that a library can limit, taken from a programme and checked.

const noOrder: Answer = { ok: false, reason: 'not checked: no order' };
const unknownUnit = (text: string | null | undefined): Extract<Answer, { ok: false }> => ({
  ok: false,
  reason: `not checked: dose unit ${JSON.stringify(text ?? '')} is unknown`,
});

/** A check that could not be made is a result of its own. */
export function notChecked(field: LimitCheck['field'], reason: string): LimitCheck {
  return { outcome: 'not-checked', field, reason };
}

/** Every rate of the programme. */
export function checkRate(programme: Programme, { limits }: DrugEntry, order: Order | null): LimitCheck[] {
  if (!limits.rateMlPerH) return [];
  const rates = ratesOf(programme);
  if (rates.length === 0) return [notChecked('rateMlPerH', 'not checked: no rate in the programme')];
  const ordered = () => (order ? orderedRate(order) : noOrder);
  return checkLimits('rateMlPerH', limits.rateMlPerH, 'mL/h', rates, ordered);
}

/** As programmed, and as every programmed rate says: whichever is worse counts. */
export function checkDoseRate(
  programme: Programme,
  { entry, doseUnit }: IndexedEntry,
  order: Order | null,
): LimitCheck[] {
  const limits = entry.limits.doseRate;
  if (!limits) return [];
  if (!doseUnit) return [notChecked('doseRate', unknownUnit(entry.doseUnit).reason)];
  const values: number[] = [];
  const reasons: string[] = [];
  const take = (answer: Answer) => (answer.ok ? values.push(answer.value) : reasons.push(answer.reason));
  const concentration = programme.concentration ?? null;
  if (programme.doseRate !== null && programme.doseRate !== undefined) {
    const unit = programme.doseUnit ? parseDoseUnit(programme.doseUnit) : null;
    take(
      unit
        ? convertDose(programme.doseRate, unit, doseUnit, concentration, programme)
        : unknownUnit(programme.doseUnit),
    );
  }
  // A dose with pauses runs faster than its dose rate says: only the dose rate itself is judged.
  if (programme.mode !== 'intermittent') {
    for (const rate of ratesOf(programme)) take(doseFromRate(rate, doseUnit, concentration, programme));
  }
  if (values.length === 0) {
    return [notChecked('doseRate', reasons[0] ?? 'not checked: no dose rate in the programme')];
  }
  const ordered = () => (order ? orderedDose(order, doseUnit, programme) : noOrder);
  // What is missing of body or bag has a row of its own; any other reason why a part was not compared is said here.
  const unsaid = [...new Set(reasons)].filter((reason) => !missing.includes(reason));
  return [
    ...unsaid.map((reason) => notChecked('doseRate', reason)),
    ...checkLimits('doseRate', limits, entry.doseUnit, values, ordered),
  ];
}

const missing = ['not checked: no weight', 'not checked: no body surface', 'not checked: no concentration'];

/** The loading dose and its speed, where the programme has one. */
export function checkLoading(programme: Programme, found: IndexedEntry, checks: LimitCheck[]): void {
  const { bolusDose, bolusRate } = found.entry.limits;
  if (programme.mode !== 'loading' || (!bolusDose && !bolusRate)) return;
  const step = loadingStep(programme);
  const concentration = programme.concentration ?? null;
  if (bolusDose) {
    const unit = found.bolusDoseUnit;
    const dose = unit
      ? step && doseFromVolume(step.volumeMl, unit, concentration, programme)
      : unknownUnit(bolusDose.unit);
    if (dose?.ok) checks.push(...checkLimits('bolusDose', bolusDose, bolusDose.unit, [dose.value], () => noOrder));
    else checks.push(notChecked('bolusDose', dose?.reason ?? 'not checked: no loading dose in the programme'));
  }
  if (bolusRate) {
    const unit = found.bolusRateUnit;
    const rate = unit
      ? step && doseFromRate(step.rateMlPerH, unit, concentration, programme)
      : unknownUnit(bolusRate.unit);
    if (rate?.ok) checks.push(...checkLimits('bolusRate', bolusRate, bolusRate.unit, [rate.value], () => noOrder));
    else checks.push(notChecked('bolusRate', rate?.reason ?? 'not checked: no loading rate in the programme'));
  }
}

/** Duration and volume. */
export function checkExtent(
  programme: Programme,
  { limits }: DrugEntry,
  order: Order | null,
  checks: LimitCheck[],
): void {
  if (limits.durationMin) {
    const durations = durationsOf(programme);
    const ordered = () => (order ? orderedDuration(order) : noOrder);
    if (durations.length > 0) checks.push(...checkLimits('durationMin', limits.durationMin, 'min', durations, ordered));
    else checks.push(notChecked('durationMin', 'not checked: no duration in the programme'));
  }
  if (limits.vtbiMl) {
    const volume = order?.volumeMl ?? null;
    const ordered = (): Answer => {
      if (!order) return noOrder;
      return volume === null
        ? { ok: false, reason: 'not checked: no volume in the order' }
        : { ok: true, value: volume };
    };
    if (programme.vtbiMl) checks.push(...checkLimits('vtbiMl', limits.vtbiMl, 'mL', [programme.vtbiMl], ordered));
    else checks.push(notChecked('vtbiMl', 'not checked: no volume in the programme'));
  }
}

/** What a patient can ask for, and how often. */
export function checkPca(programme: Programme, found: IndexedEntry, order: Order | null, checks: LimitCheck[]): void {
  const { pcaDemand, lockoutMin } = found.entry.limits;
  if (programme.mode !== 'pca' && !programme.pca) return;
  const concentration = programme.concentration ?? null;
  const ofOrder = (value: number | undefined): Answer =>
    value === undefined
      ? order
        ? { ok: false, reason: 'not checked: no PCA in the order' }
        : noOrder
      : { ok: true, value };
  if (pcaDemand) {
    const unit = found.demandUnit;
    const ml = programme.pca?.demandMl;
    const given = ml && unit ? doseFromVolume(ml, unit, concentration, programme) : null;
    const dose = unit ? given : unknownUnit(pcaDemand.unit);
    const ordered = () => {
      const orderedMl = ofOrder(order?.pca?.demandMl);
      return orderedMl.ok && unit && order
        ? doseFromVolume(orderedMl.value, unit, order.concentration, programme)
        : orderedMl;
    };
    if (dose?.ok) checks.push(...checkLimits('pcaDemand', pcaDemand, pcaDemand.unit, [dose.value], ordered));
    else checks.push(notChecked('pcaDemand', dose?.reason ?? 'not checked: no demand dose in the programme'));
  }
  if (lockoutMin) {
    const lockout = programme.pca?.lockoutMin;
    const ordered = () => ofOrder(order?.pca?.lockoutMin);
    if (lockout !== null && lockout !== undefined) {
      checks.push(...checkLimits('lockoutMin', lockoutMin, 'min', [lockout], ordered));
    } else checks.push(notChecked('lockoutMin', 'not checked: no lockout in the programme'));
  }
}

/** The most that the programme can give in each window; what is given is the rule of cumulative-dose.ts. */
export function checkCumulative(programme: Programme, found: IndexedEntry, checks: LimitCheck[]): void {
  for (const [index, limits] of found.entry.limits.cumulative.entries()) {
    const field = cumulativeField(limits.hours);
    const unit = found.cumulativeUnits[index];
    const ml = mostWithin(programme, limits.hours);
    const most = ml !== null && unit ? doseFromVolume(ml, unit, programme.concentration ?? null, programme) : null;
    const dose = unit ? most : unknownUnit(limits.unit);
    if (dose?.ok) checks.push(...checkLimits(field, limits, limits.unit, [dose.value], () => noOrder));
    else checks.push(notChecked(field, dose?.reason ?? 'not checked: the programme doesn’t say how much it can give'));
  }
}
