import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Callable, callingGroup, callingGroups, inCallingOrder } from './calling-order.ts';

const pump = (id: string, more: Partial<Callable> = {}): Callable => ({
  ...{ pump: id, critical: false, silent: false, running: false, emptyAt: null },
  ...more,
});

test.each<[Partial<Callable>, string]>([
  [{ critical: true, silent: true, running: false }, 'critical'],
  [{ critical: true, running: true }, 'critical'],
  [{ critical: true }, 'critical'],
  [{ silent: true, running: true }, 'silent'],
  [{ silent: true }, 'silent'],
  [{ running: true }, 'running'],
  [{}, 'not-running'],
])('%o is called with the %s ones', (more, expected) => {
  expect(callingGroup(pump('P', more))).toBe(expected);
});

test('first ★, silent ones of them ahead, then silent, then running; within each the bag that is empty soonest', () => {
  const given = [
    pump('rest'),
    pump('run-late', { running: true, emptyAt: 900 }),
    pump('run-unknown', { running: true }),
    pump('run-soon', { running: true, emptyAt: 100 }),
    pump('silent-b', { silent: true }),
    pump('silent-a', { silent: true, emptyAt: 50 }),
    pump('star-late', { critical: true, running: true, emptyAt: 500 }),
    pump('star-soon', { critical: true, running: true, emptyAt: 10 }),
    pump('star-silent', { critical: true, silent: true, emptyAt: 800 }),
  ];
  expect(inCallingOrder(given).map((one) => one.pump)).toEqual([
    ...['star-silent', 'star-soon', 'star-late', 'silent-a', 'silent-b', 'run-soon', 'run-late', 'run-unknown', 'rest'],
  ]);
});

test('whatever is given, nobody is left out and no group comes before a more urgent one', () => {
  const one = fc.record({
    pump: fc.string(),
    critical: fc.boolean(),
    silent: fc.boolean(),
    running: fc.boolean(),
    emptyAt: fc.option(fc.integer({ min: 0, max: 1_000 })),
  });
  fc.assert(
    fc.property(fc.array(one), (given) => {
      const ordered = inCallingOrder(given);
      expect(ordered).toHaveLength(given.length);
      expect(new Set(ordered)).toEqual(new Set(given));
      const ranks = ordered.map((each) => callingGroups.indexOf(callingGroup(each)));
      expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    }),
  );
});
