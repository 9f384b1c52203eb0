// Published hospital base rates (alerts-and-limits.md): 0.18 alarms per pump-hour, of these keep-vein-open and near end
// 34 %, hold expired 27 %, downstream occlusion 23 %; 60 % are handled within 68 s.
import type { PumpInput } from './pump-state.ts';
import { between, exponential, lognormal, pick, type Seeded } from './random.ts';

type Cause = 'near-end' | 'hold' | 'occlude' | 'air' | 'door' | 'battery' | 'upstream' | 'malfunction';

/** Alarm mix in percent; what the three published causes leave is shared by the others. */
export const alarmMix: readonly { weight: number; value: Cause }[] = [
  { weight: 34, value: 'near-end' },
  { weight: 27, value: 'hold' },
  { weight: 23, value: 'occlude' },
  { weight: 6, value: 'air' },
  { weight: 4, value: 'upstream' },
  { weight: 3, value: 'door' },
  { weight: 2.5, value: 'battery' },
  { weight: 0.5, value: 'malfunction' },
];

/** How long a pump may stay paused before it calls, ms. */
export const holdLimitMs = 120_000;

/**
 * Handling time in ms. A lognormal with median 50 s and sigma 1.2 has 60 % below 68 s, since
 * ln(68 / 50) / 1.2 = 0.256 is the 60th percentile of a normal.
 */
export function handlingMs(seeded: Seeded): number {
  return Math.round(Math.min(3_600_000, Math.max(5_000, lognormal(seeded, 50_000, 1.2))));
}

/** Wait until the next injected alarm, ms. */
export function nextAlarmInMs(seeded: Seeded, alarmsPerHour: number): number {
  return alarmsPerHour > 0 ? Math.round(exponential(seeded, 3_600_000 / alarmsPerHour)) : Number.MAX_SAFE_INTEGER;
}

/** Draws what goes wrong next. */
export function drawCause(seeded: Seeded): PumpInput {
  const cause = pick(seeded, alarmMix);
  switch (cause) {
    case 'hold':
      return { do: 'hold', forMs: holdLimitMs + handlingMs(seeded) };
    case 'battery':
      return { do: 'battery', pct: Math.round(between(seeded, 12, 19)) };
    case 'near-end':
      return { do: 'near-end' };
    case 'occlude':
    case 'air':
    case 'door':
    case 'upstream':
    case 'malfunction':
      return { do: cause, handledAfterMs: handlingMs(seeded) };
  }
}
