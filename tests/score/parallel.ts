// Work spread over processes, since one thread plays on one core.
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/** What a process of {@link workerFile} is asked, one after the other, and its answers. */
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
    const child = startWorker();
    const stop = () => void child.kill('SIGTERM');
    process.once('exit', stop);
    try {
      for (;;) {
        const index = next;
        next += 1;
        const job = jobs[index];
        if (!job) return;
        results[index] = await runJob<T>(child, job, (done) => progress(index, done));
        ended(index);
      }
    } finally {
      process.off('exit', stop);
      child.kill('SIGTERM');
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs.length, availableParallelism()) }, runner));
  return results;
}

function startWorker(): ChildProcess {
  return fork(workerFile, [], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // Records live shortly and are many: with more room for the young, collecting them costs a third.
    execArgv: [...process.execArgv, '--max-semi-space-size=64'],
  });
}

function runJob<T>(child: ChildProcess, job: Job, progress: (done: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (settled: () => void) => {
      child.removeAllListeners();
      settled();
    };
    child.on('message', (message: Told<T>) => {
      if (message.told === 'progress') progress(message.done);
      else if (message.told === 'error') settle(() => reject(new Error(message.words)));
      else settle(() => resolve(message.result));
    });
    child.once('error', (error) => settle(() => reject(error)));
    child.once('exit', (code, signal) =>
      settle(() => reject(new Error(`a process of the scoreboard ended with ${signal ?? code}`))),
    );
    child.send(job);
  });
}
