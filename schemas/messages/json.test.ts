import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isStorableJson, jsonText } from './json.ts';

const nested = (depth: number) => `${'[{"a":'.repeat(depth)}1${'}]'.repeat(depth)}`;

test.each<[unknown, boolean]>([
  [{ a: ['x', { b: 'y' }], n: 1, z: null }, true],
  [{ a: ['x', { b: 'y\0' }] }, false],
  [{ 'a\0': 1 }, false],
  [['\ud83d'], false],
  [JSON.parse(nested(16)), true],
  [JSON.parse(nested(17)), false],
])('%j', (value, storable) => {
  expect(isStorableJson(value)).toBe(storable);
});

test('any depth is said again as it was read', () => {
  const text = `{"x":[1,"two",null,{}],"deep":${nested(10_000)},"y":[]}`;
  const parsed = JSON.parse(text);
  expect(() => JSON.stringify(parsed)).toThrow(RangeError);
  expect(jsonText(parsed)).toBe(text);
  expect(isStorableJson(parsed)).toBe(false);
});

test('what is not too deep is said as JSON.stringify says it', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => jsonText(value) === JSON.stringify(value)));
});
