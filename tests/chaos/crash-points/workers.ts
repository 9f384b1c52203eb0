// The ingest workers of a run: each is told where to be killed, and counted when it was.
import type { ChildProcess } from 'node:child_process';
import * as z from 'zod';
import { between, type Seeded } from '../../../firmware-sim/random.ts';
import type { Step } from '../../../ingest/steps.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { KillOrder } from './kill-at.ts';
import { chanceOf } from './points.ts';

export type Workers = {
  /** Each worker, and whoever follows it, is killed at a passing of this step that the seed draws. */
  killAt(step: Step, times: number): void;
  /** Kills since {@link killAt}. */
  readonly kills: number;
  /** Nobody is killed any more. */
  spare(): Promise<void>;
  started(worker: ChildProcess): void;
  meant(worker: ChildProcess): boolean;
};

const heard = z.object({ heard: z.null() });

export function newWorkers(seeded: Seeded): Workers {
  const living = new Map<ChildProcess, { told: string | null }>();
  let target: { step: Step; times: number } | null = null;
  let kills = 0;

  const tell = (worker: ChildProcess, killAt: KillOrder['killAt']) => {
    const state = living.get(worker);
    if (!state || !worker.connected) return;
    if (killAt) state.told = killAt.step;
    worker.send({ killAt } satisfies KillOrder, () => {});
  };
  const aim = (worker: ChildProcess) => {
    if (!target || kills >= target.times) return;
    const { step } = target;
    tell(worker, { step, nth: Math.round(between(seeded, 1, chanceOf(step).within)) });
  };

  return {
    get kills() {
      return kills;
    },
    killAt(step, times) {
      kills = 0;
      target = { step, times };
      for (const worker of living.keys()) aim(worker);
    },
    async spare() {
      target = null;
      const all = () => [...living].every(([worker, { told }]) => told === null || !worker.connected);
      for (const worker of living.keys()) tell(worker, null);
      await waitFor(all, { what: 'the workers to hear that they may live' });
    },
    started(worker) {
      const state: { told: string | null } = { told: null };
      living.set(worker, state);
      worker.on('message', (message) => {
        if (heard.safeParse(message).success) state.told = null;
      });
      aim(worker);
    },
    meant(worker) {
      const state = living.get(worker);
      living.delete(worker);
      if (worker.signalCode !== 'SIGKILL' || !state?.told) return false;
      if (state.told === target?.step) kills += 1;
      return true;
    },
  };
}
