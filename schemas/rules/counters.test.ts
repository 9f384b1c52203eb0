import { expect, test } from 'vitest';
import { type CounterInput, type CounterWatch, watchCounters } from './counters.ts';
import { defaultRuleSettings } from './rule-settings.ts';

const stop = (segment: number, segmentMl: number | null, totalMl: number | null, infusion = 1): CounterInput => ({
  kind: 'delivery',
  record: { infusion, segment, phase: 'stop', segmentMl, totalMl },
});
const start = (segment: number): CounterInput => ({
  kind: 'delivery',
  record: { infusion: 1, segment, phase: 'start', segmentMl: null, totalMl: null },
});
const volume = (infusedMl: number, infusion = 1): CounterInput => ({ kind: 'volume', infusion, infusedMl });
const changed: CounterInput = { kind: 'changed' };

function run(inputs: CounterInput[], seqOf: (index: number) => number = (index) => index + 1): string[] {
  let state: CounterWatch = null;
  return inputs.flatMap((input, index) => {
    const step: ReturnType<typeof watchCounters> = watchCounters(
      state,
      input,
      { epochNo: 1, seq: seqOf(index) },
      defaultRuleSettings.counters,
    );
    state = JSON.parse(JSON.stringify(step.next));
    return [...(step.over ? [`over: ${step.over}`] : []), ...(step.found ? [step.found.message] : [])];
  });
}

test.each<[string, CounterInput[], string[]]>([
  ['segments that add up', [start(1), stop(1, 10, 10), start(2), stop(2, 5, 15)], []],
  ['segments that don’t', [stop(1, 10, 10), stop(2, 5, 20)], ['Segments add up to 15 mL, the pump’s total is 20 mL']],
  ['segments that are off by a stroke', [stop(1, 10, 10.1), stop(2, 5, 15.15)], []],
  ['just beyond the tolerance', [stop(1, 10, 10.21)], ['Segments add up to 10 mL, the pump’s total is 10.21 mL']],
  ['a segment that is missing is not guessed', [stop(1, 10, 10), stop(3, 5, 40)], []],
  ['a segment without volume is not guessed', [stop(1, null, 10), stop(2, 5, 40)], []],
  ['joined in the middle', [stop(5, 10, 100)], []],
  ['the same kind twice', [stop(1, 10, 20), stop(2, 5, 30)], ['Segments add up to 10 mL, the pump’s total is 20 mL']],
  ['a total that falls', [volume(50), volume(30)], ['The total fell from 50 to 30 mL']],
  ['a total that trembles', [volume(50), volume(49.6)], []],
  [
    'a total set back without a bag change',
    [volume(50), volume(0)],
    ['The total was set back from 50 mL and no bag was changed'],
  ],
  ['a total set back by a bag change', [volume(50), changed, volume(0), volume(1)], []],
  [
    'one bag change, two resets',
    [volume(50), changed, volume(0), volume(40), volume(1)],
    ['The total was set back from 40 mL and no bag was changed'],
  ],
  ['a new infusion begins at 0', [volume(50), volume(0, 2)], []],
  [
    'a new infusion ends what was found',
    [volume(50), volume(0), volume(0, 2)],
    ['The total was set back from 50 mL and no bag was changed', 'over: another infusion'],
  ],
])('%s', (_, inputs, expected) => {
  expect(run(inputs)).toEqual(expected);
});

test('a record from the past says nothing new', () => {
  expect(run([volume(50), volume(30)], (index) => 10 - index)).toEqual([]);
});
