// Work spread over processes, since one thread plays on one core.
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/** What a process of {@link workerFile} is asked, and its answers. */
export type Job = { job: 'rule'; rule: string; seed: number; count: number } | HealthyJob;
export type HealthyJob = { job: 'healthy'; seed: number; from: number; to: number; days: number; cadenceS: number };
export type Told<T> =
  | { told: 'progress'; done: number }
  | { told: 'result'; result: T }
  | { told: 'error'; words: string };

const workerFile = fileURLToPath(new URL('./worker-main.ts', import.meta.url));

/**
 * Runs jobs, as many at a time as there are cores.
 * @param progress what of each job is done, in the job's own measure
 * @param ended is told of each job that has its result
 * @throws Error with the words of a job that failed
 */
export async function runJobs<T>(
  jobs: readonly Job[],
  progress: (job: number, done: number) => void,
  ended: (job: number) => void = () => {},
): Promise<T[]> {
  const results = new Array<T>(jobs.length);
  let next = 0;
  const runner = async () => {
    for (;;) {
      const index = next;
      next += 1;
      const job = jobs[index];
      if (!job) return;
      results[index] = await runJob<T>(job, (done) => progress(index, done));
      ended(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs.length, availableParallelism()) }, runner));
  return results;
}

function runJob<T>(job: Job, progress: (done: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = fork(workerFile, [JSON.stringify(job)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // Records live shortly and are many: with more room for the young, collecting them costs a third.
      execArgv: [...process.execArgv, '--max-semi-space-size=64'],
    });
    let settled = false;
    const stop = () => void child.kill('SIGTERM');
    process.once('exit', stop);
    child.on('message', (message: Told<T>) => {
      if (message.told === 'progress') progress(message.done);
      else if (message.told === 'error') reject(new Error(message.words));
      else {
        settled = true;
        resolve(message.result);
      }
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      process.off('exit', stop);
      if (!settled) reject(new Error(`a process of the scoreboard ended with ${signal ?? code}`));
    });
  });
}
