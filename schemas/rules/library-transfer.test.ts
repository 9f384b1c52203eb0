import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allParts,
  mostRefusals,
  type PartAnswer,
  type PartRange,
  partToSend,
  sendPart,
  type Transfer,
  takeAnswer,
  withoutPart,
} from './library-transfer.ts';

const fresh: Transfer = { state: 'assigned', missing: allParts(3), sends: 0, refusals: 0, error: null };
const ok: PartAnswer = { ok: true, error: null, missing: null };
const lacks = (...missing: PartRange[]): PartAnswer => ({ ok: true, error: null, missing });
const refused: PartAnswer = { ok: false, error: 'sha256 differs', missing: null };

describe('a part of three that is answered', () => {
  test.each<[string, Transfer, number, PartAnswer, Partial<Transfer>, number | null]>([
    ['the first', fresh, 1, ok, { state: 'transferring', missing: [[2, 3]] }, 0],
    [
      'one in the middle',
      { ...fresh, missing: [[1, 3]] },
      2,
      ok,
      {
        missing: [
          [1, 1],
          [3, 3],
        ],
      },
      0,
    ],
    ['the last one missing', { ...fresh, missing: [[3, 3]] }, 3, ok, { state: 'received', missing: [] }, null],
    ['a pump that has everything already', fresh, 1, lacks(), { state: 'received', missing: [] }, null],
    [
      'a pump that lost the first two',
      { ...fresh, missing: [[3, 3]] },
      3,
      lacks([1, 2]),
      { state: 'transferring', missing: [[1, 2]] },
      0,
    ],
    [
      'a pump that lost everything after it had it',
      { ...fresh, state: 'received', missing: [] },
      3,
      lacks([1, 2]),
      { state: 'transferring', missing: [[1, 2]] },
      0,
    ],
    ['a pump that names parts there are not', fresh, 1, lacks([0, 1], [7, 9]), { missing: [[1, 1]] }, 0],
    [
      'a first refusal',
      { ...fresh, missing: [[3, 3]] },
      3,
      refused,
      { state: 'offered', missing: [[1, 3]], refusals: 1, error: 'sha256 differs' },
      15_000,
    ],
    ['a third refusal', { ...fresh, refusals: 2 }, 3, refused, { state: 'offered', refusals: 3 }, 60_000],
    [
      'a last refusal',
      { ...fresh, refusals: mostRefusals - 1 },
      3,
      refused,
      { state: 'failed', error: 'sha256 differs' },
      null,
    ],
    ['a refusal without a word', fresh, 1, { ...refused, error: null }, { error: 'the pump gave no reason' }, 15_000],
  ])('%s', (_name, before, part, answer, after, waitMs) => {
    const step = takeAnswer(before, part, 3, answer);
    expect(step.next).toMatchObject(after);
    expect(step.waitMs).toBe(waitMs);
  });
});

test.each<[string, Transfer, Transfer['state'], number]>([
  ['never sent before', fresh, 'offered', 10_000],
  ['sent once without an answer', { ...fresh, state: 'offered', sends: 1 }, 'offered', 20_000],
  ['sent for hours', { ...fresh, state: 'transferring', sends: 30 }, 'transferring', 300_000],
  ['asked whether it still has it', { ...fresh, state: 'received', missing: [] }, 'received', 10_000],
])('a part leaves for a pump %s', (_name, before, state, waitMs) => {
  const step = sendPart(before);
  expect([step.next.state, step.waitMs, step.next.sends]).toEqual([state, waitMs, before.sends + 1]);
});

test('a pump that has everything is asked with the last part', () => {
  expect(partToSend([], 4)).toBe(4);
  expect(partToSend([[2, 3]], 4)).toBe(2);
});

test('a part leaves ranges, and nothing else does', () => {
  expect(
    withoutPart(
      [
        [1, 3],
        [5, 5],
      ],
      5,
    ),
  ).toEqual([[1, 3]]);
  expect(withoutPart([[1, 3]], 4)).toEqual([[1, 3]]);
});

test('whatever is lost on the way and whenever the power goes, every part gets in, and none twice without a loss', () => {
  const event = fc.constantFrom('arrives', 'arrives', 'arrives', 'is lost', 'its answer is lost', 'the power goes');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.array(event, { maxLength: 40 }), (parts, events) => {
      let transfer: Transfer = { ...fresh, missing: allParts(parts) };
      const held = new Set<number>();
      let [sendings, losses] = [0, 0];
      const lacking = (): PartRange[] =>
        Array.from({ length: parts }, (_, n) => n + 1)
          .filter((part) => !held.has(part))
          .map((part) => [part, part]);
      for (let n = 0; transfer.state !== 'received' && n < 200; n += 1) {
        const befalls = events[n] ?? 'arrives';
        const part = partToSend(transfer.missing, parts);
        transfer = sendPart(transfer).next;
        sendings += 1;
        if (befalls === 'the power goes') {
          losses += held.size + 1;
          held.clear();
          continue;
        }
        if (befalls === 'is lost') losses += 1;
        else {
          held.add(part);
          if (befalls === 'its answer is lost') losses += 1;
          else transfer = takeAnswer(transfer, part, parts, lacks(...lacking())).next;
        }
      }
      expect(transfer.state).toBe('received');
      expect(held.size).toBe(parts);
      expect(sendings).toBeLessThanOrEqual(parts + losses);
    }),
  );
});
