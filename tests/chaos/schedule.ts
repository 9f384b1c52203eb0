// Which fault comes when: drawn from a seed before the run begins, so that a run can be repeated as far as the operating
// system allows.
import { cleanWire } from '../../firmware-sim/faults/wire.ts';
import { between, draw, pick, type Seeded, seedOf } from '../../firmware-sim/random.ts';
import type { Fault } from '../../firmware-sim/scenarios/scenario.ts';

export const faultFamilies = [
  'kill',
  'freeze',
  'database',
  'links',
  'restart',
  'wire',
  'clock',
  'journal',
  'poison',
  'offline',
  'reboot',
  'slow-disk',
  'full-disk',
] as const;
export type FaultFamily = (typeof faultFamilies)[number];

/** Families that need a disk of the database's own. */
export function onDisk(family: FaultFamily): boolean {
  return family === 'slow-disk' || family === 'full-disk';
}

export const services = ['broker', 'ingest-1', 'ingest-2', 'api'] as const;
export type ServiceName = (typeof services)[number];
export const links = ['pumps', 'services', 'database', 'screens'] as const;
export type LinkName = (typeof links)[number];
export const linkFaults = ['cut', 'half-open', 'slow', 'reset'] as const;
export type LinkFault = (typeof linkFaults)[number];

/** One fault of the run. */
export type Injection =
  | { do: 'kill'; service: ServiceName }
  | { do: 'freeze'; service: ServiceName; forMs: number }
  | { do: 'stop-database'; forMs: number }
  /** Every write of the database waits for `stallMs`, again and again. */
  | { do: 'slow-disk'; forMs: number; stallMs: number }
  | { do: 'full-disk'; forMs: number }
  | { do: 'disturb-link'; link: LinkName; fault: LinkFault; forMs: number }
  | { do: 'restart-pumps'; offMs: number }
  | { do: 'pump'; pump: number; fault: Fault };

export type Scheduled = { atMs: number; family: FaultFamily | 'alarm'; injection: Injection };

export type ScheduleOptions = { seed: number; lastsMs: number; pumps: number; families: readonly FaultFamily[] };

/** Long enough for every lease to run out and every pump to be silent. */
const longStopMs = 15_000;
/** A long stop of the database needs a run at least this long. */
const longStopFromMs = 120_000;

