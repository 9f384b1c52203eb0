import { expect, test } from 'vitest';
import { newPump, type PumpMemory } from './fleet.ts';
import { KeptStates } from './kept-states.ts';
import { newRows } from './rows.ts';

/** Pumps of a transaction whose state was last written at 0. */
function pumps(count: number): PumpMemory[] {
  return Array.from({ length: count }, (_, n) => ({ ...newPump(`P${n}`, 0, null), mustKeep: false, keptAt: 0 }));
}

function chosen(states: KeptStates, touched: readonly PumpMemory[], now: number, ticking: boolean): PumpMemory[] {
  const rows = newRows();
  for (const pump of touched) rows.pumps.add(pump);
  states.choose(rows, now, ticking, new Map(fleet.map((pump) => [pump.pump, pump])));
  return rows.kept;
}

const fleet = pumps(65);
const few = fleet.slice(0, 64);

test.each<[string, readonly PumpMemory[], number, number]>([
  ['few pumps: all, however soon', few, 1, 64],
  ['many, within the second: none', fleet, 999, 0],
  ['many, a second later: all', fleet, 1_000, 65],
])('%s', (_what, touched, now, kept) => {
  expect(chosen(new KeptStates(), touched, now, false)).toHaveLength(kept);
});

test('what happened is written at once among many', () => {
  const [first, ...others] = fleet;
  const something = { ...(first as PumpMemory), mustKeep: true };
  expect(chosen(new KeptStates(), [something, ...others], 1, false)).toEqual([something]);
});

test('what was left is written by a later tick, once, and only while it is remembered', () => {
  const states = new KeptStates();
  const stranger = { ...(fleet[0] as PumpMemory), pump: 'GONE' };
  expect(chosen(states, [...fleet, stranger], 500, false)).toEqual([]);
  expect(chosen(states, [], 600, true)).toEqual(fleet);
  expect(chosen(states, [], 2_000, true)).toEqual([]);
});
