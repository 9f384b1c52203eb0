import { expect, test } from 'vitest';
import type { AlarmRecord, SampleRecord } from '../messages/record.ts';
import { type Arrival, newPumpRules, type PumpRuleState, type RuleContext, type RuleStep } from './pump-rule-state.ts';
import { applyAlarm, applyRejected, applySample } from './pump-rules.ts';

const noon = Date.UTC(2026, 10, 22, 12);
const context: RuleContext = { epochNo: 1, alertId: (seq, rule) => `${seq} ${rule}`, onPatient: true, care: null };
const infusion = { infusion: 1, rateMlPerH: 0, infusedMl: 5 };

/** Plays records 10 s apart. @returns what each says, in words */
function play(given: Partial<RuleContext> = {}) {
  let state: PumpRuleState = newPumpRules();
  let seq = 0;
  const arrival = (more: Partial<Arrival>): Arrival => {
    seq += 1;
    const at = noon + seq * 10_000;
    const times = { at, pumpAt: at, brokerAt: null, receivedAt: at };
    return { seq, boot: 1, ...times, late: false, complete: true, ...more };
  };
  const take = ({ next, effects }: RuleStep): string[] => {
    state = next;
    return effects.map((effect) =>
      effect.do === 'raise' ? `${effect.type} ${effect.priority}` : effect.do === 'end' ? effect.reason : effect.do,
    );
  };
  const mine = { ...context, ...given };
  return {
    sample(said: SampleRecord['state'], more: Partial<Arrival> = {}): string[] {
      const at = arrival(more);
      return take(applySample(state, { kind: 'sample', seq: at.seq, at: '', state: said, ...infusion }, at, mine));
    },
    alarm(phase: AlarmRecord['phase'], more: Partial<Arrival> = {}): string[] {
      const at = arrival(more);
      const record = { kind: 'alarm', seq: at.seq, at: '', alarm: 1, code: 'MDC_EVT_FLUID_LINE_OCCL', phase } as const;
      return take(applyAlarm(state, record, at, mine));
    },
    rejectedAlarm: () =>
      take(applyRejected(state, { onAlarmLane: true, kind: 'alarm', reason: 'bad' }, arrival({}), mine)),
  };
}

const untold = 'unknown-alarm high';

test('a pump that says alarm twice, of which none is known, is an alert until it says something else', () => {
  const bed = play();
  expect(bed.sample('delivering')).toEqual([]);
  expect(bed.sample('alarm')).toEqual([]);
  expect(bed.sample('alarm')).toEqual([untold]);
  expect(bed.sample('alarm')).toEqual([]);
  expect(bed.sample('stopped')).toEqual(['the pump no longer says alarm']);
});

test('the alarm that comes in after all takes its place', () => {
  const bed = play();
  bed.sample('alarm');
  expect(bed.sample('alarm')).toEqual([untold]);
  expect(bed.alarm('start')).toEqual([expect.stringMatching(/^MDC_EVT_FLUID_LINE_OCCL/)]);
  expect(bed.sample('alarm')).toEqual(['the alarm came in']);
});

test('a known alarm explains the state, and for a sample after its end still does', () => {
  const bed = play();
  bed.alarm('start');
  expect([bed.sample('alarm'), bed.sample('alarm')]).toEqual([[], []]);
  bed.alarm('end');
  expect(bed.sample('alarm')).toEqual([]);
  expect(bed.sample('alarm')).toEqual([untold]);
});

test.each<[string, Partial<Arrival>]>([
  ['comes late', { late: true }],
  ['came ahead of what may hold the alarm', { complete: false }],
])('a sample that %s proves nothing', (_what, more) => {
  const bed = play();
  bed.sample('alarm');
  expect(bed.sample('alarm', more)).toEqual([]);
});

test('neither does one of a pump on the bench, nor of one whose unreadable alarm was told', () => {
  const bench = play({ onPatient: false });
  bench.sample('alarm');
  expect(bench.sample('alarm')).toEqual([]);
  const bed = play();
  bed.rejectedAlarm();
  bed.sample('alarm');
  expect(bed.sample('alarm')).toEqual([]);
});
