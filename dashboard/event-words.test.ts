import { expect, test } from 'vitest';
import { type Entry, entryWords, modeWord, pcaOf, stepsOf } from './event-words.ts';

const words = (kind: Entry['kind'], detail: Entry['detail']) =>
  entryWords({ at: '2026-11-26T10:00:00Z', kind, late: false, detail } as Entry);

test.each<[Entry['kind'], Entry['detail'], string]>([
  [
    'alarm',
    { code: 'MDC_EVT_FLUID_LINE_OCCL', phase: 'start', priority: 'high' },
    'Downstream occlusion began · high on the pump',
  ],
  ['alarm', { code: 'MAKER_E17', phase: 'end' }, 'MAKER_E17 ended'],
  ['alarm', { phase: 'end' }, 'Alarm without a code ended'],
  ['delivery', { phase: 'stop', segmentMl: 34.8, reason: 'transition' }, 'Stopped · 34.8 mL · reason: rate change'],
  [
    'programme',
    {
      drug: 'fluorouracil',
      concentration: { amount: 45.57, unit: 'mg', perMl: 1 },
      doseRate: 13.44,
      doseUnit: 'g/day',
    },
    'fluorouracil · 45.57 mg/mL · 13.44 g/day',
  ],
  ['action', { by: null, action: 'offer' }, 'Dripwatch: asked the next people'],
  ['action', { by: null, action: 'lapse' }, 'Dripwatch: found that it lapsed: nobody has it'],
  ['device', { event: 'set-changed', bagMl: 1032 }, 'set changed · bag 1,032 mL'],
  ['device', { event: 'battery', batteryPct: 20, coldStart: true }, 'battery · battery 20 % · cold start yes'],
  [
    'limit',
    { field: 'maxMlPer4H', attempted: 45, limit: 40, limitType: 'hard-high', response: 'cancel' },
    'dose in 4 h 45 against hard high 40 · answered: cancel',
  ],
])('%s %j is told in plain words', (kind, detail, expected) => {
  expect(words(kind, detail)).toBe(expected);
});

test('steps, PCA and modes are told as people say them', () => {
  const steps = [{ rateMlPerH: 150, durationMin: 30 }, { rateMlPerH: 75, volumeMl: 900 }, { rateMlPerH: 50 }];
  expect(stepsOf(steps)).toBe('150 mL/h for 30 min, then 75 mL/h for 900 mL, then 50 mL/h');
  expect(pcaOf({ demandMl: 1, lockoutMin: 8, maxMlPer4H: 30 })).toBe('1 mL, lockout 8 min, at most 30 mL in 4 h');
  expect([stepsOf([]), stepsOf(null), pcaOf({}), pcaOf(undefined)]).toEqual([null, null, null, null]);
  expect([modeWord('pca'), modeWord('multistep')]).toEqual(['PCA', 'multistep']);
});
