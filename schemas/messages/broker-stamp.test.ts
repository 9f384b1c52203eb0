import fc from 'fast-check';
import { expect, test } from 'vitest';
import { brokerStampBytes, readStamp, stampPayload } from './broker-stamp.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('a stamp is 0x1e and 13 digits behind the payload', () => {
  const stamped = stampPayload(bytes('{}'), 1_763_777_404_120);
  expect([...stamped]).toEqual([...bytes('{}\u001e1763777404120')]);
  expect(stamped.length).toBe(2 + brokerStampBytes);
});

test('early times keep 13 digits', () => {
  expect(new TextDecoder().decode(stampPayload(bytes(''), 7))).toBe('\u001e0000000000007');
});

test('what was stamped is read back, and exactly one stamp is stripped', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 0, max: 9_999_999_999_999 }), (payload, at) => {
      const once = stampPayload(payload, at);
      expect(readStamp(once)).toEqual({ payload, brokerAt: at });
      expect(readStamp(stampPayload(once, 1))).toEqual({ payload: once, brokerAt: 1 });
    }),
  );
});

test.each([
  ['nothing', ''],
  ['a batch', '{"v":1}'],
  ['a stamp that is cut short', '{}\u001e176377740412'],
  ['a mark without digits', '{}\u001e17637774041 0'],
  ['digits alone', '1763777404120'],
])('%s has no stamp and is left as it is', (_name, text) => {
  expect(readStamp(bytes(text))).toEqual({ payload: bytes(text), brokerAt: null });
});

test.each([-1, 1.5, Number.NaN, 10_000_000_000_000])('%d is not a time to stamp with', (at) => {
  expect(() => stampPayload(bytes(''), at)).toThrow(RangeError);
});
