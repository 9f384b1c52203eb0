import { expect, test } from 'vitest';
import { rotaOf } from './schedule.ts';
import { dueShiftTests } from './shift-tests.ts';

const minute = 60_000;
const begin = Date.parse('2026-11-25T19:00:00Z');
const [ann, bob] = ['ann', 'bob'];
const override = (user: string, from: number, until: number) => ({
  id: `${user} ${from}`,
  user,
  from,
  until,
  madeAt: 0,
});
// Ann until 19:00, then Bob until 07:00; nobody afterwards.
const rota = rotaOf({
  layers: [],
  overrides: [override(ann, begin - 720 * minute, begin), override(bob, begin, begin + 720 * minute)],
});

test.each([
  ['16 min before', -16, []],
  ['15 min before', -15, [{ user: bob, from: begin, call: false }]],
  ['6 min before', -6, [{ user: bob, from: begin, call: false }]],
  ['5 min before', -5, [{ user: bob, from: begin, call: true }]],
  ['when it begins', 0, [{ user: bob, from: begin, call: true }]],
  ['9 min later', 9, [{ user: bob, from: begin, call: true }]],
  ['10 min later', 10, []],
  ['before nobody has it', 715, []],
])('%s: %j', (_when, minutes, due) => {
  expect(dueShiftTests([rota], begin + minutes * minute)).toEqual(due);
});

test('who goes on with a shift is not tested again, and who has two schedules is tested once', () => {
  const goesOn = rotaOf({
    layers: [],
    overrides: [override(ann, begin - 720 * minute, begin), override(ann, begin, begin + 720 * minute)],
  });
  expect(dueShiftTests([goesOn], begin - minute)).toEqual([]);
  expect(dueShiftTests([rota, rota], begin - minute)).toHaveLength(1);
});
