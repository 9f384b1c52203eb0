import { type Answer, type Body, doseFromVolume, rateFromDose } from '../rules/dose.ts';
import { parseDoseUnit, parseSingleDoseUnit } from '../rules/units.ts';
import type { OrderContent } from './order-content.ts';

// Whether the numbers of one order say the same thing. An order is refused, never put right: nobody can know which of
// two numbers that disagree was meant.

/** A field and what is wrong with it, in words for the person who entered it. */
export type OrderProblem = { path: string; message: string };

export type OrderCheck = {
  problems: OrderProblem[];
  /** Rate that was ordered or that the dose makes, mL/h; null where it can't be told. */
  rateMlPerH: number | null;
  /** What could not be compared, and why: said on screen, never skipped. */
  notChecked: string[];
};

/** Pharmacies round to what a pump can be set to; more than this is not rounding. */
const rounding = 0.02;

const near = (a: number, b: number) => Math.abs(a - b) <= rounding * Math.max(Math.abs(a), Math.abs(b));

const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 5 });
const say = (value: number) => number.format(value);

/**
 * Compares dose with rate, rate and duration with volume, total with concentration and volume.
 * @param body the patient's weight and body surface as they stand
 */
export function checkOrder(order: OrderContent, body: Body): OrderCheck {
  const problems: OrderProblem[] = [];
  const notChecked: string[] = [];
  const rate = rateOf(order, body, problems);
  if (rate !== null) compareVolume(order, rate, problems, notChecked);
  compareTotal(order, body, problems, notChecked);
  return { problems, rateMlPerH: rate, notChecked };
}

function rateOf(order: OrderContent, body: Body, problems: OrderProblem[]): number | null {
  const { doseRate, doseUnit, rateMlPerH } = order;
  if (doseRate === null && doseUnit === null) {
    if (rateMlPerH === null) problems.push({ path: 'doseRate', message: 'a dose rate or a rate in mL/h is needed' });
    return rateMlPerH;
  }
  if (doseRate === null) problems.push({ path: 'doseRate', message: `needed with the unit ${doseUnit}` });
  if (doseUnit === null) problems.push({ path: 'doseUnit', message: 'needed with a dose rate, such as mg/h' });
  if (doseRate === null || doseUnit === null) return rateMlPerH;
  const unit = parseDoseUnit(doseUnit);
  if (unit === null) {
    problems.push({
      path: 'doseUnit',
      message: `${JSON.stringify(doseUnit)} is no unit of a dose rate; such as mcg/kg/min`,
    });
    return rateMlPerH;
  }
  const made = rateFromDose(doseRate, unit, order.concentration, body);
  if (!made.ok) {
    problems.push(missing(made, doseUnit));
    return rateMlPerH;
  }
  if (rateMlPerH !== null && !near(made.value, rateMlPerH)) {
    const message = `${say(doseRate)} ${doseUnit} makes ${say(made.value)} mL/h, not ${say(rateMlPerH)} mL/h`;
    problems.push({ path: 'rateMlPerH', message });
  }
  return rateMlPerH ?? made.value;
}

/** Why a dose can't be turned into a rate, at the field that would help. */
function missing(answer: Extract<Answer, { ok: false }>, doseUnit: string): OrderProblem {
  const reason = answer.reason.replace(/^not checked: /, '');
  if (reason === 'no weight') {
    return {
      path: 'doseUnit',
      message: `${doseUnit} needs a weight, and this patient has none: enter the weight first`,
    };
  }
  if (reason === 'no body surface') {
    return { path: 'doseUnit', message: `${doseUnit} needs a body surface, and this patient has none: enter it first` };
  }
  if (reason === 'no concentration') return { path: 'concentration', message: `needed for a dose in ${doseUnit}` };
  return { path: reason.startsWith('concentration unit') ? 'concentration.unit' : 'concentration', message: reason };
}

function compareVolume(order: OrderContent, rate: number, problems: OrderProblem[], notChecked: string[]): void {
  const { mode, durationMin, volumeMl } = order;
  if (mode !== 'continuous') {
    notChecked.push(`rate × duration against volume: not checked, the rate of mode ${mode} changes`);
    return;
  }
  const given = (rate * durationMin) / 60;
  if (near(given, volumeMl)) return;
  const message = `${say(rate)} mL/h for ${say(durationMin / 60)} h gives ${say(given)} mL, not ${say(volumeMl)} mL`;
  problems.push({ path: 'volumeMl', message });
}

function compareTotal(order: OrderContent, body: Body, problems: OrderProblem[], notChecked: string[]): void {
  const { total, volumeMl, concentration } = order;
  if (total === null) {
    notChecked.push('total against concentration and volume: not checked, the order names no total');
    return;
  }
  const unit = parseSingleDoseUnit(total.unit);
  if (unit === null) {
    problems.push({ path: 'total.unit', message: `${JSON.stringify(total.unit)} is no unit of an amount; such as mg` });
    return;
  }
  const held = doseFromVolume(volumeMl, unit, concentration, body);
  if (!held.ok) {
    const problem = missing(held, total.unit);
    problems.push({ ...problem, path: problem.path === 'doseUnit' ? 'total.unit' : problem.path });
  } else if (!near(held.value, total.amount)) {
    const message = `${say(volumeMl)} mL hold ${say(held.value)} ${total.unit}, not ${say(total.amount)} ${total.unit}`;
    problems.push({ path: 'total.amount', message });
  }
}