/** The faults of a run in order of time; nothing lasts beyond its end. */
export function planFaults({ seed, lastsMs, pumps, families }: ScheduleOptions): Scheduled[] {
  const plan: Scheduled[] = [];
  const left = (atMs: number, wantedMs: number) => Math.max(0, Math.min(wantedMs, lastsMs - atMs));
  // Each stream has draws of its own: leaving out one family changes nothing about the others.
  const stream = (
    family: Scheduled['family'],
    everyMs: readonly [number, number],
    next: (seeded: Seeded, atMs: number) => Injection,
  ) => {
    const seeded = { rng: seedOf(seed, streams.indexOf(family)) };
    if (family !== 'alarm' && !families.includes(family)) return;
    for (let atMs = between(seeded, 0, everyMs[1]); atMs < lastsMs; atMs += between(seeded, ...everyMs)) {
      plan.push({ atMs: Math.round(atMs), family, injection: next(seeded, atMs) });
    }
  };
  const one = <T>(seeded: Seeded, of: readonly T[]): T =>
    pick(
      seeded,
      of.map((value) => ({ weight: 1, value })),
    );
  const somePump = (seeded: Seeded) => Math.floor(draw(seeded) * pumps);
  const onPump = (make: (seeded: Seeded, atMs: number) => Fault) => (seeded: Seeded, atMs: number) =>
    ({ do: 'pump', pump: somePump(seeded), fault: make(seeded, atMs) }) as const;
  // Faults of pumps grow with the fleet: each pump meets about the same.
  const perPump = (ms: number): [number, number] => [(ms * 0.5) / pumps, (ms * 1.5) / pumps];

  stream('kill', [1_000, 4_000], (seeded) => ({ do: 'kill', service: one(seeded, services) }));
  stream('freeze', [15_000, 30_000], (seeded, atMs) => ({
    do: 'freeze',
    service: pick(seeded, [
      { weight: 3, value: one(seeded, ['ingest-1', 'ingest-2'] as const) },
      { weight: 1, value: 'broker' },
    ]),
    forMs: left(atMs, between(seeded, 3_000, 14_000)),
  }));
  stream('database', [25_000, 45_000], (seeded, atMs) => ({
    do: 'stop-database',
    forMs: left(atMs, between(seeded, 500, 3_000)),
  }));
  if (families.includes('database') && lastsMs >= longStopFromMs) {
    const atMs = Math.round(lastsMs * 0.6);
    plan.push({ atMs, family: 'database', injection: { do: 'stop-database', forMs: longStopMs } });
  }
  stream('links', [3_000, 8_000], (seeded, atMs) => ({
    do: 'disturb-link',
    link: one(seeded, links),
    fault: one(seeded, linkFaults),
    forMs: left(atMs, between(seeded, 500, 6_000)),
  }));
  stream('restart', [20_000, 40_000], (seeded) => ({ do: 'restart-pumps', offMs: between(seeded, 0, 3_000) }));
  stream(
    'wire',
    perPump(60_000),
    onPump((seeded) => ({
      fault: 'wire',
      wire: one(seeded, [
        cleanWire,
        { ...cleanWire, duplicate: 0.6, reorder: 0.3 },
        { ...cleanWire, truncate: 0.3, drop: 0.2 },
        { duplicate: 0.3, reorder: 0.3, truncate: 0.1, drop: 0.1 },
      ]),
    })),
  );
  stream(
    'clock',
    perPump(120_000),
    onPump((seeded) => ({
      fault: 'clock',
      clock: one(seeded, [
        { clock: '1970' },
        { clock: '2099' },
        { clock: 'step', ms: -3_600_000 },
        { clock: 'step', ms: 86_400_000 },
        { clock: 'offset', ms: 180_000 },
        { clock: 'drift', ppm: 50_000 },
        { clock: 'set', toMs: Date.UTC(2026, 0, 1) },
      ]),
    })),
  );
  stream(
    'journal',
    perPump(300_000),
    onPump(() => ({ fault: 'journal-loss' })),
  );
  stream(
    'poison',
    perPump(120_000),
    onPump(() => ({ fault: 'poison' })),
  );
  stream(
    'offline',
    perPump(60_000),
    onPump((seeded, atMs) => ({ fault: 'offline', forS: left(atMs, between(seeded, 500, 15_000)) / 1000 })),
  );
  stream(
    'reboot',
    perPump(90_000),
    onPump(() => ({ fault: 'reboot' })),
  );
  stream('slow-disk', [10_000, 35_000], (seeded, atMs) => {
    const forMs = left(atMs, between(seeded, 2_000, 12_000));
    // Now and then the disk does not answer at all until it is over.
    return { do: 'slow-disk', forMs, stallMs: draw(seeded) < 0.3 ? forMs : between(seeded, 100, 1_500) };
  });
  stream('full-disk', [15_000, 45_000], (seeded, atMs) => ({
    do: 'full-disk',
    forMs: left(atMs, between(seeded, 3_000, 15_000)),
  }));
  stream(
    'alarm',
    perPump(30_000),
    onPump((seeded) => ({
      fault: 'input',
      input: {
        do: one(seeded, ['occlude', 'upstream', 'air', 'door', 'malfunction'] as const),
        handledAfterMs: between(seeded, 500, 20_000),
      },
    })),
  );
  return plan.toSorted((a, b) => a.atMs - b.atMs);
}

// A new family comes last, so that a seed goes on planning what it planned.
const streams: readonly Scheduled['family'][] = [
  ...faultFamilies.filter((family) => !onDisk(family)),
  'alarm',
  ...faultFamilies.filter(onDisk),
];
