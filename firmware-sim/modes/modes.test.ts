import { describe, expect, test } from 'vitest';
import { continuous } from './continuous.ts';
import { intermittent } from './intermittent.ts';
import { loading } from './loading.ts';
import { multistep } from './multistep.ts';
import { answerDemand, pca } from './pca.ts';
import { type Phase, plannedMl } from './phase.ts';
import { ramp } from './ramp.ts';
import { earlyRampDown, taper } from './taper.ts';

/** Phases as a table: what runs, at which rate, for how many minutes or mL. */
const table = (phases: readonly Phase[]) =>
  phases.map(({ run, rateMlPerH, end }) => [
    run,
    Math.round(rateMlPerH * 10) / 10,
    end.after === 'duration' ? `${end.ms / 60_000} min` : end.after === 'volume' ? `${end.ml} mL` : 'until stopped',
  ]);

test.each([
  ['continuous', continuous({ rateMlPerH: 120, vtbiMl: 250 }), [['delivering', 120, '250 mL']]],
  [
    'continuous with a delayed start',
    continuous({ rateMlPerH: 50, vtbiMl: 50, delayMin: 5 }),
    [
      ['standby', 0, '5 min'],
      ['delivering', 50, '50 mL'],
    ],
  ],
  [
    'intermittent, keeping the vein open between doses',
    intermittent({ rateMlPerH: 120, doseMl: 60, everyMin: 360, doses: 3, kvoMlPerH: 0.5 }),
    [
      ['delivering', 120, '60 mL'],
      ['kvo', 0.5, '330 min'],
      ['delivering', 120, '60 mL'],
      ['kvo', 0.5, '330 min'],
      ['delivering', 120, '60 mL'],
    ],
  ],
  [
    'taper of 2,000 mL in 12 h with 2 h tapers',
    taper({ totalMl: 2000, totalMin: 720, taperMin: 120 }),
    [
      ['delivering', 52.6, '60 min'],
      ['delivering', 105.3, '60 min'],
      ['delivering', 210.5, '480 min'],
      ['delivering', 105.3, '60 min'],
      ['delivering', 52.6, '60 min'],
    ],
  ],
  [
    'ramp',
    ramp({ ratesMlPerH: [35, 70, 140], stepMin: 30, vtbiMl: 100 }),
    [
      ['delivering', 35, '30 min'],
      ['delivering', 70, '30 min'],
      ['delivering', 140, '47.5 mL'],
    ],
  ],
  [
    'ramp whose volume is in before the last step',
    ramp({ ratesMlPerH: [60, 120, 240], stepMin: 60, vtbiMl: 90 }),
    [
      ['delivering', 60, '60 min'],
      ['delivering', 120, '30 mL'],
    ],
  ],
  [
    'multistep',
    multistep([
      { rateMlPerH: 150, durationMin: 60 },
      { rateMlPerH: 75, volumeMl: 800 },
    ]),
    [
      ['delivering', 150, '60 min'],
      ['delivering', 75, '800 mL'],
    ],
  ],
  [
    'loading and continuous',
    loading({ loadingRateMlPerH: 60, loadingMl: 10, rateMlPerH: 10.5, vtbiMl: 250 }),
    [
      ['delivering', 60, '10 mL'],
      ['delivering', 10.5, '240 mL'],
    ],
  ],
  ['PCA', pca({ basalMlPerH: 1, demandMl: 1, lockoutMin: 8, maxMlPer4H: 40 }), [['delivering', 1, 'until stopped']]],
])('%s', (_, phases, expected) => {
  expect(table(phases)).toEqual(expected);
});

test('a taper delivers its whole volume', () => {
  expect(plannedMl(taper({ totalMl: 2000, totalMin: 720, taperMin: 120 }))).toBeCloseTo(2000, 8);
});

test('a step without an end is refused', () => {
  expect(() => multistep([{ rateMlPerH: 1 }])).toThrow('step 1 has neither a volume nor a duration');
});

test.each([
  [0, 3],
  [2, 3],
  [3, null],
  [4, null],
])('an early ramp-down from phase %i goes to phase %s', (running, expected) => {
  expect(earlyRampDown(taper({ totalMl: 2000, totalMin: 720, taperMin: 120 }), running)).toBe(expected);
});

describe('a demand', () => {
  const settings = { basalMlPerH: 1, demandMl: 1, lockoutMin: 8, maxMlPer4H: 6 };
  const minute = 60_000;
  test.each([
    ['first', [], 0, { result: 'given', ml: 1 }],
    ['within the lockout', [0], 8 * minute - 1, { result: 'locked-out' }],
    ['at the end of the lockout', [0], 8 * minute, { result: 'given', ml: 1 }],
    ['over the four-hour maximum, basal counted', [0, 10 * minute], 20 * minute, { result: 'refused' }],
    ['once the first has left the four hours', [0, 10 * minute], 240 * minute, { result: 'given', ml: 1 }],
  ])('%s', (_, given, now, expected) => {
    expect(answerDemand(settings, given, now)).toEqual(expected);
  });

  test.each([
    ['beside a clinician’s bolus that leaves room', [{ t: 0, ml: 1 }], 30 * minute, 'given'],
    ['beside one that leaves none', [{ t: 0, ml: 1.5 }], 30 * minute, 'refused'],
    ['once that one has left the four hours', [{ t: 0, ml: 1.5 }], 240 * minute, 'given'],
    ['right after a clinician’s bolus, which locks nothing out', [{ t: 0, ml: 0.5 }], minute, 'given'],
  ])('%s', (_, boluses, now, expected) => {
    expect(answerDemand(settings, [], now, boluses).result).toBe(expected);
  });
});
