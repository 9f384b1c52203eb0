import type { Telemetry } from '#schemas/http/shapes.ts';
import type { Query } from './database.ts';

const minuteMs = 60_000;
/** Longer spans are read from the minute roll-up where their buckets are whole minutes. */
const rollUpFromMs = 7 * 24 * 3_600_000;

const values = ['rate', 'infused', 'pressure', 'battery', 'reservoir'] as const;
type Value = (typeof values)[number];
type BucketRow = Record<`${Value}${'Min' | 'Max' | 'Last'}`, number | null> & {
  t: number;
  state: string;
  late: boolean;
};

export type TelemetryAsk = {
  pump: string;
  /** The span is open at its end. */
  fromMs: number;
  toMs: number;
  /** At most this many buckets. */
  points: number;
  /** Only samples of this infusion. */
  of: { epochNo: number; infusion: number } | null;
};

/**
 * Which buckets answer a span: as wide as `points` asks, never under a second. Over long spans whole minutes, aligned
 * to minutes, read from the roll-up.
 */
export function bucketsOf({ fromMs, toMs, points, of }: TelemetryAsk): {
  fromMs: number;
  bucketMs: number;
  rolledUp: boolean;
} {
  const width = (from: number, unit: number) => Math.max(1, Math.ceil((toMs - from) / points / unit)) * unit;
  if (of === null && toMs - fromMs >= rollUpFromMs) {
    const aligned = Math.floor(fromMs / minuteMs) * minuteMs;
    return { fromMs: aligned, bucketMs: width(aligned, minuteMs), rolledUp: true };
  }
  return { fromMs, bucketMs: width(fromMs, 1_000), rolledUp: false };
}

/** Samples as columns, a bucket each; empty buckets are left out. */
export async function readTelemetry(query: Query, ask: TelemetryAsk): Promise<Telemetry> {
  const { fromMs, bucketMs, rolledUp } = bucketsOf(ask);
  const span = [ask.pump, new Date(fromMs).toISOString(), new Date(ask.toMs).toISOString(), bucketMs];
  const rows = rolledUp
    ? await query<BucketRow>('telemetry_rolled_up', span)
    : await query<BucketRow>('telemetry_raw', [...span, ask.of?.epochNo ?? null, ask.of?.infusion ?? null]);
  const column = (value: Value) => ({
    min: rows.map((row) => row[`${value}Min`]),
    max: rows.map((row) => row[`${value}Max`]),
    last: rows.map((row) => row[`${value}Last`]),
  });
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(ask.toMs).toISOString(),
    bucketMs,
    t: rows.map((row) => row.t),
    rateMlPerH: column('rate'),
    infusedMl: column('infused'),
    pressureKpa: column('pressure'),
    batteryPct: column('battery'),
    reservoirMl: column('reservoir'),
    state: rows.map((row) => row.state),
    late: rows.map((row) => row.late),
  };
}
