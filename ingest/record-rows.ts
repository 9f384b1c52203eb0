import { mostVersionName } from '#schemas/library/distributed.ts';
import type { JournalRecord, SampleRecord } from '#schemas/messages/record.ts';
import { declareGone } from '#schemas/rules/cursor.ts';
import type { Arrival, RuleContext, RuleStep } from '#schemas/rules/pump-rule-state.ts';
import { applyAlarm, applyBolus, applyEvent, applyOther, applySample } from '#schemas/rules/pump-rules.ts';
import type { JournalMemory, PumpMemory } from './fleet.ts';
import { type InfusionChange, noteInfusion, noteSampleInfusion } from './infusion-rows.ts';
import type { RecordRow, Rows } from './rows.ts';

/** One accepted record becomes one row of its kind's table, and one step of the pump's rules. */
export function writeRecord(
  rows: Rows,
  pump: PumpMemory,
  journal: JournalMemory,
  record: JournalRecord,
  fieldErrors: string | null,
  arrival: Arrival,
  context: RuleContext,
): RuleStep {
  if (record.kind === 'sample') {
    writeSample(rows, pump, journal, record, fieldErrors, arrival);
    noteSampleInfusion(rows, pump, journal, record, arrival);
    return applySample(pump.rules, record, arrival, context);
  }
  const base: RecordRow = {
    pump_id: pump.pump,
    epoch_no: journal.epochNo,
    seq: record.seq,
    at: arrival.at,
    pump_at: arrival.pumpAt,
    received_at: arrival.receivedAt,
    late: arrival.late,
    field_errors: fieldErrors,
  };
  const change = (more: InfusionChange) => noteInfusion(rows, pump, journal, arrival, more);
  switch (record.kind) {
    case 'alarm': {
      rows.alarm.push({ ...base, ...pick(record, alarmColumns) });
      if (record.infusion) change({ number: record.infusion });
      return applyAlarm(pump.rules, record, arrival, context);
    }
    case 'programme': {
      rows.programme.push({ ...base, ...pick(record, programmeColumns) });
      change({ number: record.infusion, drug: record.drug ?? null, careArea: record.careArea ?? null });
      return applyEvent(pump.rules, record, arrival, context);
    }
    case 'delivery': {
      rows.delivery.push({ ...base, ...pick(record, deliveryColumns) });
      change({
        number: record.infusion,
        state: deliveryState[record.phase],
        ended: record.phase === 'complete',
        totalMl: record.totalMl ?? null,
      });
      return applyEvent(pump.rules, record, arrival, context);
    }
    case 'bolus': {
      rows.bolus.push({ ...base, ...pick(record, bolusColumns) });
      change({ number: record.infusion });
      return applyBolus(pump.rules, record, arrival, context);
    }
    case 'limit': {
      rows.limit.push({ ...base, ...pick(record, limitColumns) });
      if (record.infusion) change({ number: record.infusion });
      return applyEvent(pump.rules, record, arrival, context);
    }
    case 'device': {
      const { seq: _, at: __, uptimeMs: ___, boot: ____, kind: _____, event, ...detail } = record;
      rows.device.push({ ...base, event, detail });
      if (event === 'library-installed') noteInstalled(rows, pump.pump, detail.version, arrival.at);
      return applyEvent(pump.rules, record, arrival, context);
    }
    case 'gone': {
      declareGone(journal.cursor, record.from, record.to);
      rows.gone.push({
        pump_id: pump.pump,
        epoch_no: journal.epochNo,
        seq: record.seq,
        from_seq: record.from,
        to_seq: record.to,
        reason: record.reason ?? 'unspecified',
        declared_by: 'pump',
        at: arrival.at,
        pump_at: arrival.pumpAt,
        received_at: arrival.receivedAt,
        late: arrival.late,
      });
      return applyOther(pump.rules, null, arrival, context);
    }
  }
}

/** Which library a pump has is what it says: here, or in its hello. */
function noteInstalled(rows: Rows, pump: string, version: unknown, at: number): void {
  if (typeof version !== 'string' || version === '' || version.length > mostVersionName) return;
  const said = { firmware: null, library_version: version, sample_every_s: null, is_hello: false };
  rows.hellos.push({ pump_id: pump, ...said, at });
}

const deliveryState = { start: 'delivering', stop: 'stopped', complete: 'complete' } as const;

type Columns<Field extends string> = readonly (readonly [Field, string])[];

const alarmColumns = [
  ['alarm', 'alarm'],
  ['code', 'code'],
  ['phase', 'phase'],
  ['priority', 'priority'],
  ['infusion', 'infusion'],
  ['detail', 'detail'],
] as const;
const programmeColumns = [
  ['infusion', 'infusion'],
  ['therapy', 'therapy'],
  ['careArea', 'care_area'],
  ['drug', 'drug'],
  ['libraryVersion', 'library_version'],
  ['mode', 'mode'],
  ['concentration', 'concentration'],
  ['doseRate', 'dose_rate'],
  ['doseUnit', 'dose_unit'],
  ['rateMlPerH', 'rate_ml_per_h'],
  ['vtbiMl', 'vtbi_ml'],
  ['durationMin', 'duration_min'],
  ['weightKg', 'weight_kg'],
  ['bsaM2', 'bsa_m2'],
  ['steps', 'steps'],
  ['pca', 'pca'],
] as const;
const deliveryColumns = [
  ['infusion', 'infusion'],
  ['segment', 'segment'],
  ['phase', 'phase'],
  ['rateMlPerH', 'rate_ml_per_h'],
  ['segmentMl', 'segment_ml'],
  ['totalMl', 'total_ml'],
  ['reason', 'reason'],
] as const;
const bolusColumns = [
  ['infusion', 'infusion'],
  ['origin', 'origin'],
  ['result', 'result'],
  ['ml', 'ml'],
] as const;
const limitColumns = [
  ['infusion', 'infusion'],
  ['field', 'field'],
  ['attempted', 'attempted'],
  ['limit', 'limit_value'],
  ['limitType', 'limit_type'],
  ['response', 'response'],
  ['reason', 'reason'],
  ['responseMs', 'response_ms'],
] as const;

/** A record's fields under their columns' names; an absent field is null. */
function pick<Field extends string>(
  record: { [K in Field]?: unknown },
  columns: Columns<Field>,
): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [field, column] of columns) row[column] = record[field] ?? null;
  return row;
}

/** Columns in the order of sql/copy-telemetry.sql. */
function writeSample(
  rows: Rows,
  pump: PumpMemory,
  journal: JournalMemory,
  sample: SampleRecord,
  fieldErrors: string | null,
  arrival: Arrival,
): void {
  const copy = rows.telemetry;
  copy.row(19);
  copy.time(arrival.at);
  copy.text(pump.pump);
  copy.int4(journal.epochNo);
  copy.int8(sample.seq);
  copy.int8(sample.infusion);
  copy.text(sample.state);
  copy.float8(sample.rateMlPerH);
  copy.float8(sample.infusedMl);
  copy.float8(sample.vtbiRemainingMl);
  copy.float8(sample.reservoirMl);
  copy.float8(sample.pressureKpa);
  copy.float8(sample.batteryPct);
  copy.bool(sample.mains);
  copy.float8(sample.temperatureC);
  copy.float8(sample.signalDbm);
  copy.time(arrival.pumpAt);
  copy.time(arrival.receivedAt);
  copy.bool(arrival.late);
  copy.text(fieldErrors);
}
