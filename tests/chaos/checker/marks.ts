// High-water marks only rise, never pass what the database holds, and nothing is deleted before it was committed.
import { inside, type JournalStory, type PumpStory } from './journals.ts';
import { journalKey, type Kept } from './records.ts';
import type { Report } from './violation.ts';

/** Database and pumps share this machine's clock; the log counts whole milliseconds. */
const toleranceMs = 2;

export type MarkCounts = {
  acknowledgements: number;
  /** Acknowledgements that came after a higher one. */
  overtaken: number;
  trimmed: number;
};

export function checkMarks(
  pumps: ReadonlyMap<string, PumpStory>,
  kept: ReadonlyMap<string, Kept>,
  mayOvertake: boolean,
  report: Report,
): MarkCounts {
  const counts: MarkCounts = { acknowledgements: 0, overtaken: 0, trimmed: 0 };
  for (const pump of pumps.values()) {
    for (const journal of pump.journals.values()) {
      const side = kept.get(journalKey(pump.pump, journal.epoch));
      counts.acknowledgements += journal.acks.length;
      counts.overtaken += checkAcknowledged(journal, side, mayOvertake, report);
      for (const { at, from, to } of journal.trims) {
        for (let seq = from; seq <= to; seq += 1) {
          counts.trimmed += 1;
          checkTrimmed(journal, side, seq, at, report);
        }
      }
    }
  }
  return counts;
}

/** @returns how many came after a higher one */
function checkAcknowledged(
  journal: JournalStory,
  side: Kept | undefined,
  mayOvertake: boolean,
  report: Report,
): number {
  const name = `${journal.pump} ${journal.epoch}`;
  let highest = 0;
  let overtaken = 0;
  for (const { upTo } of journal.acks) {
    if (upTo < highest) {
      overtaken += 1;
      if (!mayOvertake) report('mark-went-back', `${name}: ${upTo} after ${highest}`);
    }
    highest = Math.max(highest, upTo);
  }
  const holds = side?.upTo ?? 0;
  if (highest > holds) report('mark-above-stored', `${name}: acknowledged ${highest}, the database holds ${holds}`);
  return overtaken;
}

function checkTrimmed(journal: JournalStory, side: Kept | undefined, seq: number, at: number, report: Report): void {
  const fate = side?.fates.get(seq);
  const declared = side?.gone.filter(({ from, to }) => from <= seq && seq <= to) ?? [];
  const rows = [...(fate?.records ?? []), ...(fate?.rejections ?? []), ...declared];
  const name = `${journal.pump} ${journal.epoch} ${seq}`;
  if (rows.length === 0) {
    if (!inside(journal.dropped, seq)) report('trimmed-before-commit', `${name} was deleted and is nowhere`);
    return;
  }
  const times = rows.map(({ committedAt }) => committedAt).filter((time) => time !== null);
  if (times.length < rows.length) return;
  const first = Math.min(...times);
  if (first > at + toleranceMs) {
    report('trimmed-before-commit', `${name} was deleted ${Math.round(first - at)} ms before its commit`);
  }
}
