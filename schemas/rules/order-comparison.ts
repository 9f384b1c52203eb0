import { type Answer, convertDose, doseFromRate } from './dose.ts';
import { type Order, orderedDose, orderedDuration, orderedRate } from './order.ts';
import { durationsOf, type Programme, ratesOf } from './programme.ts';
import { amountUnits, parseAmountUnit, parseDoseUnit, spellDoseUnit } from './units.ts';

// Which numbers of a programme stand beside which of the order, in one unit.

export type OrderField =
  | 'drug'
  | 'rateMlPerH'
  | 'doseRate'
  | 'concentration'
  | 'volumeMl'
  | 'totalDose'
  | 'durationMin'
  | 'weight'
  | 'bsa'
  | 'pcaDemand'
  | 'lockoutMin'
  | 'pcaMaximum';

/** A number of the programme, and the range in which the order wants it: `low`, or more by a declared overfill. */
export type Compared =
  | { field: OrderField; actual: number; low: number; high: number; unit: string }
  | { field: OrderField; reason: string };

/** Pairs in the order in which they are told. */
export function comparisons(programme: Programme, order: Order, givenMl: number): Compared[] {
  const concentration = compareConcentration(programme, order);
  const rates = [...compareRate(programme, order, concentration), ...compareDose(programme, order)];
  // What was keyed in as a dose is told as a dose first.
  if (programme.doseRate && order.doseRate !== null) rates.reverse();
  return [
    ...rates,
    ...(concentration ? [concentration] : []),
    ...compareVolume(programme, order, givenMl),
    ...compareDuration(programme, order, givenMl),
    ...compareBody(programme, order),
    ...comparePca(programme, order),
  ];
}

/** The one of several values that is farthest from what was ordered. */
function farthest(values: readonly number[], ordered: number): number {
  const distance = (value: number) => (value > 0 ? Math.abs(Math.log(value / ordered)) : Number.POSITIVE_INFINITY);
  return values.reduce((worst, value) => (distance(value) > distance(worst) ? value : worst), values[0] ?? 0);
}

function one(field: OrderField, actual: number, ordered: Answer, unit: string): Compared {
  return ordered.ok
    ? { field, actual, low: ordered.value, high: ordered.value, unit }
    : { field, reason: ordered.reason };
}

function comparableRates(programme: Programme): number[] {
  const rates = ratesOf(programme);
  // Of steps, the fastest is compared with the one rate that was ordered.
  return programme.steps && programme.steps.length > 0 && rates.length > 0 ? [Math.max(...rates)] : rates;
}

function compareRate(programme: Programme, order: Order, concentration: Compared | null): Compared[] {
  if (order.mode === 'steps') return [{ field: 'rateMlPerH', reason: 'not checked: the order has steps' }];
  const ordered = orderedRate(order);
  // Doses with pauses: a rate is compared only where one was ordered as such.
  if (order.mode === 'intermittent' && order.rateMlPerH === null) return [];
  const rates = comparableRates(programme);
  const [first] = rates;
  if (first === undefined) return [{ field: 'rateMlPerH', reason: 'not checked: no rate in the programme' }];
  if (concentration && 'actual' in concentration && Math.abs(concentration.actual / concentration.low - 1) > 0.01) {
    return [{ field: 'rateMlPerH', reason: 'not checked: another concentration, the dose rate is compared' }];
  }
  return [one('rateMlPerH', ordered.ok ? farthest(rates, ordered.value) : first, ordered, 'mL/h')];
}

function compareDose(programme: Programme, order: Order): Compared[] {
  if (order.doseRate === null && !programme.doseRate) return compareDerivedDose(programme, order);
  const text = order.doseUnit ?? programme.doseUnit ?? '';
  const unit = parseDoseUnit(text);
  if (!unit) return [{ field: 'doseRate', reason: `not checked: dose unit ${JSON.stringify(text)} is unknown` }];
  const ordered = orderedDose(order, unit, programme);
  if (!ordered.ok) return [{ field: 'doseRate', reason: ordered.reason }];
  const concentration = programme.concentration ?? null;
  const answers: Answer[] = [];
  let keyed: Answer | null = null;
  if (programme.doseRate) {
    const own = programme.doseUnit ? parseDoseUnit(programme.doseUnit) : null;
    keyed = own
      ? convertDose(programme.doseRate, own, unit, concentration, programme)
      : { ok: false, reason: `not checked: dose unit ${JSON.stringify(programme.doseUnit ?? '')} is unknown` };
    answers.push(keyed);
  }
  if (programme.mode !== 'intermittent' && order.mode !== 'steps') {
    for (const rate of comparableRates(programme)) answers.push(doseFromRate(rate, unit, concentration, programme));
  }
  const values = answers.flatMap((answer) => (answer.ok ? [answer.value] : []));
  const reason = answers.find((answer) => !answer.ok)?.reason ?? 'not checked: no dose rate in the programme';
  if (values.length === 0) return [{ field: 'doseRate', reason }];
  const compared = one('doseRate', farthest(values, ordered.value), ordered, spellDoseUnit(unit));
  // The rate is compared, what was keyed in as a dose is not: that is said beside it.
  return keyed && !keyed.ok ? [compared, { field: 'doseRate', reason: keyed.reason }] : [compared];
}

