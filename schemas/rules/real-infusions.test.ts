import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { libraryContent } from '../library/library.ts';
import { concentrationFrom } from './dose.ts';
import { indexLibrary } from './library-index.ts';
import { orderNumbers } from './order.ts';
import { judgeProgramme } from './programme-against-library.ts';
import { judgeAgainstOrder, orderFinding } from './programme-against-order.ts';
import { defaultRuleSettings } from './rule-settings.ts';
import { parseDoseUnit } from './units.ts';

const file = new URL('../../firmware-sim/data/real-infusions/infusions.csv', import.meta.url);
const [header = '', ...lines] = readFileSync(file, 'utf8').trim().split('\n');
const names = header.split(',');
const rows = lines
  .map((line) => Object.fromEntries(line.split(',').map((cell, index) => [names[index] ?? '', cell])))
  .filter((row) => Number(row.dose) > 0 && Number(row.rate_ml_h) > 0);
const firsts = [...new Map([...rows].reverse().map((row) => [row.infusion ?? '', row])).values()].map((row) => {
  const unit = parseDoseUnit(row.dose_unit ?? '');
  const weightKg = row.weight_kg ? Number(row.weight_kg) : null;
  const [dose, rateMlPerH] = [Number(row.dose), Number(row.rate_ml_h)];
  const amount = unit && concentrationFrom(dose, unit, rateMlPerH, { weightKg });
  if (!unit || !amount?.ok) throw new Error(JSON.stringify(row));
  const concentration = { amount: amount.value, unit: unit.amount, perMl: 1 };
  return { drug: row.drug ?? '', doseUnit: row.dose_unit ?? '', dose, rateMlPerH, weightKg, concentration };
});

test('505 real infusions: each charted rate is at its charted dose’s limit, which is inside; 24 times is hard', () => {
  expect(firsts).toHaveLength(505);
  for (const { drug, doseUnit, dose, rateMlPerH, weightKg, concentration } of firsts) {
    const limits = { hardLow: dose, softLow: dose, softHigh: dose, hardHigh: dose };
    const entry = { name: drug, drugClass: 'real', doseUnit, modes: ['continuous'], concentrations: [concentration] };
    const drugs = [{ ...entry, needs: weightKg ? ['weight'] : [], limits: { doseRate: limits } }];
    const index = indexLibrary(libraryContent.parse({ name: 'x', careAreas: [{ name: 'icu', drugs }] }));
    const programme = { infusion: 1, careArea: 'icu', drug, libraryVersion: 'x', concentration, weightKg };
    const judged = (rate: number) => judgeProgramme({ ...programme, rateMlPerH: rate }, index, { order: null });
    expect(judged(rateMlPerH).standing).toEqual([]);
    expect(judged(rateMlPerH).checks.map((check) => check.outcome)).toEqual(['inside']);
    expect(judged(rateMlPerH * 24).checks.map((check) => check.outcome)).toEqual(['hard-high']);
    expect(judged(rateMlPerH * (1 - 1e-7)).checks.map((check) => check.outcome)).toEqual(['hard-low']);
  }
});

test('505 real infusions: each agrees with its order by dose, and a rate that was keyed ten times too high is named', () => {
  const settings = defaultRuleSettings['programme-against-order'];
  for (const { drug, doseUnit, dose, rateMlPerH, weightKg, concentration } of firsts) {
    const order = orderNumbers.parse({ drug, doseRate: dose, doseUnit, concentration, weightKg });
    const programme = { infusion: 1, drug, concentration, weightKg, rateMlPerH };
    expect(orderFinding(judgeAgainstOrder(programme, order, settings))).toBeNull();
    const wrong = orderFinding(judgeAgainstOrder({ ...programme, rateMlPerH: rateMlPerH * 10 }, order, settings));
    expect(wrong?.priority).toBe('high');
    expect(wrong?.message).toContain('10 times the ordered');
  }
});
