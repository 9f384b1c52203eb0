// Whom to call first when nothing can be watched: drugs that must not stop, then pumps of which nothing is known, then what
// runs; within each, whose bag is empty soonest.

export const callingGroups = ['critical', 'silent', 'running', 'not-running'] as const;
export type CallingGroup = (typeof callingGroups)[number];

export type Callable = {
  pump: string;
  critical: boolean;
  silent: boolean;
  running: boolean;
  /** Predicted, ms; null: not known. */
  emptyAt: number | null;
};

export function callingGroup({ critical, silent, running }: Callable): CallingGroup {
  if (critical) return 'critical';
  if (silent) return 'silent';
  return running ? 'running' : 'not-running';
}

/** In the order of calling. */
export function inCallingOrder<T extends Callable>(pumps: readonly T[]): T[] {
  const rank = (one: T) => callingGroups.indexOf(callingGroup(one));
  const empty = (one: T) => one.emptyAt ?? Number.POSITIVE_INFINITY;
  // Among critical ones a silent pump comes first: of the others it is known that they run.
  const silentFirst = (one: T) => (one.critical && one.silent ? 0 : 1);
  return [...pumps].sort(
    (a, b) =>
      rank(a) - rank(b) || silentFirst(a) - silentFirst(b) || compare(empty(a), empty(b)) || (a.pump < b.pump ? -1 : 1),
  );
}

/** Infinity − Infinity is no order. */
const compare = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);

/** What a pump gives, in words; where that is not known, what it may be. */
export function drugWords({ drug, mayBe }: { drug: string | null; mayBe: readonly string[] }): string {
  if (drug !== null) return drug;
  return mayBe.length === 0 ? 'drug not known' : `drug not known; may be ${mayBe.join(' or ')}`;
}
