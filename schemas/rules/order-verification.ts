import { type Answer, doseFromRate, rateFromDose } from './dose.ts';
import { type Order, orderedDose, orderedDuration, orderedRate } from './order.ts';
import { amountUnits, parseAmountUnit, parseDoseUnit } from './units.ts';
import { spellNumber, spellUnit } from './words.ts';

// A second pharmacist verifies an order: its own numbers must agree with each other, and with what the second one read
// from the prescription without looking.

export type OrderProblem = { field: string; what: string; expected: string };

/** Rates are rounded by those who prescribe them: 2 % apart is the same. */
const roundedPct = 2;

const differ = (a: number, b: number) => Math.abs(a / b - 1) * 100 > roundedPct;

/** Where the numbers of an order contradict each other, or are missing. */
export function orderProblems(order: Order): OrderProblem[] {
  const problems: OrderProblem[] = [];
  const report = (field: string, what: string, expected: string) => problems.push({ field, what, expected });
  const told = (value: number, unit: string) => `${spellNumber(value)} ${spellUnit(unit)}`;
  const unit = order.doseUnit === null ? null : parseDoseUnit(order.doseUnit);
  if (order.doseRate !== null && !unit) {
    report(
      'doseUnit',
      `unknown dose unit ${JSON.stringify(order.doseUnit ?? '')}`,
      'a unit such as mg/h or mcg/kg/min',
    );
  }
  if (order.doseRate === null && order.rateMlPerH === null && order.totalDose === null && order.pca === null) {
    report('doseRate', 'neither a dose nor a rate', 'a dose rate, a rate in mL/h, or a total dose');
  }
  if (order.volumeMl === null) report('volumeMl', 'no volume', 'the volume in mL');
  if (order.durationMin === null && order.mode !== 'pca') report('durationMin', 'no duration', 'the duration in min');
  if (order.concentration && !parseAmountUnit(order.concentration.unit)) {
    report(
      'concentration',
      `unknown unit ${JSON.stringify(order.concentration.unit)}`,
      Object.keys(amountUnits).join(', '),
    );
  }
  if (order.mode === 'continuous' && order.volumeMl !== null && order.durationMin !== null) {
    const byVolume = order.volumeMl / (order.durationMin / 60);
    if (order.rateMlPerH !== null && differ(order.rateMlPerH, byVolume)) {
      const what = `${told(order.volumeMl, 'mL')} in ${told(order.durationMin / 60, 'h')} is ${told(byVolume, 'mL/h')}`;
      report('rateMlPerH', what, `the ordered ${told(order.rateMlPerH, 'mL/h')}`);
    }
    if (order.doseRate !== null && unit) {
      const byDose = rateFromDose(order.doseRate, unit, order.concentration, order);
      if (!byDose.ok) report('doseRate', byDose.reason, 'what the dose unit needs');
      else if (differ(byDose.value, byVolume)) {
        const what = `${told(order.doseRate, order.doseUnit ?? '')} is ${told(byDose.value, 'mL/h')}`;
        report('doseRate', what, `${told(byVolume, 'mL/h')}, as volume and duration say`);
      }
    }
  } else if (order.doseRate !== null && unit && order.rateMlPerH !== null && order.mode !== 'intermittent') {
    const dose = doseFromRate(order.rateMlPerH, unit, order.concentration, order);
    if (!dose.ok) report('doseRate', dose.reason, 'what the dose unit needs');
    else if (differ(dose.value, order.doseRate)) {
      const what = `${told(order.rateMlPerH, 'mL/h')} is ${told(dose.value, order.doseUnit ?? '')}`;
      report('doseRate', what, `the ordered ${told(order.doseRate, order.doseUnit ?? '')}`);
    }
  }
  checkTotal(order, report, told);
  return problems;
}

function checkTotal(
  order: Order,
  report: (field: string, what: string, expected: string) => void,
  told: (value: number, unit: string) => string,
): void {
  if (!order.totalDose || order.volumeMl === null) return;
  const unit = parseAmountUnit(order.totalDose.unit);
  if (!unit) {
    report('totalDose', `unknown unit ${JSON.stringify(order.totalDose.unit)}`, Object.keys(amountUnits).join(', '));
    return;
  }
  const held = doseFromRate(order.volumeMl, { amount: unit, per: null, time: 'h' }, order.concentration, order);
  if (!held.ok) report('totalDose', held.reason, 'a concentration');
  else if (differ(held.value, order.totalDose.amount)) {
    const what = `${told(order.volumeMl, 'mL')} hold ${told(held.value, unit)}`;
    report('totalDose', what, `the ordered ${told(order.totalDose.amount, order.totalDose.unit)}`);
  }
}

/** What the second pharmacist read: the order's numbers, entered again. */
export type SecondEntry = { by: string; order: Order };

/** Whether an order may count: sound in itself, read the same by another person. */
export function verifyOrder(first: { by: string; order: Order }, second: SecondEntry): OrderProblem[] {
  if (first.by === second.by) {
    return [{ field: 'by', what: 'who wrote an order can’t verify it', expected: 'a second pharmacist' }];
  }
  const problems = orderProblems(first.order);
  const apart = (field: string, what: string) =>
    problems.push({ field, what: `${what}: the two entries differ`, expected: 'the same in both' });
  const [a, b] = [first.order, second.order];
  if (a.drug !== b.drug) apart('drug', `${a.drug}, ${b.drug}`);
  if (!sameAmount(a.concentration, b.concentration)) apart('concentration', 'concentration');
  if (!sameAnswer(doseOf(a, a), doseOf(b, a))) apart('doseRate', 'dose');
  if (JSON.stringify(a.pca) !== JSON.stringify(b.pca)) apart('pca', 'PCA settings');
  if (a.volumeMl !== b.volumeMl) apart('volumeMl', 'volume');
  if (!sameAnswer(orderedDuration(a), orderedDuration(b))) apart('durationMin', 'duration');
  return problems;
}

/** The dose of an entry in the first entry's terms: its dose rate, its total dose, or its rate. */
function doseOf(order: Order, first: Order): Answer {
  if (first.doseRate !== null && first.doseUnit !== null) {
    const unit = parseDoseUnit(first.doseUnit);
    return unit ? orderedDose(order, unit, order) : { ok: false, reason: 'not checked: unknown dose unit' };
  }
  if (first.rateMlPerH !== null) return orderedRate(order);
  const unit = order.totalDose ? parseAmountUnit(order.totalDose.unit) : null;
  if (!order.totalDose || !unit) return { ok: false, reason: 'not checked: no total dose' };
  return { ok: true, value: order.totalDose.amount * amountUnits[unit].factor };
}

function sameAnswer(a: Answer, b: Answer): boolean {
  if (!a.ok || !b.ok) return a.ok === b.ok;
  return Math.abs(a.value / b.value - 1) < 1e-9;
}

function sameAmount(a: Order['concentration'], b: Order['concentration']): boolean {
  if (!a || !b) return a === b;
  const [aUnit, bUnit] = [parseAmountUnit(a.unit), parseAmountUnit(b.unit)];
  if (!aUnit || !bUnit || amountUnits[aUnit].kind !== amountUnits[bUnit].kind) return false;
  const perMl = (given: typeof a, factor: number) => (given.amount * factor) / given.perMl;
  return Math.abs(perMl(a, amountUnits[aUnit].factor) / perMl(b, amountUnits[bUnit].factor) - 1) < 1e-9;
}
