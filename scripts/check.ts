// npm run check: all that CI asks for, in one command; a table of times at the end.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const bin = (name: string) => join(root, 'node_modules', '.bin', name);
const script = (file: string, ...args: string[]) => [process.execPath, join(root, 'scripts/run.mjs'), file, ...args];
const parts = ['broker', 'ingest', 'api', 'dashboard', 'firmware-sim', 'watchdog', 'schemas', 'scripts', 'tests'];

const steps: { name: string; command: string[]; when?: boolean }[] = [
  { name: 'types', command: [bin('tsc'), '--noEmit', '-p', 'tsconfig.json'] },
  { name: 'lint', command: [bin('biome'), 'check', '--error-on-warnings', '.'] },
  { name: 'boundaries', command: [bin('depcruise'), '--config', '.dependency-cruiser.cjs', ...parts] },
  { name: 'unused', command: [bin('knip')] },
  { name: 'schema.sql', command: script('scripts/schema.ts', '--check') },
  {
    name: 'contracts',
    command: script('scripts/contracts.ts', '--check'),
    when: existsSync(join(root, 'scripts/contracts.ts')),
  },
  { name: 'tests', command: script('scripts/test.ts') },
];

const results: { name: string; ok: boolean; seconds: number }[] = [];
for (const { name, command, when } of steps) {
  if (when === false) continue;
  console.log(`\n══ ${name} ══`);
  const since = Date.now();
  const ok = await succeeds(command);
  results.push({ name, ok, seconds: (Date.now() - since) / 1000 });
}
console.log('');
for (const { name, ok, seconds } of results) {
  console.log(`${name.padEnd(12)} ${ok ? 'good  ' : 'FAILED'} ${seconds.toFixed(1).padStart(7)} s`);
}
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;

async function succeeds([command = '', ...args]: string[]): Promise<boolean> {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0));
  });
}
