import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readServiceTokens } from './service-tokens.ts';
import { hashToken } from './token.ts';

const token = 'a-token-of-some-length';

function file(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'dripwatch-tokens-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'tokens.json'), content);
  return join(folder, 'tokens.json');
}

test.each([
  ['under serviceTokens', { serviceTokens: { 'svc-api': token }, sessionKey: 'else' }],
  ['at the top', { 'svc-api': token }],
])('tokens may stand %s', async (_where, content) => {
  const tokens = await readServiceTokens(file(JSON.stringify(content)));
  expect(tokens.matches('svc-api', hashToken(token))).toBe(true);
  expect(tokens.matches('svc-api', hashToken('another'))).toBe(false);
  expect(tokens.matches('svc-ingest', hashToken(token))).toBe(false);
});

test.each([
  ['not JSON', '{', /not JSON/],
  ['a short token', '{"svc-api":"short"}', /at least 16/],
  ['none at all', '{}', /no token/],
])('%s is refused without repeating what is in the file', async (_name, content, line) => {
  await expect(readServiceTokens(file(content))).rejects.toThrow(line);
});

test('a missing file is named', async () => {
  await expect(readServiceTokens('/nowhere/tokens.json')).rejects.toThrow(
    /^SERVICE_TOKENS_FILE: got "\/nowhere\/tokens\.json" \(ENOENT\)/,
  );
});
