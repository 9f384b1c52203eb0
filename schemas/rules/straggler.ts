import type { TransferState } from './library-transfer.ts';

// Why a pump does not have the library that it was to have by now, in the order in which a technician would look.

export const stragglerKinds = [
  'refused',
  'version-retired',
  'never-heard',
  'silent',
  'infusion-running',
  'waits-for-install',
  'no-answer',
  'waits-its-turn',
] as const;
export type StragglerKind = (typeof stragglerKinds)[number];

export type StragglerReason = {
  kind: StragglerKind;
  /** Since when it is so, ms; null: not known. */
  since: number | null;
  /** The pump's own word where it refused. */
  error: string | null;
};

/** Times are ms. */
export type StragglerFacts = {
  state: TransferState;
  versionRetired: boolean;
  refusedAt: number | null;
  error: string | null;
  /** Last contact of any kind; null: never. */
  heardAt: number | null;
  silentSince: number | null;
  /** Start of the infusion that runs. */
  infusionSince: number | null;
  receivedAt: number | null;
  sentAt: number | null;
};

/** The reason of a pump that has not installed what it was to have. */
export function stragglerReason(facts: StragglerFacts): StragglerReason {
  const because = (kind: StragglerKind, since: number | null, error: string | null = null) => ({ kind, since, error });
  if (facts.state === 'failed') return because('refused', facts.refusedAt, facts.error);
  if (facts.versionRetired && facts.state !== 'received') return because('version-retired', null);
  if (facts.heardAt === null) return because('never-heard', null);
  if (facts.silentSince !== null) return because('silent', facts.silentSince);
  if (facts.state === 'received') {
    if (facts.infusionSince !== null) return because('infusion-running', facts.infusionSince);
    return because('waits-for-install', facts.receivedAt);
  }
  if (facts.error !== null) return because('refused', facts.refusedAt, facts.error);
  if (facts.sentAt !== null) return because('no-answer', facts.sentAt);
  return because('waits-its-turn', null);
}
