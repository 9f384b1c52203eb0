import { expect, test } from 'vitest';
import { allocateChannels } from './channels.ts';
import { checkConcentration } from './concentration.ts';
import type { ChartedAction } from './csv.ts';
import { infusionRecords } from './infusion-records.ts';

function actions(...given: [number, ChartedAction['action'], number | null, number | null][]): ChartedAction[] {
  return given.map(([offsetS, action, rateMlPerH, dose], index) => ({
    line: index + 2,
    patient: 'P1',
    infusion: 'I1',
    offsetS,
    action,
    drug: 'Heparin',
    dose,
    doseUnit: dose === null ? null : 'units/hour',
    rateMlPerH,
    weightKg: null,
  }));
}

function told(...given: Parameters<typeof actions>): string[] {
  const records = infusionRecords({ name: 'I1', patient: 'P1', actions: actions(...given) }, 1, 0, 1e9);
  return records.flatMap(({ draft }) => {
    if (draft.kind === 'programme') return [`programme ${draft.doseRate ?? ''}/${draft.rateMlPerH ?? ''}`];
    if (draft.kind !== 'delivery') return [];
    return [
      [draft.phase, draft.reason ?? draft.rateMlPerH, draft.totalMl].filter((part) => part !== undefined).join(' '),
    ];
  });
}

test.each([
  [
    'start, change, stop',
    [
      [0, 'start', 10, 20],
      [3600, 'change', 5, 10],
      [7200, 'stop', 0, 0],
    ],
    ['programme 20/10', 'start 10', 'stop transition 10', 'programme 10/5', 'start 5', 'complete 0 15'],
  ],
  [
    'pause and resume',
    [
      [0, 'start', 10, null],
      [3600, 'pause', 0, null],
      [7200, 'resume', 20, null],
      [10800, 'stop', 0, null],
    ],
    ['programme /10', 'start 10', 'stop clinician 10', 'programme /20', 'start 20', 'complete 0 30'],
  ],
  [
    'no rate charted: the dose is programmed, the volume unknown',
    [
      [0, 'start', null, 20],
      [60, 'stop', null, 0],
    ],
    ['programme 20/', 'start', 'complete'],
  ],
  [
    'a change of what does not run',
    [
      [0, 'change', 10, null],
      [3600, 'stop', 0, null],
    ],
    ['programme /10', 'start 10', 'complete 0 10'],
  ],
  [
    'two starts',
    [
      [0, 'start', 10, null],
      [3600, 'start', 20, null],
      [7200, 'pause', 0, null],
    ],
    ['programme /10', 'start 10', 'stop transition 10', 'programme /20', 'start 20', 'stop clinician 30'],
  ],
  ['a stop of what does not run', [[0, 'stop', 0, null]], ['complete 0 0']],
  [
    'a change after a stop',
    [
      [0, 'start', 10, null],
      [3600, 'stop', 0, null],
      [7200, 'change', 5, null],
    ],
    ['programme /10', 'start 10', 'stop clinician 10', 'programme /5', 'start 5'],
  ],
] as [string, Parameters<typeof actions>, string[]][])('%s', (_, given, expected) => {
  expect(told(...given)).toEqual(expected);
});

test('samples come between actions, in the state that runs', () => {
  const given = actions([0, 'start', 10, null], [900, 'pause', 0, null], [1800, 'stop', 0, null]);
  const records = infusionRecords({ name: 'I1', patient: 'P1', actions: given }, 1, 0, 300_000);
  const samples = records.flatMap(({ t, draft }) =>
    draft.kind === 'sample' ? [[t / 1000, draft.state, draft.infusedMl]] : [],
  );
  expect(samples).toEqual([
    [0, 'delivering', 0],
    [300, 'delivering', 0.8333],
    [600, 'delivering', 1.6667],
    [900, 'paused', 2.5],
    [1200, 'paused', 2.5],
    [1500, 'paused', 2.5],
    [1800, 'complete', 2.5],
  ]);
});

test('infusions that overlap get pumps of their own, later ones reuse them', () => {
  const span = (infusion: string, from: number, to: number) =>
    actions([from, 'start', 1, null], [to, 'stop', 0, null]).map((action) => ({ ...action, infusion }));
  const channels = allocateChannels(
    [...span('A', 0, 100), ...span('B', 100, 200), ...span('C', 150, 300), ...span('D', 201, 400)],
    'R-',
  );
  expect(channels.map(({ pump, infusions }) => [pump, infusions.map(({ name }) => name).join()])).toEqual([
    ['R-P1-1', 'A,C'],
    ['R-P1-2', 'B,D'],
  ]);
});

test.each([
  ['nothing to compare', [[null, 10]], { checked: false }],
  [
    'one rate',
    [
      [20, 10],
      [20, 10],
    ],
    { checked: true, canFail: false, failed: 0, compared: 1 },
  ],
  [
    'rates in proportion',
    [
      [20, 10],
      [40, 20.3],
    ],
    { checked: true, canFail: true, failed: 0, compared: 1 },
  ],
  [
    'a rate 3 % off',
    [
      [20, 10],
      [40, 20.6],
    ],
    { checked: true, canFail: true, failed: 1, compared: 1 },
  ],
] as const)('the concentration check: %s', (_, rows, expected) => {
  const programmes = rows.map(([doseRate, rateMlPerH]) => ({
    doseRate,
    rateMlPerH,
    doseUnit: 'units/hour',
    weightKg: null,
  }));
  expect(checkConcentration(programmes)).toEqual(expected);
});
