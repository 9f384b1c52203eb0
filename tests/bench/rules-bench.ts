import { demoLibrary } from '#schemas/library/demo-library.ts';
import type { JournalRecord } from '#schemas/messages/record.ts';
import { indexLibrary } from '#schemas/rules/library-index.ts';
import { orderNumbers } from '#schemas/rules/order.ts';
import { type CareFacts, newCareFacts } from '#schemas/rules/second-check/care.ts';
import { buildBatch } from '../../ingest/build.ts';
import { CopyBuffer } from '../../ingest/copy-binary.ts';
import { newPump, type PumpMemory } from '../../ingest/fleet.ts';
import type { IncomingBatch } from '../../ingest/incoming.ts';
import { newRows } from '../../ingest/rows.ts';

// What the rules cost per record, in process: the same batches through cursor, clock, rules and rows, of pumps of which
// nothing is on record (the second check stands still) and of pumps with order, library and programme.

export type RulesResult = { records: number; withoutMicros: number; withMicros: number; secondCheckMicros: number };

const t0 = Date.UTC(2026, 0, 1);
const everyMs = 10_000;
/** One transaction's worth. */
const perRows = 1_000;

const order = orderNumbers.parse({
  ...{ drug: 'DOBUTamine', concentration: { amount: 4000, unit: 'mcg', perMl: 1 } },
  ...{ rateMlPerH: 6, volumeMl: 250, overfillMl: 15, durationMin: 2_500, weightKg: 80 },
});

function onRecord(): CareFacts {
  const version = { id: 'order', version: 1, state: 'verified' as const, verifiedAt: t0 - 1, endedAt: null };
  return {
    ...newCareFacts(),
    ordersKept: true,
    assignments: [{ patient: 'patient', therapy: null, from: 0, to: null }],
    patients: new Map([['patient', { id: 'patient', weightKg: 80, bsaM2: 1.8, infant: false }]]),
    therapies: [
      {
        ...{ id: 'therapy', reference: 'TH', patient: 'patient', drug: 'DOBUTamine', careArea: 'inotropes' },
        ...{ status: 'active', holdUntil: null, orders: [{ ...version, numbers: order }] },
      },
    ],
    libraries: [{ name: 'Demo library', version: 1, index: indexLibrary(demoLibrary()) }],
  };
}

/** A pump's next batch; the objects are used again, so that little garbage is measured that is not the pipeline's. */
function batches(pump: PumpMemory): (seq: number, at: number) => IncomingBatch {
  const common = { seq: 1, at: '', uptimeMs: 0, infusion: 1 };
  const programme = {
    ...{ kind: 'programme', ...common, drug: 'DOBUTamine', careArea: 'inotropes', mode: 'continuous' },
    ...{ libraryVersion: 'demo-1', concentration: { amount: 4000, unit: 'mcg', perMl: 1 }, weightKg: 80 },
    ...{ doseRate: 5, doseUnit: 'mcg/kg/min', rateMlPerH: 6, vtbiMl: 250 },
  } satisfies JournalRecord;
  const sample = {
    ...{ kind: 'sample', ...common, state: 'delivering', rateMlPerH: 6, batteryPct: 88, pressureKpa: 12.5 },
    ...{ infusedMl: 0, reservoirMl: 250 },
  } satisfies JournalRecord;
  const given: IncomingBatch = {
    ...{ what: 'batch', pump: pump.pump, shard: 0, lane: 'telemetry', receivedAt: 0, brokerAt: null },
    ...{ epoch: 'b'.repeat(16), boot: 1, sentAt: 0, uptimeMs: 0, rejected: [], records: [] },
  };
  return (seq, at) => {
    const record = seq === 1 ? programme : sample;
    record.seq = seq;
    record.uptimeMs = seq * everyMs;
    sample.infusedMl = Math.floor((seq * 6) / 360 / 0.02) * 0.02;
    sample.reservoirMl = 250 - seq / 60;
    given.receivedAt = at;
    given.sentAt = at;
    given.uptimeMs = seq * everyMs;
    given.records = [{ record, pumpAt: at, fieldErrors: null }];
    return given;
  };
}

/** @returns µs per record */
function measure(pumps: number, records: number, care: CareFacts | null): number {
  const fleet = Array.from({ length: pumps }, (_, n) => newPump(`BENCH-${n}`, 0, null));
  for (const pump of fleet) pump.care = care;
  const next = fleet.map(batches);
  const buffer = new CopyBuffer(256 * 1024);
  let rows = newRows(buffer.clear());
  let spent = 0;
  for (let seq = 1, done = 0; done < records; seq += 1) {
    const taken = next.map((make) => make(seq, t0 + seq * everyMs));
    const began = process.cpuUsage();
    for (const [n, pump] of fleet.entries()) {
      buildBatch(rows, pump, taken[n] as IncomingBatch);
      done += 1;
      if (done % perRows === 0) rows = newRows(buffer.clear());
    }
    const { user, system } = process.cpuUsage(began);
    spent += user + system;
  }
  return spent / records;
}

/** Each measured three times in turn, the smallest counts: what else runs on the machine only adds. */
export function benchRules(records = 200_000, pumps = 200): RulesResult {
  const facts = onRecord();
  measure(pumps, records / 4, facts);
  let [without, withAll] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < 3; round += 1) {
    without = Math.min(without, measure(pumps, records, null));
    withAll = Math.min(withAll, measure(pumps, records, facts));
  }
  return { records, withoutMicros: without, withMicros: withAll, secondCheckMicros: withAll - without };
}
