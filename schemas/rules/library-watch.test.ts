import { expect, test } from 'vitest';
import { judgeLibrary, type PumpLibrary } from './library-watch.ts';
import { newPumpRules, type PumpRuleState, type RuleContext } from './pump-rule-state.ts';

const hour = 3_600_000;
const context: RuleContext = { epochNo: 1, alertId: (seq, rule) => `${seq} ${rule}`, onPatient: true, care: null };
const other: PumpLibrary = { installed: 'A-1', assigned: 'A-2', assignedAt: 0, graceH: 24 };

/** Judges each moment in turn. @returns what was raised or ended, and when (h) */
function watch(moments: [number, Partial<PumpLibrary & { onBench: boolean; heardAt: number | null }>][]) {
  let state: PumpRuleState = newPumpRules();
  const told: [number, string][] = [];
  for (const [at, { heardAt = at * hour, ...change }] of moments) {
    state = { ...state, contactAt: heardAt };
    const step = judgeLibrary(state, at * hour, { ...other, onBench: false, ...change }, context);
    state = step.next;
    for (const effect of step.effects) told.push([at, effect.do]);
  }
  return told;
}

test.each<[string, Parameters<typeof watch>[0], [number, string][]]>([
  ['within the grace time', [[23.9, {}]], []],
  [
    'after the grace time, once',
    [
      [24, {}],
      [30, {}],
    ],
    [[24, 'raise']],
  ],
  ['not heard since it was assigned', [[48, { heardAt: -1 }]], []],
  ['never heard', [[48, { heardAt: null }]], []],
  ['nothing is assigned', [[48, { assigned: null }]], []],
  ['it has it', [[48, { installed: 'A-2' }]], []],
  ['on the bench', [[48, { onBench: true }]], []],
  [
    'over once it has it',
    [
      [24, {}],
      [25, { installed: 'A-2' }],
      [26, { installed: 'A-2' }],
    ],
    [
      [24, 'raise'],
      [25, 'end'],
    ],
  ],
  [
    'over once nothing is assigned',
    [
      [24, {}],
      [25, { assigned: null }],
    ],
    [
      [24, 'raise'],
      [25, 'end'],
    ],
  ],
  [
    'over on the bench',
    [
      [24, {}],
      [25, { onBench: true }],
    ],
    [
      [24, 'raise'],
      [25, 'end'],
    ],
  ],
  [
    'still so when another one is assigned',
    [
      [24, {}],
      [25, { assigned: 'A-3', assignedAt: 24.5 * hour }],
    ],
    [[24, 'raise']],
  ],
])('another library than assigned: %s', (_name, moments, expected) => {
  expect(watch(moments)).toEqual(expected);
});
