import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const here = import.meta.dirname;

/** Text of every source and query file but tests. */
function sources(folder: string): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(ts|sql)$/.test(entry.name) && !entry.name.endsWith('.test.ts'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

test('every query file is used, and every query that is named exists', () => {
  const text = sources(here);
  const files = readdirSync(join(here, 'sql')).map((file) => file.replace(/\.sql$/, ''));
  const named = (name: string) =>
    new RegExp(`['\`]${name}['\`]|--@ ${name}$`, 'm').test(text) ||
    (name.startsWith('receipt_') && text.includes(`receipt_\${receipt}`));
  expect(files.filter((name) => !named(name))).toEqual([]);
  const asked = [...text.matchAll(/(?<!client\.)query(?:<[^(]*>)?\(\s*'(\w+)'/g)].map(([, name]) => name);
  expect(asked.filter((name) => !files.includes(name ?? ''))).toEqual([]);
  expect(asked.length).toBeGreaterThan(40);
});
