import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Stops a server that still runs on this cluster after its supervisor died, and clears the pid file of one that is
 * gone. The caller must know that no living supervisor owns the cluster.
 *
 * @returns the process id of the server that was stopped, or null
 */
export async function stopLeftover(clusterDir: string): Promise<number | null> {
  const pidFile = join(clusterDir, 'postmaster.pid');
  if (!existsSync(pidFile)) return null;
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8').split('\n')[0] ?? '', 10);
  if (!(pid > 1) || !isServerOf(pid, clusterDir)) {
    // The number may belong to some other program by now; the server would refuse to start over it.
    rmSync(pidFile, { force: true });
    return null;
  }
  await stopServer(pid);
  rmSync(pidFile, { force: true });
  return pid;
}

/** Ends a server: at once for its clients but with a clean shutdown, harder if it does not end. */
export async function stopServer(pid: number): Promise<void> {
  for (const [signal, graceMs] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!isAlive(pid)) return;
    sendSignal(pid, signal);
    if (await isGoneWithin(pid, graceMs)) return;
  }
  throw new Error(`The PostgreSQL server with process id ${pid} could not be stopped.`);
}

/** Whether a process with this id exists; a zombie does not count. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync('/proc/self/stat') || (existsSync(stat) && !/\) [ZX] /.test(readSafely(stat)));
}

/** Waits until a process is gone; false when the time is over first. */
export async function isGoneWithin(pid: number, graceMs: number): Promise<boolean> {
  const deadline = Date.now() + graceMs;
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false;
    await delay(25);
  }
  return true;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function isServerOf(pid: number, clusterDir: string): boolean {
  if (!isAlive(pid)) return false;
  if (existsSync('/proc/self/stat')) {
    // A server works in its data directory.
    return /postgres/.test(readSafely(`/proc/${pid}/comm`)) && linkOf(`/proc/${pid}/cwd`) === realpathSync(clusterDir);
  }
  const command = execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return command.includes('postgres') && command.includes(clusterDir);
}

/** A file of /proc, empty when its process ended meanwhile. */
function readSafely(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
