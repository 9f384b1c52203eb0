import { expect, test } from 'vitest';
import { technicalDetail } from './technical-words.ts';

test.each([
  [
    'gap-open',
    {
      missing: 6,
      ranges: [
        [5, 9],
        [12, 12],
      ],
    },
    '6 records: numbers 5–9, 12',
  ],
  ['gap-open', { missing: 1, ranges: [[5, 5]] }, '1 record: numbers 5'],
  ['clock-off', { offMs: -3_600_000 }, '1 h behind; records are stored by estimated times'],
  ['clock-off', { offMs: 180_000 }, '3 min ahead; records are stored by estimated times'],
  ['platform-delayed', { behindMs: 20_000, silent: 0, high: [] }, 'committing 20 s behind'],
  [
    'platform-delayed',
    { behindMs: 0, silent: 30, high: ['PUMP-0007'] },
    '30 pumps silent at once · high among them: PUMP-0007',
  ],
  ['duplicate-pump', { withinMin: 10 }, null],
  ['gap-open', { missing: 'many' }, null],
])('%s %j: %s', (type, detail, words) => {
  expect(technicalDetail({ type, detail })).toBe(words);
});
