import { factoryVersion } from './library/factory.ts';
import type { ProgrammingHabits } from './library/programming.ts';
import type { Phase } from './modes/phase.ts';
import type { Battery } from './physics/battery.ts';
import { setBias } from './physics/flow.ts';
import type { Line } from './physics/pressure.ts';
import { between, draw, type Seeded, seedOf } from './random.ts';
import type { ProgrammeFields } from './therapies.ts';

/** What is done to a pump from outside: by a patient, a nurse, a line or an injected fault. */
export type PumpInput =
  | { do: 'occlude'; handledAfterMs?: number }
  | { do: 'upstream' | 'air' | 'door' | 'malfunction'; handledAfterMs?: number }
  | { do: 'hold'; forMs: number }
  | { do: 'near-end' }
  | { do: 'battery'; pct: number; handledAfterMs?: number }
  | { do: 'mains'; on: boolean }
  | { do: 'free-flow'; mlPerH: number; forMs: number }
  | { do: 'bolus'; ml: number }
  | { do: 'demand' }
  /** For a while a patient presses far more often than the lockout allows. */
  | { do: 'frustrated'; forMs: number }
  | { do: 'press'; untilMs: number }
  /** The handset comes off; demands don't reach the pump until somebody has put it back. */
  | { do: 'detach-handset'; handledAfterMs?: number }
  | { do: 'ramp-down' }
  | { do: 'install-library'; version: string }
  /** Somebody put a library of his own into the pump, at once and behind the platform's back. */
  | { do: 'swap-library'; version: string }
  /** Back to what it came with: the library that it went by can't be read. */
  | { do: 'factory-library' }
  | { do: 'install-firmware'; version: string };

/** What a pump does right now; times are ms of its own time. */
export type Run =
  | { at: 'standby'; until: number }
  | { at: 'waiting'; phase: number; until: number }
  | { at: 'flowing'; phase: number; since: number; flowedToMs: number; phaseEndsAt: number | null }
  | { at: 'paused'; phase: number; resumeAt: number; callsAt: number; leftMs: number | null }
  | { at: 'alarm'; phase: number; alarm: number; handledAt: number; leftMs: number | null }
  | { at: 'complete'; until: number };

/** A running infusion and its counters. */
export type Infusion = {
  number: number;
  therapy: string;
  programme: ProgrammeFields;
  phases: readonly Phase[];
  segment: number;
  /** Counted volume of the whole infusion, of the running segment and of the running phase, mL. */
  ml: number;
  segmentFromMl: number;
  phaseMl: number;
  /** Moments of given demands. */
  demands: number[];
  /** What clinicians gave by hand; absent in journals of older pumps. */
  clinicianBoluses?: { t: number; ml: number }[];
  nearEndCalled: boolean;
};

export type ActiveAlarm = { number: number; code: string; endsAt: number | null };

export type PumpState = Seeded & {
  /** The pump's own time, ms since it was made: what its monotonic clock would say had it never been off. */
  t: number;
  /** Own time of the last power-up. */
  bootedAt: number;
  strokeMl: number;
  bias: number;
  line: Line;
  occluded: { handledAfterMs: number } | null;
  battery: Battery;
  reservoirMl: number;
  temperatureC: number;
  infusion: Infusion | null;
  run: Run;
  alarms: ActiveAlarm[];
  lastInfusion: number;
  lastAlarm: number;
  /** Flow past a stopped mechanism, and when it ends. */
  leak: { mlPerH: number; until: number } | null;
  sampleAt: number;
  /** When the next alarm drawn from the base rates comes; null before it is drawn. */
  nextFaultAt: number | null;
  /** Inputs to come, in order of time. */
  plan: { t: number; input: PumpInput }[];
  /** Ms since midnight where the patient lives, at own time 0; absent in journals of older pumps. */
  midnightMs?: number;
  pendingLibrary: string | null;
  pendingFirmware: string | null;
  libraryVersion: string;
  firmware: string;
};

/** How a pump behaves that its state doesn't hold. Cadences in ms. */
export type PumpSettings = {
  cadenceMs: number;
  idleCadenceMs: number;
  /** Injected alarms per hour of operation. */
  alarmsPerHour: number;
  /** How nurses programme; absent: as usual. */
  habits?: ProgrammingHabits;
};

export const usualSettings: PumpSettings = { cadenceMs: 10_000, idleCadenceMs: 60_000, alarmsPerHour: 0.18 };

/** Moment after every other. */
export const never = Number.MAX_SAFE_INTEGER;

/** A new pump, on standby until its first therapy starts at `startAt` (ms of its own time). */
export function newPump(seed: number, n: number, startAt: number): PumpState {
  const seeded: Seeded = { rng: seedOf(seed, n) };
  return {
    bias: setBias(draw(seeded), draw(seeded)),
    line: {
      resistanceKpaPerMlPerH: between(seeded, 0.03, 0.07),
      complianceMlPerKpa: between(seeded, 0.008, 0.016),
      trappedMl: 0,
    },
    battery: { charge: between(seeded, 0.45, 1), health: between(seeded, 0.7, 1), mains: draw(seeded) < 0.35 },
    temperatureC: Math.round(between(seeded, 20, 26) * 10) / 10,
    rng: seeded.rng,
    t: 0,
    bootedAt: 0,
    strokeMl: 0.02,
    occluded: null,
    reservoirMl: 0,
    infusion: null,
    run: { at: 'standby', until: startAt },
    alarms: [],
    lastInfusion: 0,
    lastAlarm: 0,
    leak: null,
    sampleAt: 0,
    nextFaultAt: null,
    plan: [],
    pendingLibrary: null,
    pendingFirmware: null,
    libraryVersion: factoryVersion,
    firmware: '4.2.1',
  };
}
