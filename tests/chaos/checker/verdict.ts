import { type AlertCounts, checkAlerts } from './alerts.ts';
import { checkFeed, checkScreens, type FeedCounts } from './feed.ts';
import type { History } from './history.ts';
import { foldJournals } from './journals.ts';
import { checkMarks, type MarkCounts } from './marks.ts';
import { checkRecords, keptByJournal, type RecordCounts } from './records.ts';
import type { Stored } from './stored.ts';
import { type Violation, type ViolationKind, violationKinds } from './violation.ts';

export type Verdict = {
  good: boolean;
  pumps: number;
  journals: number;
  records: RecordCounts;
  marks: MarkCounts;
  alerts: AlertCounts;
  feed: FeedCounts;
  /** How many of each kind; only kinds that were found. */
  found: Partial<Record<ViolationKind, number>>;
  /** The first of each kind, in words. */
  examples: Violation[];
};

const examplesOfAKind = 5;

/** Holds the pumps' and screens' own logs against the database. */
export function judgeHistory(history: History, stored: Stored): Verdict {
  const found: Partial<Record<ViolationKind, number>> = {};
  const examples: Violation[] = [];
  const report = (kind: ViolationKind, what: string) => {
    const count = (found[kind] ?? 0) + 1;
    found[kind] = count;
    if (count <= examplesOfAKind) examples.push({ kind, what });
  };
  const pumps = foldJournals(history.journals);
  const kept = keptByJournal(stored);
  const records = checkRecords(pumps, kept, report);
  const marks = checkMarks(pumps, kept, history.mayOvertake, report);
  const alerts = checkAlerts(pumps, kept, stored, report);
  checkFeed(stored, report);
  const feed = checkScreens(history.screens, stored, report);
  return {
    good: examples.length === 0,
    pumps: pumps.size,
    journals: [...pumps.values()].reduce((sum, { journals }) => sum + journals.size, 0),
    records,
    marks,
    alerts,
    feed,
    found,
    examples,
  };
}

/** The verdict for people. */
export function verdictText(verdict: Verdict): string {
  const { records, marks, alerts, feed, found } = verdict;
  const count = (kind: ViolationKind) => found[kind] ?? 0;
  return [
    `records    ${records.journaled} journaled by ${verdict.pumps} pumps in ${verdict.journals} journals: ${records.stored} stored, ${records.rejected} rejected and kept, ${records.gone} declared gone, ${records.unheardOf} lost with a journal before the platform heard of them`,
    `marks      ${marks.acknowledgements} acknowledgements (${marks.overtaken} of them overtaken by a higher one), ${marks.trimmed} records deleted because of them`,
    `alarms     ${alerts.alarms} raised: ${alerts.own} alerts of their own, ${alerts.joined} counted within another`,
    `feed       ${feed.entries} changes; ${feed.screens} screens got ${feed.reached} of them over ${feed.connections} connections and ${feed.snapshots} snapshots`,
    `lost ${count('lost')}, doubled ${count('doubled')}, unexplained gaps ${count('open-gap') + count('gone-without-loss')}, missed alerts ${count('alarm-without-alert') + count('screen-missed')}`,
    ...violationKinds.filter((kind) => count(kind) > 0).map((kind) => `  ${kind}: ${count(kind)}`),
    ...verdict.examples.map(({ kind, what }) => `    ${kind}: ${what}`),
    verdict.good ? 'verdict    nothing lost, nothing doubled, nothing silent' : 'verdict    VIOLATED',
  ].join('\n');
}
