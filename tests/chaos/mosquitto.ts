// Debian's Mosquitto in place of the broker, with the configuration of deploy/mosquitto and accounts made for the run.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const template = resolve(import.meta.dirname, '../../deploy/mosquitto');
const program = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto'].find((path) => existsSync(path));

/** Whether Mosquitto is installed here. */
export const hasMosquitto = program !== undefined;

export type MosquittoFiles = {
  config: string;
  /** Writes the password file anew: the services and these pumps. */
  admit(pumps: readonly { username: string; token: string }[]): void;
};

/** Makes configuration, access list and passwords for one run, from the files that are deployed. */
export function writeMosquittoFiles(
  folder: string,
  port: number,
  serviceTokens: Readonly<Record<string, string>>,
): MosquittoFiles {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const config = join(folder, 'mosquitto.conf');
  const passwords = join(folder, 'passwords');
  const acl = join(folder, 'acl');
  writeFileSync(acl, readFileSync(join(template, 'acl')), { mode: 0o600 });
  const settings = readFileSync(join(template, 'mosquitto.conf'), 'utf8')
    .replace(/^listener .*$/m, `listener ${port} 127.0.0.1`)
    .replace(/^password_file .*$/m, `password_file ${passwords}`)
    .replace(/^acl_file .*$/m, `acl_file ${acl}`)
    // Started by root it would give up its rights to an account that can't read this folder.
    .concat(process.getuid?.() === 0 ? '\nuser root\n' : '');
  writeFileSync(config, settings, { mode: 0o600 });
  const admit: MosquittoFiles['admit'] = (pumps) => {
    const accounts = [...Object.entries(serviceTokens), ...pumps.map(({ username, token }) => [username, token])];
    writeFileSync(passwords, accounts.map(([name, token]) => `${name}:${token}\n`).join(''), { mode: 0o600 });
    const hashed = spawnSync('mosquitto_passwd', ['-U', passwords], { encoding: 'utf8' });
    if (hashed.status !== 0) throw new Error(`mosquitto_passwd: ${hashed.stderr || hashed.error?.message}`);
  };
  admit([]);
  return { config, admit };
}

/** Starts it. @param output a file descriptor for what it says */
export function mosquittoCommand({ config }: MosquittoFiles, output: number | undefined): ChildProcess {
  if (program === undefined) throw new Error('Mosquitto is not installed (Debian: apt-get install mosquitto)');
  const where = output ?? 'ignore';
  return spawn(program, ['-c', config], { stdio: ['ignore', where, where] });
}
