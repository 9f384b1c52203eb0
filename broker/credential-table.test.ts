import { expect, test } from 'vitest';
import {
  type CredentialTable,
  findCredential,
  markUsed,
  mirrorOf,
  tableFromMirror,
  tableFromRows,
} from './credential-table.ts';
import { hashToken } from './token.ts';

const row = (pump: string, token: string | null, createdUs: number, used = false) => ({
  pump_id: pump,
  credential_id: token === null ? null : `id of ${token}`,
  token_hash: token === null ? null : hashToken(token),
  created_us: String(createdUs),
  used,
});
const table = (): CredentialTable =>
  tableFromRows([row('A', 'old', 1, true), row('A', 'new', 2), row('B', 'b', 5), row('C', null, 0)]);

test('a token is found for its own pump only', () => {
  expect(findCredential(table(), 'A', hashToken('old'))?.id).toBe('id of old');
  expect(findCredential(table(), 'A', hashToken('new'))?.id).toBe('id of new');
  expect(findCredential(table(), 'B', hashToken('new'))).toBeNull();
  expect(findCredential(table(), 'Z', hashToken('new'))).toBeNull();
});

test('a pump without a token is known: it may come with a certificate', () => {
  expect(table().get('C')).toEqual([]);
});

test('the first use of a new token ends the older ones, and only those of the same pump', () => {
  const used = table();
  expect(markUsed(used, 'A', 'id of new')).toBe(true);
  expect(findCredential(used, 'A', hashToken('old'))).toBeNull();
  expect(findCredential(used, 'B', hashToken('b'))?.used).toBe(false);
  expect(markUsed(used, 'A', 'id of new')).toBe(false);
});

test('using the old token ends nothing newer', () => {
  const used = tableFromRows([row('A', 'old', 1), row('A', 'new', 2)]);
  markUsed(used, 'A', 'id of old');
  expect(used.get('A')?.map(({ id }) => id)).toEqual(['id of old', 'id of new']);
});

test('the mirror holds the same table and no token', () => {
  const mirror = mirrorOf(table(), [{ id: 'id of b', pump: 'B' }]);
  expect(tableFromMirror(mirror)).toEqual(table());
  expect(JSON.stringify(mirror)).not.toMatch(/"(old|new|b)"/);
});
