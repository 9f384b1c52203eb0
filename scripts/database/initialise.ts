import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Place, parentOf } from './place.ts';
import { commandFor, handOver } from './run-as.ts';

/** Makes the cluster beside its final place and moves it there whole, so that an interruption leaves nothing half made. */
export async function initialise(place: Place, user: string, password: string, durable: boolean): Promise<void> {
  const making = `${place.clusterDir}.new`;
  const passwordFile = join(parentOf(place), 'initdb-password');
  rmSync(making, { recursive: true, force: true });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  handOver(place.runAs, passwordFile);
  try {
    const locale =
      place.binaries.major >= 17
        ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
        : ['--no-locale'];
    const { command, args, identity } = commandFor(place.runAs, join(place.binaries.binDir, 'initdb'), [
      `--pgdata=${making}`,
      `--username=${user}`,
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      ...locale,
      ...(durable ? [] : ['--no-sync']),
    ]);
    const child = spawn(command, args, { ...identity, cwd: parentOf(place), env: serverEnvironment() });
    let words = '';
    child.stdout.on('data', (part) => {
      words += part;
    });
    child.stderr.on('data', (part) => {
      words += part;
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code !== 0) throw new Error(`initdb failed with exit code ${code}:\n${words.trim()}`);
    renameSync(making, place.clusterDir);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** The environment without PG… variables, which would change what the server or initdb does. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C' };
}

/** The cluster's password, kept beside it and readable by its owner only. */
export function readOrMakePassword(dataDir: string): string {
  const file = join(dataDir, 'database.password');
  if (!existsSync(file)) {
    writeFileSync(`${file}.new`, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  chmodSync(file, 0o600);
  return readFileSync(file, 'utf8').trim();
}
