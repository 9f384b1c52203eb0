import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor, toPage } from './page-cursor.ts';
import { ApiProblem } from './problem.ts';

const expected = { sort: 'id', key: 'text', id: 'text' } as const;

test('a cursor comes back as it was given out, whatever characters it holds', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((value) => !value.includes('\0'));
  fc.assert(
    fc.property(text, text, (key, id) => {
      expect(decodeCursor(encodeCursor('id', key, id), expected)).toEqual({ key, id });
    }),
  );
});

test('whatever else a client sends is refused with 400, never anything worse', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (garbage) => {
      try {
        decodeCursor(garbage, { sort: 'alerts', key: 'time', id: 'uuid' });
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(ApiProblem);
        expect(error instanceof ApiProblem && error.problem.status).toBe(400);
      }
    }),
  );
});

test('a page that holds everything has no next one', () => {
  const at = (n: number) => ({ sort: 'id', key: '', id: `${n}` });
  expect(toPage([1, 2], 2, at, String)).toEqual({ items: ['1', '2'], next: null });
  expect(toPage([1, 2, 3], 2, at, String)).toEqual({ items: ['1', '2'], next: encodeCursor('id', '', '2') });
  expect(toPage([], 2, at, String)).toEqual({ items: [], next: null });
});