/** Neither says a dose rate: with both concentrations known, the amount per hour is compared all the same. */
function compareDerivedDose(programme: Programme, order: Order): Compared[] {
  const amount = order.concentration ? parseAmountUnit(order.concentration.unit) : null;
  if (!amount || !programme.concentration || order.mode !== 'continuous') return [];
  const unit = { amount, per: null, time: 'h' } as const;
  const ordered = orderedDose(order, unit, programme);
  const values = comparableRates(programme).flatMap((rate) => {
    const dose = doseFromRate(rate, unit, programme.concentration ?? null, programme);
    return dose.ok ? [dose.value] : [];
  });
  if (!ordered.ok || values.length === 0) return [];
  return [one('doseRate', farthest(values, ordered.value), ordered, spellDoseUnit(unit))];
}

function compareConcentration(programme: Programme, order: Order): Compared | null {
  if (!order.concentration) return null;
  if (!programme.concentration) return { field: 'concentration', reason: 'not checked: no concentration' };
  const [own, ordered] = [programme.concentration, order.concentration];
  const [ownUnit, orderedUnit] = [parseAmountUnit(own.unit), parseAmountUnit(ordered.unit)];
  if (!ownUnit || !orderedUnit || amountUnits[ownUnit].kind !== amountUnits[orderedUnit].kind) {
    return { field: 'concentration', reason: `not checked: ${own.unit} can't be converted to ${ordered.unit}` };
  }
  const actual = (own.amount * amountUnits[ownUnit].factor) / (own.perMl * amountUnits[orderedUnit].factor);
  const wanted = ordered.amount / ordered.perMl;
  return { field: 'concentration', actual, low: wanted, high: wanted, unit: `${orderedUnit}/mL` };
}

function compareVolume(programme: Programme, order: Order, givenMl: number): Compared[] {
  const total = compareTotal(programme, order, order.volumeMl, givenMl);
  if (order.volumeMl === null) return total;
  if (!programme.vtbiMl) return [{ field: 'volumeMl', reason: 'not checked: no volume in the programme' }, ...total];
  const low = Math.max(0.1, order.volumeMl - givenMl);
  const high = order.volumeMl + order.overfillMl;
  return [{ field: 'volumeMl', actual: programme.vtbiMl, low, high, unit: 'mL' }, ...total];
}

function compareTotal(programme: Programme, order: Order, volumeMl: number | null, givenMl: number): Compared[] {
  if (!order.totalDose) return [];
  const unit = parseAmountUnit(order.totalDose.unit);
  if (!unit) {
    return [{ field: 'totalDose', reason: `not checked: unit ${JSON.stringify(order.totalDose.unit)} is unknown` }];
  }
  if (!programme.vtbiMl) return [{ field: 'totalDose', reason: 'not checked: no volume in the programme' }];
  // mL times mg/mL: a rate of that many mL in one hour gives that dose in one hour.
  const perHour = { amount: unit, per: null, time: 'h' } as const;
  const actual = doseFromRate(programme.vtbiMl, perHour, programme.concentration ?? null, programme);
  if (!actual.ok) return [{ field: 'totalDose', reason: actual.reason }];
  const { amount } = order.totalDose;
  const low = volumeMl === null ? amount : Math.max(amount * 1e-3, amount * (1 - givenMl / volumeMl));
  const high = volumeMl === null ? amount : amount * (1 + order.overfillMl / volumeMl);
  return [{ field: 'totalDose', actual: actual.value, low, high, unit }];
}

function compareDuration(programme: Programme, order: Order, givenMl: number): Compared[] {
  if (order.mode === 'pca' || order.mode === 'intermittent') return [];
  const ordered = orderedDuration(order);
  if (!ordered.ok) return [{ field: 'durationMin', reason: ordered.reason }];
  const durations = durationsOf(programme);
  if (durations.length === 0) return [{ field: 'durationMin', reason: 'not checked: no duration in the programme' }];
  const volume = order.volumeMl;
  const low = volume === null ? ordered.value : ordered.value * Math.max(0.001, 1 - givenMl / volume);
  const high = volume === null ? ordered.value : ordered.value * (1 + order.overfillMl / volume);
  return [{ field: 'durationMin', actual: farthest(durations, ordered.value), low, high, unit: 'min' }];
}

/** A dose per kg or m² is as right as the body that the pump was told. */
function compareBody(programme: Programme, order: Order): Compared[] {
  const per = parseDoseUnit(order.doseUnit ?? '')?.per ?? null;
  const sizes: [OrderField, number | null | undefined, number | null, string, boolean][] = [
    ['weight', programme.weightKg, order.weightKg, 'kg', per === 'kg'],
    ['bsa', programme.bsaM2, order.bsaM2, 'm2', per === 'm2'],
  ];
  return sizes.flatMap(([field, actual, ordered, unit, isNeeded]): Compared[] => {
    if (ordered === null) return [];
    if (actual) return [{ field, actual, low: ordered, high: ordered, unit }];
    const missing = field === 'weight' ? 'weight' : 'body surface';
    return isNeeded ? [{ field, reason: `not checked: no ${missing} in the programme` }] : [];
  });
}

function comparePca(programme: Programme, order: Order): Compared[] {
  if (!order.pca) return [];
  const { pca } = programme;
  const pairs: [OrderField, number | null | undefined, number | null, string][] = [
    ['pcaDemand', pca?.demandMl, order.pca.demandMl, 'mL'],
    ['lockoutMin', pca?.lockoutMin, order.pca.lockoutMin, 'min'],
    ['pcaMaximum', pca?.maxMlPer4H, order.pca.maxMlPer4H, 'mL'],
  ];
  return pairs.flatMap(([field, actual, ordered, unit]): Compared[] => {
    if (ordered === null) return [];
    if (!actual) return [{ field, reason: 'not checked: not in the programme' }];
    return [{ field, actual, low: ordered, high: ordered, unit }];
  });
}
