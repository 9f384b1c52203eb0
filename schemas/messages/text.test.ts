import { expect, test } from 'vitest';
import { isStorableText, storableText } from './text.ts';

test.each<[string, string, string]>([
  ['plain', 'mL/h', 'mL/h'],
  ['a whole pair', '\u{1f489}', '\u{1f489}'],
  ['NUL', 'ab\0c\0', 'ab\ufffdc\ufffd'],
  ['half a pair at the end', 'a\ud83d', 'a\ufffd'],
  ['the other half', '\udc89b', '\ufffdb'],
  ['two first halves', '\ud83d\ud83d', '\ufffd\ufffd'],
])('%s', (_what, given, kept) => {
  expect(storableText(given)).toBe(kept);
  expect(isStorableText(given)).toBe(given === kept);
});
