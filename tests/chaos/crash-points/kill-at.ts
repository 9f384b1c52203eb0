// Loaded into an ingest process before its own code (node --import): ends the process, as by kill -9, at the n-th passing
// of a step from when it was told to.

import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import * as z from 'zod';
import { stepChannel, steps } from '../../../ingest/steps.ts';

/** What the parent process says; `killAt` null lets the process live. */
const order = z.object({ killAt: z.object({ step: z.enum(steps), nth: z.int().min(1) }).nullable() });
export type KillOrder = z.infer<typeof order>;

let killAt: KillOrder['killAt'] = null;

subscribe(stepChannel, (step) => {
  if (killAt === null || step !== killAt.step) return;
  killAt.nth -= 1;
  if (killAt.nth > 0) return;
  writeSync(2, `killed at ${killAt.step}\n`);
  process.kill(process.pid, 'SIGKILL');
});
process.on('message', (message) => {
  ({ killAt } = order.parse(message));
  if (killAt === null) process.send?.({ heard: null });
});
// A worker that stops by itself is not held by its parent.
process.channel?.unref();
