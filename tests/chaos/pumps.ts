// The simulator of a run: killed and started again over its journals.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as z from 'zod';
import { startProcess, stopProcess } from '../support/processes.ts';
import { waitFor } from '../support/wait-for.ts';
import type { PumpsOrder, PumpsSettings } from './pumps-main.ts';

const told = z.object({ totals: z.object({ connected: z.int(), journaled: z.int(), acknowledged: z.int() }) });
export type PumpTotals = z.infer<typeof told>['totals'];

export type ChaosPumps = {
  /** What it said last, or null until it runs. */
  readonly totals: PumpTotals | null;
  /** False when it is not running. */
  order(order: PumpsOrder): boolean;
  /** SIGKILL; started again after a while. */
  restart(offMs: number): Promise<boolean>;
  running(): Promise<void>;
  close(): Promise<void>;
};

/** Gets a credential for every pump. @throws Error when that failed */
export async function provisionPumps(settings: PumpsSettings, output: number): Promise<void> {
  const child = startProcess(
    'tests/chaos/pumps-main.ts',
    [JSON.stringify({ ...settings, provisionOnly: true })],
    {},
    output,
  );
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`provisioning the pumps ended with ${code}`);
}

/** Starts the simulator. @param output a file descriptor for what it says */
export function startPumps(settings: PumpsSettings, output: number): ChaosPumps {
  let child: ChildProcess | null = null;
  let totals: PumpTotals | null = null;
  let off: Promise<unknown> | null = null;
  let closed = false;

  const start = () => {
    totals = null;
    const mine = startProcess('tests/chaos/pumps-main.ts', [JSON.stringify(settings)], {}, output);
    child = mine;
    mine.on('message', (message) => {
      if (mine === child) totals = told.parse(message).totals;
    });
  };
  start();

  return {
    get totals() {
      return totals;
    },
    order(order) {
      if (!child?.connected || totals === null) return false;
      child.send(order);
      return true;
    },
    async restart(offMs) {
      const mine = child;
      if (!mine || off || totals === null) return false;
      const ended = once(mine, 'exit');
      child = null;
      totals = null;
      mine.kill('SIGKILL');
      off = ended.then(() => new Promise((resolve) => setTimeout(resolve, offMs)));
      await off;
      off = null;
      if (!closed) start();
      return true;
    },
    async running() {
      await waitFor(() => totals !== null, { timeoutMs: 60_000, what: 'the pumps to run' });
    },
    async close() {
      closed = true;
      await off;
      if (child) await stopProcess(child);
    },
  };
}
