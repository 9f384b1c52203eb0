import * as z from 'zod';
import type { PumpState } from './pump-state.ts';

// A pump's state as its journal keeps it. Only what decides whether it is one of ours is checked: the line it stands in
// carries a checksum, and nobody else writes it.
const shape = z.looseObject({
  rng: z.number(),
  t: z.number(),
  bootedAt: z.number(),
  run: z.looseObject({ at: z.enum(['standby', 'waiting', 'flowing', 'paused', 'alarm', 'complete']) }),
  lastInfusion: z.number(),
  lastAlarm: z.number(),
  plan: z.array(z.unknown()),
});

const isPumpState = z.custom<PumpState>((value) => shape.safeParse(value).success);

/** The state of an earlier run, or null when the journal holds none. */
export function readPumpState(kept: unknown): PumpState | null {
  const read = isPumpState.safeParse(kept);
  return read.success ? read.data : null;
}
