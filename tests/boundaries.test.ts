import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult, type IFlattenedRuleSet } from 'dependency-cruiser';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';

const root = resolve(import.meta.dirname, '..');
const parts = ['broker', 'ingest', 'api', 'dashboard', 'firmware-sim', 'watchdog', 'schemas', 'scripts', 'tests'];

const isRules = z.custom<{ forbidden: IFlattenedRuleSet['forbidden']; options: ICruiseOptions }>(
  (value) => z.object({ forbidden: z.array(z.unknown()).min(1), options: z.object({}) }).safeParse(value).success,
);
const rules = isRules.parse(createRequire(import.meta.url)('../.dependency-cruiser.cjs'));

async function violationsIn(baseDir: string, folders: string[]): Promise<{ rules: string[]; modules: number }> {
  const { tsConfig: _none, ...options } = rules.options;
  const { output } = await cruise(folders, {
    ...options,
    baseDir,
    validate: true,
    ruleSet: { forbidden: rules.forbidden },
  });
  const isResult = z.custom<ICruiseResult>((value) => z.object({ summary: z.object({}) }).safeParse(value).success);
  const { summary } = isResult.parse(output);
  return {
    rules: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
    modules: summary.totalCruised,
  };
}

/** The rules broken by a small project made of these files. */
async function rulesBrokenBy(files: Record<string, string>): Promise<string[]> {
  const baseDir = mkdtempSync(join(tmpdir(), 'dripwatch-boundaries-'));
  onTestFinished(() => rmSync(baseDir, { recursive: true, force: true }));
  const packages = ['zod', 'pg', 'react'];
  const everywhere: Record<string, string> = {
    'package.json': JSON.stringify({ dependencies: Object.fromEntries(packages.map((name) => [name, '*'])) }),
  };
  for (const name of packages) {
    everywhere[`node_modules/${name}/package.json`] = JSON.stringify({ name, main: 'index.js' });
    everywhere[`node_modules/${name}/index.js`] = '';
  }
  for (const [file, text] of Object.entries({ ...everywhere, ...files })) {
    mkdirSync(dirname(join(baseDir, file)), { recursive: true });
    writeFileSync(join(baseDir, file), text);
  }
  const folders = [...new Set(Object.keys(files).map((file) => file.split('/')[0] ?? ''))];
  const broken = await violationsIn(baseDir, folders);
  return [...new Set(broken.rules.map((line) => line.split(':')[0] ?? ''))].sort();
}

test('no part imports what it may not', async () => {
  const found = await violationsIn(root, parts);
  expect(found.rules).toEqual([]);
  // A checker that sees no modules finds no violations either.
  expect(found.modules).toBeGreaterThan(100);
}, 60_000);

test.each([
  [
    'a service that imports another service',
    { 'broker/a.ts': "import '../ingest/b.ts';", 'ingest/b.ts': 'export const b = 1;' },
    ['services-stand-alone'],
  ],
  [
    'a service that imports only a type of another service',
    { 'api/a.ts': "import type { B } from '../ingest/b.ts';\nexport type A = B;", 'ingest/b.ts': 'export type B = 1;' },
    ['services-stand-alone'],
  ],
  [
    'a watchdog that imports what it watches',
    { 'watchdog/a.ts': "import '../ingest/b.ts';", 'ingest/b.ts': 'export const b = 1;' },
    ['services-stand-alone'],
  ],
  [
    'a service that imports a script',
    { 'api/a.ts': "import '../scripts/b.ts';", 'scripts/b.ts': 'export const b = 1;' },
    ['services-stand-alone'],
  ],
  ['a contract that reads files', { 'schemas/a.ts': "import 'node:fs';" }, ['schemas-are-pure']],
  ['a contract that imports a package', { 'schemas/a.ts': "import 'pg';" }, ['schemas-are-pure']],
  [
    'a contract that imports a service',
    { 'schemas/a.ts': "import '../api/b.ts';", 'api/b.ts': 'export const b = 1;' },
    ['schemas-are-pure'],
  ],
  ['a screen that needs Node.js', { 'dashboard/a.ts': "import 'node:path';" }, ['dashboard-is-for-browsers']],
  ['a screen that needs the database', { 'dashboard/a.ts': "import 'pg';" }, ['dashboard-is-for-browsers']],
  [
    'an import that leads nowhere',
    { 'api/a.ts': "import './gone.ts';" },
    ['nothing-missing', 'only-what-package.json-names'],
  ],
  [
    'two files that import each other',
    {
      'api/a.ts': "import { b } from './b.ts';\nexport const a = b;",
      'api/b.ts': "import { a } from './a.ts';\nexport const b = a;",
    },
    ['no-circular'],
  ],
  [
    'parts that obey',
    {
      'schemas/a.ts': "import * as z from 'zod';\nexport const a = z.string();",
      'api/b.ts': "import pg from 'pg';\nimport { a } from '../schemas/a.ts';\nexport const b = [pg, a];",
      'dashboard/c.ts': "import 'react';\nimport '../schemas/a.ts';",
    },
    [],
  ],
])(
  '%s',
  async (_what, files, broken) => {
    expect(await rulesBrokenBy(files)).toEqual(broken);
  },
  30_000,
);
