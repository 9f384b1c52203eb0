import { expect, test } from 'vitest';
import { demoLibrary } from './demo-library.ts';
import { libraryText, libraryVersionName, partBytes, readDistributed } from './distributed.ts';

test('the same library is the same bytes, in whatever order its fields were written', () => {
  const content = demoLibrary();
  const { careAreas, notice, name } = content;
  const areas = careAreas.map(({ drugs, outsideLibrary, name: area }) => ({ drugs, outsideLibrary, name: area }));
  const turned = { careAreas: areas, notice, name };
  expect(JSON.stringify(turned)).not.toBe(JSON.stringify(content));
  expect(libraryText('x-1', turned)).toBe(libraryText('x-1', content));
});

test('what is distributed is read back as it was', () => {
  const content = demoLibrary();
  const read = readDistributed(libraryText('Demo library-1', content));
  expect(read.library).toEqual({ format: 'dripwatch-library/1', version: 'Demo library-1', content });
});

test.each([
  ['no JSON', '{', 'the library is not JSON'],
  ['another format', '{"format":"x","version":"v","content":{}}', 'format'],
  [
    'a content that is none',
    '{"format":"dripwatch-library/1","version":"v","content":{"name":"n","careAreas":7}}',
    'careAreas',
  ],
])('%s is refused in words', (_name, text, words) => {
  const read = readDistributed(text);
  expect(read.library).toBeNull();
  expect('why' in read && read.why).toContain(words);
});

test('versions of different libraries are never called the same', () => {
  expect(libraryVersionName('A', 12)).toBe('A-12');
  expect(libraryVersionName('A-1', 2)).not.toBe(libraryVersionName('A', 12));
});

test('a part in base64 is 48 KiB at most', () => {
  expect(Buffer.alloc(partBytes).toString('base64').length).toBe(48 * 1024);
});
