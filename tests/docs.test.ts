import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';

const root = resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
/** The files below a folder with this ending, as paths from the root. */
const files = (folder: string, ending: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => join(folder, file))
    .sort();

const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...files('docs', '.md')];
const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(read('package.json')));

test('every npm command that a document names exists', () => {
  const named = documents.flatMap((file) => {
    const text = read(file);
    const commands = [...text.matchAll(/npm run ([\w:-]+)/g), ...text.matchAll(/npm (start|test)\b/g)];
    return commands.map(([, command]) => `${file}: ${command}`);
  });
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((line) => scripts[line.split(': ')[1] ?? ''] === undefined)).toEqual([]);
});

test('every file that a document or a command names exists', () => {
  const mentioned = [...documents, 'package.json'].flatMap((file) =>
    [...read(file).matchAll(/\b((?:scripts|schemas|tests|docs|deploy|\.ci)\/[\w./-]+\.(?:ts|mjs|sh|sql|md))\b/g)].map(
      ([, path]) => `${file}: ${path}`,
    ),
  );
  const placeholders = /NNNNNN|NNNN/;
  const missing = mentioned.filter((line) => {
    const path = line.split(': ')[1] ?? '';
    return !placeholders.test(path) && statSync(join(root, path), { throwIfNoEntry: false }) === undefined;
  });
  expect(missing).toEqual([]);
});

test('documents stay as short as they promise', () => {
  expect(read('CONTRIBUTING.md').split(/\s+/).length).toBeLessThanOrEqual(250);
  expect(read('README.md').split('\n').length).toBeLessThanOrEqual(60);
  expect(read('docs/architecture.md').split(/\s+/).length).toBeLessThanOrEqual(1100);
  for (const file of files('docs/decisions', '.md'))
    expect(read(file).split(/\s+/).length, file).toBeLessThanOrEqual(500);
});

test('decisions are numbered without gaps', () => {
  const numbers = files('docs/decisions', '.md').map((file) => Number.parseInt(basename(file), 10));
  expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));
});

const [used = '', reserved = ''] = read('.env.example').split(/^# --- Reserved.*$/m);
const namesIn = (text: string) => [...text.matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name ?? '');

/** Every setting that the code reads: keys of the services' zod objects, of the commands' environment, of compose. */
function settingsOfTheCode(): Set<string> {
  const found = new Set<string>();
  const collect = (file: string, pattern: RegExp) => {
    for (const [, name] of read(file).matchAll(pattern)) if (name !== undefined) found.add(name);
  };
  const parts = ['broker', 'ingest', 'api', 'firmware-sim', 'watchdog', 'scripts/supervisor'];
  const configs = [...parts.map((part) => `${part}/config.ts`), 'api/notify/settings.ts'].filter((file) =>
    existsSync(join(root, file)),
  );
  for (const file of configs) collect(file, /^\s+([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*):/gm);
  for (const file of files('scripts', '.ts')) collect(file, /\benv\.([A-Z][A-Z0-9_]+)/g);
  collect('docker-compose.yml', /(?<!\$)\$\{([A-Z][A-Z0-9_]+)/g);
  // Not ours: set by every CI, and by the system.
  for (const name of ['CI', 'PATH', 'HOME', 'NODE_ENV', 'NO_COLOR']) found.delete(name);
  return found;
}

test('every setting is in .env.example, and everything there is read by something', () => {
  const settings = [...settingsOfTheCode()].sort();
  expect(settings.length).toBeGreaterThan(20);
  expect([...new Set(namesIn(used))].sort()).toEqual(settings);
});

test('a reserved name is read by nothing', () => {
  const settings = settingsOfTheCode();
  expect(namesIn(reserved).filter((name) => settings.has(name))).toEqual([]);
});

test('.env.example holds no value that could serve as a secret', () => {
  const secrets = read('.env.example').match(/^#?[A-Z_]*(PASSWORD|SECRET|TOKEN|PRIVATE_KEY)[A-Z_]*=.+$/gm) ?? [];
  expect(secrets).toEqual([]);
});
