import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const lock = {
  packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0', optional: true } },
};

/** A project with the launcher and one TypeScript file, and an `npm` on the PATH that is a shell script. */
function project({ installed, npm }: { installed: object | null; npm: string }) {
  const dir = mkdtempSync(join(tmpdir(), 'dripwatch-launcher-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), text);
  };
  write('package.json', '{"type": "module"}');
  write('package-lock.json', JSON.stringify(lock));
  write(
    'hello.ts',
    'const words: string[] = process.argv.slice(2); console.log(words.join("+")); process.exitCode = 7;',
  );
  for (const file of ['run.mjs', 'install-missing.mjs'])
    cpSync(join(root, 'scripts', file), join(dir, 'scripts', file));
  if (installed !== null) write('node_modules/.package-lock.json', JSON.stringify(installed));
  else mkdirSync(join(dir, 'node_modules'));
  for (const name of ['tsx', 'esbuild', '@esbuild', 'get-tsconfig', 'resolve-pkg-maps']) {
    symlinkSync(join(root, 'node_modules', name), join(dir, 'node_modules', name));
  }
  write('bin/npm', `#!/bin/sh\necho "npm $*" >> "${join(dir, 'calls')}"\n${npm}\n`);
  chmodSync(join(dir, 'bin/npm'), 0o755);
  const result = spawnSync(process.execPath, [join(dir, 'scripts/run.mjs'), 'hello.ts', 'a', 'b c'], {
    cwd: tmpdir(),
    encoding: 'utf8',
    env: { PATH: `${join(dir, 'bin')}:${process.env.PATH}` },
  });
  const calls = spawnSync('cat', [join(dir, 'calls')], { encoding: 'utf8' }).stdout.trim();
  return { ...result, calls, dir };
}

const complete = { packages: { 'node_modules/a': { version: '1.0.0' } } };
const install = `mkdir -p node_modules && printf '%s' '${JSON.stringify(complete)}' > node_modules/.package-lock.json`;

test('a complete installation starts at once, with its arguments and its exit code', () => {
  const { stdout, status, calls } = project({ installed: complete, npm: 'exit 1' });
  expect({ stdout, status, calls }).toEqual({ stdout: 'a+b c\n', status: 7, calls: '' });
});

test.each([
  ['nothing is installed', null],
  ['a package is missing', { packages: {} }],
  ['a package has another version', { packages: { 'node_modules/a': { version: '0.9.0' } } }],
  [
    'an optional package has another version',
    { packages: { ...complete.packages, 'node_modules/b': { version: '1.0.0' } } },
  ],
])('npm ci runs first when %s', (_what, installed) => {
  const { stdout, status, calls } = project({ installed, npm: install });
  expect({ stdout, status }).toEqual({ stdout: 'a+b c\n', status: 7 });
  expect(calls).toMatch(/^npm ci /);
});

test('a failed installation ends with one clear line and runs nothing', () => {
  const { stdout, stderr, status } = project({ installed: null, npm: 'echo offline >&2; exit 3' });
  expect({ stdout, status }).toEqual({ stdout: '', status: 1 });
  expect(stderr).toContain('offline');
  expect(stderr.trim().split('\n').at(-1)).toMatch(/^npm ci ended with exit code 3; .*check the network/);
});

test('an installation that leaves something out is not tried for ever', () => {
  const { stderr, status, dir } = project({ installed: null, npm: 'exit 0' });
  expect(status).toBe(1);
  expect(stderr).toContain('npm ci ended well, yet packages are not installed yet');
  expect(readFileSync(join(dir, 'calls'), 'utf8').trim().split('\n')).toHaveLength(1);
});
