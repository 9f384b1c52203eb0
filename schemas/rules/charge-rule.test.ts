import { expect, test } from 'vitest';
import { newPumpRules, type PumpRuleState, type RuleContext, type RuleEffect } from './pump-rule-state.ts';
import { applySample } from './pump-rules.ts';

const context = (onPatient: boolean): RuleContext => ({
  ...{ epochNo: 1, onPatient, care: null },
  alertId: (seq, rule) => `${rule} ${seq}`,
});
const hour = 3_600_000;

/** A pump that is discharged over so many hours per 20 points, and charged again, as often as said. */
function discharges(hours: readonly number[], onPatient = true) {
  let state: PumpRuleState = newPumpRules();
  let seq = 0;
  let at = Date.parse('2026-11-20T08:00:00Z');
  const effects: RuleEffect[] = [];
  const sample = (batteryPct: number, mains: boolean) => {
    seq += 1;
    const times = { pumpAt: at, brokerAt: null, receivedAt: at };
    const record = { kind: 'sample' as const, seq, at: new Date(at).toISOString(), state: 'delivering' as const };
    const arrival = { seq, boot: 1, at, late: false, ...times };
    const step = applySample(state, { ...record, batteryPct, mains }, arrival, context(onPatient));
    state = step.next;
    effects.push(...step.effects);
  };
  for (const each of hours) {
    for (let part = 0; part <= 100; part += 1) {
      sample(100 - part / 5, false);
      at += (each * hour) / 100;
    }
    sample(85, true);
    at += hour;
  }
  const told = effects.filter((effect) => ('type' in effect ? effect.type : effect.id).startsWith('battery-fade'));
  return { state, told: told.map((effect) => effect.do) };
}

test.each<[string, number[], boolean, string[]]>([
  ['a good battery', [2, 2, 2], true, []],
  ['worn once is not worn', [1], true, []],
  ['worn on two discharges running', [1, 1], true, ['raise']],
  ['told once', [1, 1, 1], true, ['raise']],
  ['a new battery ends it', [1, 1, 2], true, ['raise', 'end']],
  ['on the bench', [1, 1], false, []],
])('%s', (_, hours, onPatient, expected) => {
  expect(discharges(hours, onPatient).told).toEqual(expected);
});

test('what is remembered survives being kept as JSON', () => {
  const { state } = discharges([1]);
  expect(JSON.parse(JSON.stringify(state.battery))).toEqual(state.battery);
  expect(state.battery?.hours).toHaveLength(1);
});
