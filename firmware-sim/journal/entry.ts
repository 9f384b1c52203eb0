import type { RecordKind } from '#schemas/messages/record.ts';

/** A journal record ready for the wire, with what the link knows about its way. */
export type Entry = {
  readonly seq: number;
  readonly kind: RecordKind;
  /** The record as JSON. */
  readonly text: string;
  /** When it was last sent on the present connection, ms of the monotonic clock; 0 = not yet. */
  sentAt: number;
  /** It was sent although older records had not been: an alarm or a live record ahead of the backlog. */
  ahead: boolean;
};
