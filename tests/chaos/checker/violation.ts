/** Everything that a history can have wrong. */
export const violationKinds = [
  'lost',
  'doubled',
  'invented',
  'changed',
  'rejected-good',
  'raw-not-kept',
  'gone-without-loss',
  'open-gap',
  'trimmed-before-commit',
  'mark-went-back',
  'mark-above-stored',
  'alarm-without-alert',
  'feed-gap',
  'feed-stale',
  'screen-missed',
  'screen-repeated',
  'screen-lacks-active',
] as const;
export type ViolationKind = (typeof violationKinds)[number];

export type Violation = { kind: ViolationKind; what: string };

/** Takes a violation with the words that help to find it. */
export type Report = (kind: ViolationKind, what: string) => void;
