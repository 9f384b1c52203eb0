import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/**
 * Builds the dashboard when it was never built or its sources changed since. What was built is remembered by contents,
 * so that a second start does not build again.
 *
 * @param root the project's folder
 * @param signal ends the builder
 * @throws Error with the builder's first words
 */
export async function buildDashboard(root: string, log: (line: string) => void, signal: AbortSignal): Promise<void> {
  const stamp = join(root, 'dashboard', 'dist', '.sources');
  const sources = hashSources(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  log('building the dashboard …');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const builder = spawn(
    process.execPath,
    [vite, 'build', '--config', 'dashboard/vite.config.ts', '--logLevel', 'warn'],
    {
      cwd: root,
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
    },
  );
  let words = '';
  for (const stream of [builder.stdout, builder.stderr]) {
    stream.on('data', (part) => {
      words += part;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    builder.once('error', reject);
    builder.once('close', resolve);
  });
  if (code !== 0)
    throw new Error(`The dashboard could not be built:\n${words.trim().split('\n').slice(0, 20).join('\n')}`);
  writeFileSync(stamp, sources);
}

function hashSources(root: string): string {
  const hash = createHash('sha256');
  for (const folder of ['dashboard', 'schemas']) {
    const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => !file.includes(`${sep}dist${sep}`) && !/\.(test\.tsx?|sql|md)$/.test(file));
    for (const file of files.sort()) hash.update(file.slice(root.length)).update('\0').update(readFileSync(file));
  }
  hash.update(readFileSync(join(root, 'package-lock.json')));
  return hash.digest('hex');
}
