import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  acceptSeq,
  type Cursor,
  declareGone,
  learnHighest,
  maxRanges,
  maxSeqAhead,
  missingCount,
  missingRanges,
  newCursor,
} from './cursor.ts';

/** Histories per property; 10,000 with LONG_TESTS=1. */
const runs = process.env.LONG_TESTS === '1' ? 10_000 : 500;

/** The naive truth: a set of what is in and a set of what was declared gone. */
class Model {
  inside = new Set<number>();
  lost = new Set<number>();
  highest = 0;

  accept(seq: number): string {
    if (this.lost.delete(seq)) return 'recovered';
    if (this.inside.has(seq)) return 'seen';
    if (seq > this.highest + maxSeqAhead) return 'too-far';
    this.inside.add(seq);
    this.highest = Math.max(this.highest, seq);
    return 'new';
  }

  gone(from: number, to: number): void {
    for (let seq = from; seq <= to; seq += 1) {
      if (this.inside.has(seq)) continue;
      this.inside.add(seq);
      this.lost.add(seq);
    }
    this.highest = Math.max(this.highest, to);
  }

  get upTo(): number {
    let seq = 0;
    while (this.inside.has(seq + 1)) seq += 1;
    return seq;
  }
}

const members = (ranges: Cursor['above']) =>
  ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('accept' as const), seq: fc.integer({ min: 1, max: 60 }) }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 12 }))
      .map(([from, length]) => ({ do: 'gone' as const, from, to: from + length })),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('accept' as const), seq: fc.integer({ min: 900_000, max: 3_000_000 }) }),
  },
);

test('the cursor agrees with the naive model after any history of records and declarations', {
  timeout: runs * 60,
}, () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const cursor = newCursor();
      const model = new Model();
      for (const given of steps) {
        if (given.do === 'accept') expect(acceptSeq(cursor, given.seq)).toBe(model.accept(given.seq));
        else {
          declareGone(cursor, given.from, given.to);
          model.gone(given.from, given.to);
        }
        expect(cursor.upTo).toBe(model.upTo);
        expect(cursor.highest).toBe(model.highest);
        expect(members(cursor.lost)).toEqual([...model.lost].sort((a, b) => a - b));
        const above = [...model.inside].filter((seq) => seq > model.upTo).sort((a, b) => a - b);
        expect(members(cursor.above)).toEqual(above);
        for (const [i, [from, to]] of cursor.above.entries()) {
          expect(from).toBeLessThanOrEqual(to);
          expect(from).toBeGreaterThan((cursor.above[i - 1]?.[1] ?? cursor.upTo) + 1);
        }
      }
    }),
    { numRuns: runs },
  );
});

test('missing names the holes below what was seen, lowest first and at most sixteen', () => {
  const cursor = newCursor();
  for (const seq of [1, 2, 5, 9, 10]) acceptSeq(cursor, seq);
  expect(missingRanges(cursor)).toEqual([
    [3, 4],
    [6, 8],
  ]);
  expect(missingCount(cursor)).toBe(5);
  learnHighest(cursor, 12);
  expect(missingCount(cursor)).toBe(7);
  for (let seq = 20; seq < 80; seq += 2) acceptSeq(cursor, seq);
  expect(missingRanges(cursor)).toHaveLength(16);
});

test('what was declared gone and arrives after all is stored, once', () => {
  const cursor = newCursor();
  acceptSeq(cursor, 1);
  acceptSeq(cursor, 6);
  expect(declareGone(cursor, 1, 5)).toEqual([[2, 5]]);
  expect(cursor).toMatchObject({ upTo: 6, above: [], lost: [[2, 5]] });
  expect(acceptSeq(cursor, 4)).toBe('recovered');
  expect(acceptSeq(cursor, 4)).toBe('seen');
  expect(cursor.lost).toEqual([
    [2, 3],
    [5, 5],
  ]);
});

test('a pump that sends every other record cannot grow the cursor without bound, and nothing is acknowledged for it', () => {
  const cursor = newCursor();
  let deferred = 0;
  for (let i = 1; i <= maxRanges + 500; i += 1) if (acceptSeq(cursor, i * 2) === 'deferred') deferred += 1;
  expect(cursor.above.length).toBe(maxRanges);
  expect(deferred).toBe(500);
  for (let i = 1; i <= maxRanges; i += 1) expect(acceptSeq(cursor, i * 2 - 1)).toBe('new');
  expect(cursor.upTo).toBe(maxRanges * 2);
  expect(acceptSeq(cursor, (maxRanges + 1) * 2)).toBe('new');
});
