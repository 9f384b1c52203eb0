import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openLogFile } from './log-file.ts';
import { notePid, signalGroup } from './processes.ts';
import { lineForTerminal } from './terminal-lines.ts';

export interface ServiceOptions {
  name: string;
  /** Arguments of Node.js: the file to run and what follows it. */
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Holds `logs/` and `run/`. */
  dataDir: string;
  /** Answers 200 when the service is ready; null where being alive is all there is to ask. */
  readyUrl: string | null;
  readyWithinMs: number;
  /** How long it may take to end cleanly. */
  graceMs: number;
  /** A line for the terminal. */
  say: (line: string) => void;
  /** Gives up waiting for the first readiness. */
  signal: AbortSignal;
}

export interface Service {
  name: string;
  /** Ends it: SIGTERM, then SIGKILL when its grace time is over. It is not started again. */
  close: () => Promise<void>;
  /** Ends it now. */
  kill: () => void;
}

const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** A service that ran this long has recovered: its next end is a first one again. */
const steadyAfterMs = 60_000;

/**
 * Starts a service in a process of its own and waits until it is ready. From then on it is started again whenever it
 * ends, after a pause that doubles while it keeps ending.
 *
 * @throws Error when it ends or stays silent before it is ready for the first time
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { name, say } = options;
  const write = openLogFile(join(options.dataDir, 'logs', `${name}.log`));
  const pidFile = join(options.dataDir, 'run', `${name}.json`);
  let closing = false;
  let pauseMs = firstPauseMs;
  let wake: (() => void) | null = null;
  let current = run();
  const problem = await untilReady(current, options);
  if (problem !== null) {
    closing = true;
    await end(current);
    throw new Error(`${name} ${problem}`);
  }
  const kept = keepRunning();

  return {
    name,
    close: async () => {
      closing = true;
      wake?.();
      await end(current);
      await kept;
    },
    kill: () => {
      closing = true;
      wake?.();
      if (current.child.pid !== undefined) signalGroup(current.child.pid, 'SIGKILL');
    },
  };

  function run(): Running {
    const child = spawn(process.execPath, [...process.execArgv, ...options.args], {
      cwd: options.cwd,
      env: options.env,
      // Its own process group: a terminal's Ctrl-C is for the supervisor, which stops the services in order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lastWords: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        write(`${line}\n`);
        const shown = lineForTerminal(line);
        if (shown === null) return;
        lastWords.push(shown);
        if (lastWords.length > 5) lastWords.shift();
        // What a service says before it is ready is told once, as the reason when it fails.
        if (running.ready) say(`${name}: ${shown}`);
      });
    }
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => resolve(signal === null ? `exit code ${code}` : signal));
    });
    const running: Running = { child, ended, lastWords, startedAt: Date.now(), ready: false };
    if (child.pid !== undefined) notePid(pidFile, child.pid);
    return running;
  }

  async function end({ child, ended }: Running): Promise<void> {
    if (child.pid === undefined) return;
    if (child.exitCode === null && child.signalCode === null) signalGroup(child.pid, 'SIGTERM');
    const timer = setTimeout(() => {
      say(`${name} did not end in ${options.graceMs / 1000} s and is killed`);
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    }, options.graceMs);
    await ended;
    clearTimeout(timer);
    rmSync(pidFile, { force: true });
  }

  async function keepRunning(): Promise<void> {
    for (;;) {
      const how = await current.ended;
      if (closing) return;
      if (Date.now() - current.startedAt > steadyAfterMs) pauseMs = firstPauseMs;
      say(`${name} ended (${how}); starting it again in ${pauseMs / 1000} s`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = null;
      if (closing) return;
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      current = run();
      const problem = await untilReady(current, options);
      if (problem === null) say(`${name} is running again`);
      else if (!closing) say(`${name} ${problem}`);
      current.ready = true;
    }
  }
}

interface Running {
  child: ChildProcess;
  /** Fulfilled with how it ended, after its last line was read. */
  ended: Promise<string>;
  lastWords: string[];
  startedAt: number;
  ready: boolean;
}

/** Null when the service is ready, else what went wrong. */
async function untilReady(
  running: Running,
  { readyUrl, readyWithinMs, signal }: ServiceOptions,
): Promise<string | null> {
  const deadline = Date.now() + readyWithinMs;
  let how: string | null = null;
  running.ended.then((reason) => {
    how = reason;
  });
  let answer = 'no answer';
  for (;;) {
    // One turn of the loop at least, so that a process that could not be started is noticed.
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (how !== null) return `ended before it was ready (${how})${quote(running)}`;
    if (signal.aborted) return 'was stopped before it was ready';
    if (readyUrl === null) break;
    try {
      const response = await fetch(readyUrl, { signal: AbortSignal.timeout(2_000) });
      const text = await response.text();
      if (response.ok) break;
      answer = `it answers ${response.status} ${text.slice(0, 200)}`;
    } catch (error) {
      answer = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() > deadline) return `was not ready after ${readyWithinMs / 1000} s: ${answer}${quote(running)}`;
  }
  running.ready = true;
  return null;
}

function quote({ lastWords }: Running): string {
  return lastWords.length === 0 ? '' : `:\n  ${lastWords.join('\n  ')}`;
}
