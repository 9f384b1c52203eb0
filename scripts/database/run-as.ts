import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresBinaries } from './binaries.ts';

/**
 * PostgreSQL refuses to run as root. Started by root it runs in a user namespace where it sees itself as user 1000:
 * its files stay in place and stay root's, also below a folder closed to others. Where that is refused, it runs as a
 * system user, which needs files of its own.
 */
export type RunAs = { as: 'self' } | { as: 'user-namespace' } | { as: 'system-user'; uid: number; gid: number };

const namespaceArguments = ['-U', '--map-user=1000', '--map-group=1000'];

/** How this process can run a PostgreSQL server. */
export function chooseRunAs(binaries: PostgresBinaries): RunAs {
  if (process.getuid?.() !== 0) return { as: 'self' };
  const probe = spawnSync('unshare', [...namespaceArguments, join(binaries.binDir, 'postgres'), '--version']);
  return probe.status === 0 ? { as: 'user-namespace' } : systemUser();
}

/**
 * A system user without privileges: `dripwatch`, made here where possible, else one the machine has.
 *
 * @throws Error where none exists and none can be made
 */
export function systemUser(): RunAs {
  const existing = () => findUser('dripwatch') ?? findUser('postgres');
  const found = existing();
  if (found !== null) return { as: 'system-user', ...found };
  spawnSync('useradd', ['--system', '--no-create-home', '--user-group', '--shell', '/usr/sbin/nologin', 'dripwatch']);
  const made = existing() ?? findUser('nobody');
  if (made === null) throw new Error('PostgreSQL refuses to run as root, and no other user could be made for it.');
  return { as: 'system-user', ...made };
}

function findUser(name: string): { uid: number; gid: number } | null {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === name) return { uid: Number(uid), gid: Number(gid) };
  }
  return null;
}

export interface Command {
  command: string;
  args: string[];
  /** For spawn: the user to run as, empty for our own. */
  identity: { uid?: number; gid?: number };
}

/** The command line that runs one of PostgreSQL's programs in the chosen way. */
export function commandFor(runAs: RunAs, program: string, args: string[]): Command {
  switch (runAs.as) {
    case 'self':
      return { command: program, args, identity: {} };
    case 'user-namespace':
      // unshare replaces itself by the program: the process id is the server's own.
      return { command: 'unshare', args: [...namespaceArguments, program, ...args], identity: {} };
    case 'system-user':
      return { command: program, args, identity: { uid: runAs.uid, gid: runAs.gid } };
  }
}

/** Hands files to the user that the server will run as. */
export function handOver(runAs: RunAs, path: string): void {
  if (runAs.as === 'system-user') execFileSync('chown', ['-R', `${runAs.uid}:${runAs.gid}`, path]);
}
