import type { RecordKind } from '#schemas/messages/record.ts';

/** Payloads that are no batch at all: the platform keeps them raw, once each, and nothing else is affected. */
export const unreadablePayloads: readonly string[] = [
  'not json',
  '{"v":1,"epoch":"short","boot":1,"sentAt":"2026-01-01T00:00:00Z","records":[{}]}',
  '{"v":2,"epoch":"8f0c2a6d11b94e37","boot":1,"sentAt":"2026-01-01T00:00:00Z","records":[{}]}',
  '[]',
];

/** Records with a bad required field or an unknown kind: rejected one by one, and still counted as consumed. */
export const unreadableRecords: readonly { kind: RecordKind; body: Record<string, unknown> }[] = [
  { kind: 'sample', body: { state: 'melting', rateMlPerH: 5 } },
  { kind: 'sample', body: { kind: 'telepathy' } },
  { kind: 'delivery', body: { infusion: -1, segment: 1, phase: 'start' } },
  { kind: 'programme', body: { infusion: 'first', drug: 'vancomycin' } },
  { kind: 'alarm', body: { alarm: 0, phase: 'start', code: 'MDC_EVT_FLUID_LINE_OCCL' } },
];

/** A record with a bad optional field: stored without it, and marked. */
export const brokenThermometer: Record<string, unknown> = { state: 'standby', temperatureC: 9_999 };
