// Good payloads of every kind, as a start for bad ones.
import type { Seeded } from '../../../firmware-sim/random.ts';
import { below, oneOf } from './mutate.ts';

const epochs = ['00000000000000f1', '00000000000000f2', '00000000000000f3'] as const;

/** A payload that the platform would take on this lane. */
export function payloadFor(seeded: Seeded, lane: 'telemetry' | 'alarm' | 'event' | 'hello' | 'reply'): unknown {
  const at = new Date().toISOString();
  const epoch = oneOf(seeded, epochs);
  const boot = 1 + below(seeded, 3);
  if (lane === 'reply') return { id: '1', ok: true, error: null };
  if (lane === 'hello') {
    return {
      v: 1,
      epoch,
      previousEpoch: oneOf(seeded, epochs),
      boot,
      first: 1,
      last: below(seeded, 10_000),
      model: 'M',
      serial: 'S',
      firmware: '1',
      sampleEveryS: 10,
      sentAt: at,
      uptimeMs: 1_000,
    };
  }
  const first = 1 + below(seeded, 20_000);
  const records = Array.from({ length: 1 + below(seeded, 4) }, (_, n) => ({
    seq: first + n,
    at,
    uptimeMs: 1_000 + n,
    ...recordBody(seeded, lane),
  }));
  return { v: 1, epoch, boot, sentAt: at, uptimeMs: 2_000, records };
}

function recordBody(seeded: Seeded, lane: 'telemetry' | 'alarm' | 'event'): Record<string, unknown> {
  const infusion = 1 + below(seeded, 5);
  if (lane === 'telemetry') {
    return {
      kind: 'sample',
      infusion,
      state: 'delivering',
      rateMlPerH: 12.5,
      infusedMl: 3,
      reservoirMl: 90,
      pressureKpa: 20,
      batteryPct: 80,
      mains: true,
      temperatureC: 21,
      signalDbm: -70,
    };
  }
  if (lane === 'alarm') {
    return {
      kind: 'alarm',
      alarm: 1 + below(seeded, 500),
      code: 'MDC_EVT_FLUID_LINE_AIR',
      phase: oneOf(seeded, ['start', 'end']),
      priority: 'high',
      infusion,
      detail: 'air',
    };
  }
  return oneOf<Record<string, unknown>>(seeded, [
    {
      kind: 'programme',
      infusion,
      drug: 'vancomycin',
      mode: 'multistep',
      concentration: { amount: 1, unit: 'g', perMl: 250 },
      doseRate: 1,
      doseUnit: 'mg/h',
      rateMlPerH: 100,
      vtbiMl: 250,
      weightKg: 70,
      steps: [{ rateMlPerH: 10, durationMin: 5 }],
      pca: { basalMlPerH: 1, demandMl: 1, lockoutMin: 10 },
    },
    {
      kind: 'delivery',
      infusion,
      segment: 1,
      phase: oneOf(seeded, ['start', 'stop', 'complete']),
      rateMlPerH: 100,
      segmentMl: 10,
      totalMl: 10,
      reason: 'clinician',
    },
    { kind: 'bolus', infusion, origin: 'patient', result: 'given', ml: 1 },
    {
      kind: 'limit',
      infusion,
      field: 'doseRate',
      attempted: 10,
      limit: 5,
      limitType: 'hard-high',
      response: 'cancel',
      reason: 'x',
      responseMs: 900,
    },
    { kind: 'device', event: 'power', mains: true },
    { kind: 'gone', from: 1, to: 3, reason: 'journal-overflow' },
  ]);
}
