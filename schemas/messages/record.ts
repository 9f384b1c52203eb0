import * as z from 'zod';
import { isStorableJson } from './json.ts';
import { isStorableText } from './text.ts';
import { wireTime } from './time.ts';

// One schema per kind of journal record (device-protocol.md, "Record"). Field names carry units. Unknown fields are
// ignored and null means absent. `requiredFields` says which fields must be good for the record to be stored at all.

const notStorable = 'has NUL or half a character in it';
const notStorableJson = `${notStorable}, or is nested too deep`;

/** Numbers that name things on a pump: at least 1, exact in a double. */
const ordinal = z.int().min(1);
const rate = z.number().min(0).max(2000);
const volume = z.number().min(0).max(100_000);
const text = z.string().max(500).refine(isStorableText, notStorable);
export const shortText = z.string().max(120).refine(isStorableText, notStorable);
const minutes = z.number().min(0).max(1_000_000);

/** Counts power-ups; a 32-bit counter on every pump that we know. */
export const bootCount = z.int().min(0).max(2_147_483_647);

const base = { seq: ordinal, at: wireTime, uptimeMs: z.number().min(0).nullish(), boot: bootCount.nullish() };

export const pumpStates = ['delivering', 'kvo', 'paused', 'stopped', 'complete', 'standby', 'alarm'] as const;
export type PumpRunState = (typeof pumpStates)[number];

export const sampleRecord = z.object({
  ...base,
  kind: z.literal('sample'),
  infusion: ordinal.nullish(),
  state: z.enum(pumpStates),
  rateMlPerH: rate.nullish(),
  infusedMl: volume.nullish(),
  vtbiRemainingMl: volume.nullish(),
  reservoirMl: volume.nullish(),
  pressureKpa: z.number().min(-100).max(500).nullish(),
  batteryPct: z.number().min(0).max(100).nullish(),
  mains: z.boolean().nullish(),
  temperatureC: z.number().min(-100).max(200).nullish(),
  signalDbm: z.number().min(-200).max(50).nullish(),
});

export const priorities = ['high', 'medium', 'low'] as const;
export type Priority = (typeof priorities)[number];

export const alarmRecord = z.object({
  ...base,
  kind: z.literal('alarm'),
  alarm: ordinal,
  code: shortText.nullish(),
  phase: z.enum(['start', 'end']),
  priority: z.enum(priorities).nullish(),
  infusion: ordinal.nullish(),
  detail: text.nullish(),
});

export const programmeModes = ['continuous', 'intermittent', 'pca', 'taper', 'ramp', 'multistep', 'loading'] as const;

const concentration = z.object({
  amount: z.number().positive(),
  unit: shortText,
  perMl: z.number().positive(),
});

const step = z.object({
  rateMlPerH: rate,
  durationMin: minutes.nullish(),
  volumeMl: volume.nullish(),
});

const pcaSettings = z.object({
  basalMlPerH: rate.nullish(),
  demandMl: volume.nullish(),
  lockoutMin: minutes.nullish(),
  maxMlPerH: volume.nullish(),
  maxMlPer4H: volume.nullish(),
});

export const programmeRecord = z.object({
  ...base,
  kind: z.literal('programme'),
  infusion: ordinal,
  therapy: shortText.nullish(),
  careArea: shortText.nullish(),
  drug: shortText.nullish(),
  libraryVersion: shortText.nullish(),
  concentration: concentration.nullish(),
  mode: z.enum(programmeModes).nullish(),
  doseRate: z.number().min(0).max(1e9).nullish(),
  doseUnit: shortText.nullish(),
  rateMlPerH: rate.nullish(),
  vtbiMl: volume.nullish(),
  durationMin: minutes.nullish(),
  weightKg: z.number().positive().max(700).nullish(),
  bsaM2: z.number().positive().max(5).nullish(),
  steps: z.array(step).max(200).nullish(),
  pca: pcaSettings.nullish(),
});

export const stopReasons = [
  'clinician',
  'alarm',
  'switching-source',
  'between-doses',
  'transition',
  'unspecified',
] as const;

