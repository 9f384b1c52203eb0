import type { InfusionDetail } from '#schemas/http/shapes.ts';
import { countWithin, type JournalKnown, missingRanges, type Range, reachBelow } from './journal-ranges.ts';

/** What the journal of an infusion knows, as sql/infusion_journal.sql tells it. */
export type InfusionJournal = JournalKnown & {
  lost: Range[];
  upToAt: string | null;
  /** Where the next infusion begins, this one's records end; null: it is the newest of its journal. */
  lastSeq: number | null;
  /** A newer journal closed this one. */
  closed: boolean;
  rejected: number;
  late: number;
};

type Infusion = { firstSeq: number; endedAt: string | null; lastAt: string };

/** The records that an infusion may have: a hole that touches its first known record may hold its beginning. */
export function recordSpan({ firstSeq }: Pick<Infusion, 'firstSeq'>, journal: InfusionJournal): Range {
  const holes = [...missingRanges(journal), ...journal.lost];
  return [reachBelow(holes, firstSeq), journal.lastSeq ?? Math.max(journal.highest, firstSeq)];
}

/** Lowest record of an infusion that is not in, or null. */
export function firstMissing(span: Range, journal: InfusionJournal): number | null {
  const hole = missingRanges(journal).find(([, to]) => to >= span[0]);
  return hole === undefined || hole[0] > span[1] ? null : Math.max(hole[0], span[0]);
}

/**
 * How complete an infusion is. "Complete through" never speaks for a record that is not in, nor beyond the infusion's end.
 * @param beforeHole time of the newest record below the first missing one, where there is a missing one
 */
export function completenessOf(
  infusion: Infusion,
  journal: InfusionJournal,
  beforeHole: string | null,
): InfusionDetail['completeness'] {
  const span = recordSpan(infusion, journal);
  const [from, to] = span;
  const missing = countWithin(missingRanges(journal), from, to);
  const declaredLost = countWithin(journal.lost, from, to);
  const records = to - from + 1;
  const read = records - missing - declaredLost - journal.rejected;
  return {
    through: throughOf(infusion, journal, firstMissing(span, journal), beforeHole),
    records,
    missing,
    declaredLost,
    rejected: journal.rejected,
    late: journal.late,
    completePct: Math.max(0, (100 * read) / records),
    tailUnknown: journal.closed && journal.lastSeq === null,
  };
}

function throughOf(
  { firstSeq, endedAt, lastAt }: Infusion,
  journal: InfusionJournal,
  hole: number | null,
  beforeHole: string | null,
): string | null {
  if (hole !== null && hole <= firstSeq) return null;
  const at = hole === null ? (journal.upTo >= journal.highest ? journal.upToAt : lastAt) : beforeHole;
  // An infusion that ended is complete at most through its end, whatever the journal holds beyond it.
  return hole === null && endedAt !== null ? endedAt : earlier(at, endedAt);
}

const earlier = (at: string | null, end: string | null) => (at !== null && end !== null && at > end ? end : at);
