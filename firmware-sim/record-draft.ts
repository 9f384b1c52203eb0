import type {
  AlarmRecord,
  BolusRecord,
  DeliveryRecord,
  DeviceRecord,
  GoneRecord,
  LimitRecord,
  ProgrammeRecord,
  SampleRecord,
} from '#schemas/messages/record.ts';

/** Fields that the journal adds when a record is written. */
type Stamp = 'seq' | 'at' | 'uptimeMs' | 'boot';

/** A record before it is stamped and numbered. */
export type RecordDraft =
  | Omit<SampleRecord, Stamp>
  | Omit<AlarmRecord, Stamp>
  | Omit<ProgrammeRecord, Stamp>
  | Omit<DeliveryRecord, Stamp>
  | Omit<BolusRecord, Stamp>
  | Omit<LimitRecord, Stamp>
  | Omit<GoneRecord, Stamp>
  | { kind: 'device'; event: DeviceRecord['event']; [value: string]: unknown };

/** A draft with the moment it happened: ms of the pump's own time, which never jumps. */
export type TimedDraft = { t: number; draft: RecordDraft };
