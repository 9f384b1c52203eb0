import { channel } from 'node:diagnostics_channel';

/**
 * Points that ingest passes on a record's way, in that order, and on the way of its leases. They are announced on a
 * diagnostics channel: nobody listens in operation, and then passing one costs a comparison. `npm run crash-points`
 * kills the process at each.
 */
export const steps = [
  'received',
  'batch-taken',
  'before-begin',
  'shards-locked',
  'samples-copied',
  'records-written',
  'cursors-moved',
  'before-commit',
  'commit-sent',
  'committed',
  'before-ack',
  'ack-sent',
  'before-live',
  'live-sent',
  'before-renewal',
  'leases-renewed',
  'shards-taken',
  'shards-loaded',
  'before-release',
  'shards-released',
  'outcome-unknown',
  'shards-retaken',
  'memory-reloaded',
  'value-refused',
  'batch-halved',
  'record-rejected',
] as const;
export type Step = (typeof steps)[number];

/** The channel's name; its messages are steps. */
export const stepChannel = 'dripwatch:ingest:step';

const announced = channel(stepChannel);

/** Says that a step is passed. */
export function passed(step: Step): void {
  if (announced.hasSubscribers) announced.publish(step);
}
