import { expect, test } from 'vitest';
import { doseWithin } from '../dose-log.ts';
import { newPumpRules } from '../pump-rule-state.ts';
import { type CareFacts, newCareFacts } from './care.ts';
import { type CheckState, newCheckState } from './check-state.ts';
import { checkTime } from './check-time.ts';
import { followCorrections, isMistaken } from './corrections.ts';

const hour = 3_600_000;
const t0 = 1_800_000_000_000;
const at = (hours: number) => t0 + hours * hour;
const span = (from: number, to: number, amount: number) => ({ from: at(from), to: at(to), amount });
const assigned = (patient: string, from: number, to: number | null) => ({
  ...{ patient, therapy: null, from: at(from), to: to === null ? null : at(to) },
});

/** Pump of A from 8 to 12 by mistake, noticed at 12; B's since 8. */
const facts = (more: Partial<CareFacts> = {}): CareFacts => ({
  ...newCareFacts(),
  assignments: [assigned('B', 8, null)],
  mistakes: [{ patient: 'A', rightly: 'B', from: at(8), to: at(12), named: [] }],
  ...more,
});

function followed(check: Partial<CheckState>, by: CareFacts): CheckState {
  const state = { ...newCheckState(), ...check };
  expect(isMistaken(state, by)).toBe(true);
  followCorrections(state, by);
  expect(isMistaken(state, by)).toBe(false);
  return state;
}

const counted = (check: CheckState, patient: string, drug = 'morphine|mass') =>
  doseWithin(check.doses.get(`${patient}|${drug}`) ?? [], at(12), 24);
const written = (check: CheckState) =>
  (check.unwritten?.doses ?? []).map(({ key, from, to, amount }) => [
    key,
    (from - t0) / hour,
    (to - t0) / hour,
    amount,
  ]);
const moved = (check: CheckState) => check.unwritten?.moved.map(({ key, from }) => [key, (from - t0) / hour]) ?? [];

test('closed spans and the running one become the right patient’s; other patients’ stay', () => {
  const doses = new Map([
    ['A|morphine|mass', [span(9, 9, 2), span(9, 10, 10)]],
    ['C|morphine|mass', [span(6, 7, 3)]],
  ]);
  const dosing = { key: 'A|morphine|mass', patient: 'A', ...span(11, 12, 7), steadyTo: at(12), steadyAmount: 7 };
  const check = followed({ doses, dosing, addedUpAt: at(12) }, facts());
  expect([counted(check, 'A'), counted(check, 'B'), counted(check, 'C')]).toEqual([0, 12, 3]);
  expect(check.dosing).toMatchObject({ key: 'B|morphine|mass', patient: 'B', amount: 7 });
  expect(check.addedUpAt).toBe(0);
  expect(moved(check)).toEqual([
    ['A|morphine|mass', 9],
    ['A|morphine|mass', 9],
    ['A|morphine|mass', 11],
  ]);
  // Two that begin together are kept as one row: none of them may write over the other.
  expect(written(check).slice(0, 2)).toEqual([
    ['B|morphine|mass', 9, 10, 12],
    ['B|morphine|mass', 9, 10, 12],
  ]);
  expect(written(check)[2]).toEqual(['B|morphine|mass', 11, 12, 7]);
});

test.each<[string, Partial<CareFacts>, Record<string, number>]>([
  ['it was A’s after all', { assignments: [assigned('A', 8, null)] }, { A: 10 }],
  [
    'A’s until 9, B’s from then on: cut there, in proportion',
    { assignments: [assigned('A', 8, 9), assigned('B', 9, null)] },
    { A: 5, B: 5 },
  ],
  ['nobody’s at the time: who stands in the correction', { assignments: [assigned('B', 11, null)] }, { B: 10 }],
  [
    'the pump named A’s therapy: it is A’s',
    { mistakes: [{ patient: 'A', rightly: 'B', from: at(8), to: at(12), named: [{ from: at(8), to: null }] }] },
    { A: 10 },
  ],
  [
    'given before the assignment and counted late',
    {
      assignments: [assigned('B', 11, null)],
      mistakes: [{ patient: 'A', rightly: 'B', from: at(11), to: at(12), named: [] }],
    },
    { B: 10 },
  ],
  [
    'counted for A before the mistake began',
    {
      assignments: [assigned('A', 8, 11), assigned('B', 11, null)],
      mistakes: [{ patient: 'A', rightly: 'B', from: at(11), to: at(12), named: [] }],
    },
    { A: 10 },
  ],
  [
    'corrected twice',
    {
      assignments: [assigned('C', 8, null)],
      mistakes: [
        { patient: 'A', rightly: 'C', from: at(8), to: at(12), named: [] },
        { patient: 'B', rightly: 'C', from: at(8), to: at(12), named: [] },
      ],
    },
    { C: 10 },
  ],
])('%s', (_, given, expected) => {
  const check = followed({ doses: new Map([['A|morphine|mass', [span(8, 10, 10)]]]) }, facts(given));
  const all = ['A', 'B', 'C'].map((patient) => [patient, counted(check, patient)] as const);
  expect(Object.fromEntries(all.filter(([, amount]) => amount > 0))).toEqual(expected);
  if (expected.A === 10) expect(check.unwritten).toBeNull();
});

test('what waits to be written as the wrong patient’s is not written', () => {
  const one = { key: 'A|morphine|mass', patient: 'A', ...span(9, 10, 10) };
  const other = { key: 'C|morphine|mass', patient: 'C', ...span(6, 7, 3) };
  const unwritten = { judgement: null, doses: [one, other], moved: [] };
  const check = followed({ doses: new Map([[one.key, [span(9, 10, 10)]]]), unwritten }, facts());
  expect(written(check)).toEqual([
    ['C|morphine|mass', 6, 7, 3],
    ['B|morphine|mass', 9, 10, 10],
  ]);
});

test('a pump that is at nobody’s side any more moves what it gave with the next second', () => {
  const check = { ...newCheckState(), doses: new Map([['A|morphine|mass', [span(8, 10, 10)]]]) };
  const context = { epochNo: 1, alertId: (_: number, rule: string) => rule, onPatient: false, care: facts() };
  const { next, effects } = checkTime({ ...newPumpRules(), check }, at(12), context);
  expect([counted(next.check, 'A'), counted(next.check, 'B')]).toEqual([0, 10]);
  expect(effects).toEqual([]);
});
