import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '../../scripts/node-flags.ts';

/**
 * Runs one of this project's modules (a path from the root) as a process of its own; BENCH_PROFILE_DIR: with a CPU
 * profile written there.
 * @param output a file descriptor that takes what the process writes; without it only errors are shown
 * @param imports modules (paths from the root) that are loaded before it
 */
export function startProcess(
  module: string,
  args: string[],
  env: Record<string, string> = {},
  output?: number,
  imports: readonly string[] = [],
): ChildProcess {
  const profile = process.env.BENCH_PROFILE_DIR;
  const service = module.split('/')[0] ?? '';
  const execArgv = [
    ...(nodeFlags[service] ?? []),
    ...(profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : []),
    ...('typescript' in process.features && process.features.typescript ? [] : ['--import', 'tsx']),
    ...['tests/support/end-with-parent.ts', ...imports].flatMap((before) => [
      '--import',
      new URL(`../../${before}`, import.meta.url).href,
    ]),
  ];
  const path = fileURLToPath(new URL(`../../${module}`, import.meta.url));
  const stdio = ['ignore', output ?? 'ignore', output ?? 'inherit', 'ipc'] as const;
  // Its own session, as the supervisor gives one and a container is one: the scheduler shares the processors among sessions.
  return fork(path, args, { execArgv, env: { ...process.env, ...env }, stdio: [...stdio], detached: true });
}

/** The next message of a process that has the given field. @throws Error when it ends first */
export function answer<T>(child: ChildProcess, field: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown) => {
      if (typeof message !== 'object' || message === null || !(field in message)) return;
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(message as T);
    };
    const onExit = (code: number | null) => reject(new Error(`${child.spawnargs.at(1)} ended with ${code}`));
    child.on('message', onMessage);
    child.once('exit', onExit);
  });
}

export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 8_000);
  await ended;
  clearTimeout(force);
}

/** CPU time that a process has used, microseconds (Linux: proc(5), fields utime and stime, 100 per second). */
export function cpuMicros(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}
