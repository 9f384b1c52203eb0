import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countAll, countWithin, missingRanges, type Range } from './journal-ranges.ts';

test.each<[string, number, number, Range[], Range[]]>([
  ['nothing known', 0, 0, [], []],
  ['all in', 5, 5, [], []],
  ['a tail', 5, 9, [], [[6, 9]]],
  ['a hole below what came early', 5, 9, [[8, 9]], [[6, 7]]],
  [
    'two holes, told in any order',
    1,
    9,
    [
      [7, 7],
      [3, 4],
    ],
    [
      [2, 2],
      [5, 6],
      [8, 9],
    ],
  ],
])('missing: %s', (_what, upTo, highest, above, missing) => {
  expect(missingRanges({ upTo, highest, above })).toEqual(missing);
});

test('missing is exactly what is neither below the mark nor above it', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 40 })), fc.integer({ min: 0, max: 40 }), (seen, highest) => {
      const known = new Set(seen.filter((seq) => seq <= highest));
      let upTo = 0;
      while (known.has(upTo + 1)) upTo += 1;
      const above = [...known].filter((seq) => seq > upTo).map((seq): Range => [seq, seq]);
      const missing = missingRanges({ upTo, highest, above });
      for (let seq = 1; seq <= highest; seq += 1) {
        expect(countWithin(missing, seq, seq)).toBe(seq > upTo && !known.has(seq) ? 1 : 0);
      }
      expect(countAll(missing)).toBe(highest - upTo - above.length);
    }),
  );
});
