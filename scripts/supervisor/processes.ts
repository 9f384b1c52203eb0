import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { isAlive, isGoneWithin } from '../database/leftover.ts';

const record = z.object({ pid: z.int().positive(), startedAt: z.string() });

/**
 * When a process started, in words that another process with the same number cannot share: the boot and the clock tick.
 * Null when there is none.
 */
function startOf(pid: number): string | null {
  if (existsSync('/proc/self/stat')) {
    try {
      // The second field is a name in brackets and may hold anything; the start time is the 22nd.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      return `${boot} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
    } catch {
      return null;
    }
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}

/** Writes down a process, so that a later run can tell whether it is still the same one. */
export function notePid(file: string, pid: number, flag: 'w' | 'wx' = 'w'): void {
  writeFileSync(file, `${JSON.stringify({ pid, startedAt: startOf(pid) ?? 'unknown' })}\n`, { flag, mode: 0o600 });
}

/** The process that a file names, when it is alive and the same; else null. */
export function livingPid(file: string): number | null {
  if (!existsSync(file)) return null;
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Half written by a process that was killed meanwhile.
    return null;
  }
  const noted = record.safeParse(content);
  if (!noted.success || !isAlive(noted.data.pid)) return null;
  return startOf(noted.data.pid) === noted.data.startedAt ? noted.data.pid : null;
}

/**
 * Makes this process the only supervisor of a data directory.
 *
 * @returns a function that gives it up
 * @throws Error when another one is alive
 */
export function takeDataDir(dataDir: string): () => void {
  const file = join(dataDir, 'supervisor.json');
  for (;;) {
    try {
      notePid(file, process.pid, 'wx');
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const other = livingPid(file);
    if (other !== null) throw new Error(`Dripwatch already runs on ${dataDir} (process ${other}); stop it first.`);
    rmSync(file, { force: true });
  }
}

/**
 * Stops services that an earlier supervisor left behind when it was killed.
 *
 * @returns their names
 */
export async function stopLeftoverServices(runDir: string, order: readonly string[]): Promise<string[]> {
  if (!existsSync(runDir)) return [];
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const names = readdirSync(runDir).map((file) => basename(file, '.json'));
  const stopped: string[] = [];
  for (const name of names.sort((a, b) => rank(a) - rank(b))) {
    const file = join(runDir, `${name}.json`);
    const pid = livingPid(file);
    if (pid !== null) {
      await stopProcess(pid, 5_000);
      stopped.push(name);
    }
    rmSync(file, { force: true });
  }
  return stopped;
}

/** Asks a process to end, and ends it when it has not after its grace time. */
export async function stopProcess(pid: number, graceMs: number): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  if (await isGoneWithin(pid, graceMs)) return;
  signalGroup(pid, 'SIGKILL');
  await isGoneWithin(pid, 5_000);
}

/** Sends a signal to a service: it leads a process group of its own. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    // A clean end is the service's own affair; only a forced one includes what it may have started.
    process.kill(signal === 'SIGKILL' && process.platform !== 'win32' ? -pid : pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
