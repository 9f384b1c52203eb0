import { expect, test } from 'vitest';
import { originAllowed } from './guard.ts';

test.each([
  ['http://127.0.0.1:3000', undefined, true],
  ['http://127.0.0.1:3000', 'http://127.0.0.1:3000', true],
  ['http://127.0.0.1:3000', 'http://localhost:3000', true],
  ['http://127.0.0.1:3000', 'http://[::1]:3000', true],
  ['http://127.0.0.1:3000', 'https://127.0.0.1:3000', false],
  ['http://127.0.0.1:3000', 'http://127.0.0.1:3001', false],
  ['http://127.0.0.1:3000', 'http://127.0.0.1.evil.example:3000', false],
  ['http://127.0.0.1:3000', 'null', false],
  ['http://127.0.0.1:3000', '', false],
  ['https://drip.example', 'https://drip.example', true],
  ['https://drip.example', 'https://drip.example:443', true],
  ['https://drip.example', 'http://drip.example', false],
  ['https://drip.example', 'https://evil-drip.example', false],
  ['https://drip.example', 'https://localhost', false],
])('%s, asked from %s: %s', (publicUrl, origin, allowed) => {
  expect(originAllowed(origin, new URL(publicUrl))).toBe(allowed);
});
