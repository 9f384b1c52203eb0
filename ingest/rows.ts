import type { Range } from '#schemas/rules/cursor.ts';
import type { RuleEffect } from '#schemas/rules/pump-rule-state.ts';
import { CopyBuffer } from './copy-binary.ts';
import type { JournalMemory, PumpMemory } from './fleet.ts';

// Everything that one transaction writes. Rows travel as one JSON document per table (json_to_recordset), samples as
// binary COPY.

/** Columns that every record but a sample has. Times are ms since 1970. */
export type RecordRow = {
  pump_id: string;
  epoch_no: number;
  seq: number;
  at: number;
  pump_at: number | null;
  received_at: number;
  late: boolean;
  field_errors: string | null;
} & Record<string, unknown>;

export type InfusionRow = {
  infusion_id: string;
  pump_id: string;
  epoch_no: number;
  pump_infusion: number;
  first_seq: number;
  started_at: number;
  ended_at: number | null;
  state: string | null;
  state_seq: number;
  drug: string | null;
  care_area: string | null;
  total_ml: number | null;
  last_at: number;
};

export type GoneRow = {
  pump_id: string;
  epoch_no: number;
  seq: number | null;
  from_seq: number;
  to_seq: number;
  reason: string;
  declared_by: 'pump' | 'platform';
  at: number;
  pump_at: number | null;
  received_at: number;
  late: boolean;
};

export type RejectedRow = {
  pump_id: string;
  epoch_no: number | null;
  seq: number | null;
  kind: string | null;
  lane: string;
  reason: string;
  raw: string | null;
  raw_bytes: number;
  sha256: string;
  times: number;
  at: number;
};

export type HelloRow = {
  pump_id: string;
  firmware: string | null;
  library_version: string | null;
  sample_every_s: number | null;
  /** When that was so, ms. */
  at: number;
  is_hello: boolean;
};

export type InfusionCheckRow = {
  infusion_id: string;
  judged_at: number;
  order_id: string | null;
  library: { name: string; version: number } | null;
  order_checks: readonly unknown[];
  standing: readonly string[];
  library_checks: readonly unknown[];
  not_checked: readonly string[];
  doubts: readonly string[];
};

export type DoseRow = {
  pump_id: string;
  dose_key: string;
  from_at: number;
  to_at: number;
  amount: number;
  patient_id: string | null;
};

/** An alert's effect with what the rules do not know. */
export type AlertEffect = { pump: string; infusionId: string | null; effect: RuleEffect };

export type Rows = {
  /** Stands for these rows in the memory of what they touch, which outlives them. */
  readonly transaction: object;
  telemetry: CopyBuffer;
  programme: RecordRow[];
  delivery: RecordRow[];
  bolus: RecordRow[];
  limit: RecordRow[];
  device: RecordRow[];
  alarm: RecordRow[];
  gone: GoneRow[];
  rejected: RejectedRow[];
  hellos: HelloRow[];
  infusions: Map<string, InfusionRow>;
  judgements: Map<string, InfusionCheckRow>;
  doses: Map<string, DoseRow>;
  /** Spans that were written and count no longer as they were. */
  movedDoses: Map<string, Pick<DoseRow, 'pump_id' | 'dose_key' | 'from_at'>>;
  /** Infusions that a newer one of the same pump ended. */
  superseded: { pump_id: string; epoch_no: number; pump_infusion: number; at: number }[];
  alerts: AlertEffect[];
  journals: Set<JournalMemory>;
  pumps: Set<PumpMemory>;
  /** Those of them whose `pump_state` is written. */
  kept: PumpMemory[];
  /** Pumps that want to hear what is committed: at once, or within the usual 5 s. */
  acknowledge: Map<PumpMemory, { journal: JournalMemory; atOnce: boolean }>;
  /** Holes that pumps are asked to fill, once this is committed. */
  backfills: { pump: string; shard: number; epoch: string; ranges: Range[] }[];
  records: number;
  duplicates: number;
};

/** @param telemetry an empty buffer for samples; a writer uses one again and again */
export function newRows(telemetry = new CopyBuffer()): Rows {
  return {
    transaction: {},
    telemetry,
    programme: [],
    delivery: [],
    bolus: [],
    limit: [],
    device: [],
    alarm: [],
    gone: [],
    rejected: [],
    hellos: [],
    infusions: new Map(),
    judgements: new Map(),
    doses: new Map(),
    movedDoses: new Map(),
    superseded: [],
    alerts: [],
    journals: new Set(),
    pumps: new Set(),
    kept: [],
    acknowledge: new Map(),
    backfills: [],
    records: 0,
    duplicates: 0,
  };
}

/** Whether there is anything to commit. */
export function isEmpty(rows: Rows): boolean {
  return (
    rows.journals.size === 0 &&
    rows.kept.length === 0 &&
    rows.rejected.length === 0 &&
    rows.hellos.length === 0 &&
    rows.alerts.length === 0
  );
}