export const deliveryRecord = z.object({
  ...base,
  kind: z.literal('delivery'),
  infusion: ordinal,
  segment: ordinal,
  phase: z.enum(['start', 'stop', 'complete']),
  rateMlPerH: rate.nullish(),
  segmentMl: volume.nullish(),
  totalMl: volume.nullish(),
  reason: z.enum(stopReasons).nullish(),
});

export const bolusRecord = z.object({
  ...base,
  kind: z.literal('bolus'),
  infusion: ordinal,
  origin: z.enum(['patient', 'clinician', 'loading']),
  result: z.enum(['given', 'locked-out', 'refused']),
  ml: volume.nullish(),
});

export const limitRecord = z.object({
  ...base,
  kind: z.literal('limit'),
  infusion: ordinal.nullish(),
  field: shortText,
  attempted: z.number(),
  limit: z.number(),
  limitType: z.enum(['soft-high', 'soft-low', 'hard-high', 'hard-low']),
  response: z.enum(['override', 'reprogram', 'cancel']),
  reason: text.nullish(),
  responseMs: z.number().min(0).nullish(),
});

export const deviceEvents = [
  'boot',
  'power',
  'battery',
  'set-changed',
  'time-changed',
  'library-installed',
  'firmware-installed',
  'self-test',
  'patient-changed',
] as const;

/** Values by event travel beside `event`; they are kept as they came. */
export const deviceRecord = z
  .looseObject({ ...base, kind: z.literal('device'), event: z.enum(deviceEvents) })
  .superRefine((record, context) => {
    for (const [name, value] of Object.entries(record)) {
      if (!isStorableText(name) || !isStorableJson(value))
        context.addIssue({ code: 'custom', path: [name], message: notStorableJson });
    }
  });

export const goneRecord = z
  .object({ ...base, kind: z.literal('gone'), from: ordinal, to: ordinal, reason: shortText.nullish() })
  .refine((gone) => gone.from <= gone.to && gone.to < gone.seq, {
    path: ['to'],
    message: 'from ≤ to < the record’s own seq',
  });

export const recordSchemas = {
  sample: sampleRecord,
  alarm: alarmRecord,
  programme: programmeRecord,
  delivery: deliveryRecord,
  bolus: bolusRecord,
  limit: limitRecord,
  device: deviceRecord,
  gone: goneRecord,
} as const;

export type RecordKind = keyof typeof recordSchemas;
export const recordKinds: readonly RecordKind[] = [
  'sample',
  'alarm',
  'programme',
  'delivery',
  'bolus',
  'limit',
  'device',
  'gone',
];

export type SampleRecord = z.infer<typeof sampleRecord>;
export type AlarmRecord = z.infer<typeof alarmRecord>;
export type ProgrammeRecord = z.infer<typeof programmeRecord>;
export type DeliveryRecord = z.infer<typeof deliveryRecord>;
export type BolusRecord = z.infer<typeof bolusRecord>;
export type LimitRecord = z.infer<typeof limitRecord>;
export type DeviceRecord = z.infer<typeof deviceRecord>;
export type GoneRecord = z.infer<typeof goneRecord>;

export type JournalRecord =
  | SampleRecord
  | AlarmRecord
  | ProgrammeRecord
  | DeliveryRecord
  | BolusRecord
  | LimitRecord
  | DeviceRecord
  | GoneRecord;

/** Fields whose absence or fault rejects the record; every other field is dropped alone and marked in `fieldErrors`. */
export const requiredFields: Record<RecordKind, readonly string[]> = {
  sample: ['seq', 'at', 'kind', 'state'],
  alarm: ['seq', 'at', 'kind', 'alarm', 'phase'],
  programme: ['seq', 'at', 'kind', 'infusion'],
  delivery: ['seq', 'at', 'kind', 'infusion', 'segment', 'phase'],
  bolus: ['seq', 'at', 'kind', 'infusion', 'origin', 'result'],
  limit: ['seq', 'at', 'kind', 'field', 'attempted', 'limit', 'limitType', 'response'],
  device: ['seq', 'at', 'kind', 'event'],
  gone: ['seq', 'at', 'kind', 'from', 'to'],
};
