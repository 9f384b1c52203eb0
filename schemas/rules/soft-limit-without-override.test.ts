import { expect, test } from 'vitest';
import type { LimitCheck } from './limit-check.ts';
import {
  newSoftLimitWatch,
  type SoftLimitInput,
  type SoftLimitWatch,
  watchSoftLimits,
} from './soft-limit-without-override.ts';

const settings = { waitS: 60 };
const soft: LimitCheck[] = [{ outcome: 'soft-high', field: 'doseRate', unit: 'mcg/kg/min', value: 12, limit: 10 }];
const programme: SoftLimitInput = { kind: 'programme', infusion: 7, soft };
const limit = (change: Record<string, unknown> = {}): SoftLimitInput => ({
  kind: 'limit',
  record: { infusion: 7, field: 'doseRate', limitType: 'soft-high', response: 'override', ...change },
});
const tick: SoftLimitInput = { kind: 'time' };

/** Each input with its second; the state goes through JSON as through a restart. */
function run(...inputs: [number, SoftLimitInput][]): string[] {
  let state: SoftLimitWatch = newSoftLimitWatch();
  return inputs.flatMap(([second, input]) => {
    const step = watchSoftLimits(state, input, second * 1000, settings);
    state = JSON.parse(JSON.stringify(step.next));
    if (step.found) return [`${second}: ${step.found.priority} ${step.found.message}`];
    return step.over ? [`${second}: over, ${step.over}`] : [];
  });
}
const found = '60: medium The pump did not ask: dose rate 12 mcg/kg/min is above the soft limit of 10 mcg/kg/min';

test.each<[string, [number, SoftLimitInput][], string[]]>([
  [
    'no override',
    [
      [0, programme],
      [59, tick],
      [60, tick],
      [90, tick],
    ],
    [found],
  ],
  [
    'the override came first',
    [
      [0, limit()],
      [5, programme],
      [90, tick],
    ],
    [],
  ],
  [
    'the override came after',
    [
      [0, programme],
      [20, limit()],
      [90, tick],
    ],
    [],
  ],
  [
    'the override named no infusion',
    [
      [0, limit({ infusion: null })],
      [5, programme],
      [90, tick],
    ],
    [],
  ],
  [
    'the override is in the pump’s own words',
    [
      [0, limit({ field: 'Dose-Rate' })],
      [5, programme],
      [90, tick],
    ],
    [],
  ],
  [
    'the override is of a field unknown to us',
    [
      [0, limit({ field: 'Dosis' })],
      [5, programme],
      [90, tick],
    ],
    [],
  ],
  [
    'the override is of another field',
    [
      [-5, limit({ field: 'duration' })],
      [0, programme],
      [60, tick],
    ],
    [found],
  ],
  [
    'the override is of the other side',
    [
      [-5, limit({ limitType: 'soft-low' })],
      [0, programme],
      [60, tick],
    ],
    [found],
  ],
  [
    'the override is of another infusion',
    [
      [-5, limit({ infusion: 6 })],
      [0, programme],
      [60, tick],
    ],
    [found],
  ],
  [
    'the pump was reprogrammed instead',
    [
      [-5, limit({ response: 'reprogram' })],
      [0, programme],
      [60, tick],
    ],
    [found],
  ],
  [
    'an override of an hour ago',
    [
      [-3600, limit()],
      [0, programme],
      [60, tick],
    ],
    [found],
  ],
  [
    'the next programme is inside',
    [
      [0, programme],
      [60, tick],
      [80, { ...programme, soft: [] }],
      [200, tick],
    ],
    [found, '80: over, programmed anew'],
  ],
  [
    'the override comes very late',
    [
      [0, programme],
      [60, tick],
      [80, limit()],
      [200, tick],
    ],
    [found, '80: over, the override came'],
  ],
  [
    'a programme inside its limits',
    [
      [0, { ...programme, soft: [] }],
      [90, tick],
    ],
    [],
  ],
])('%s', (_, inputs, expected) => {
  expect(run(...inputs)).toEqual(expected);
});
