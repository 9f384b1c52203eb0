// Every journaled record is stored exactly once as it was, or rejected with its bytes kept, or declared gone for a reason.
import { fieldsOf, inside, type JournaledRecord, type JournalStory, type PumpStory } from './journals.ts';
import { type Stored, type StoredGone, type StoredRecord, type StoredRejection, tableOf } from './stored.ts';
import type { Report } from './violation.ts';

export type RecordCounts = {
  journaled: number;
  stored: number;
  rejected: number;
  /** Declared gone after the pump lost them. */
  gone: number;
  /** The end of a lost journal, of which the platform never heard. */
  unheardOf: number;
};

/** All that the database says about one seq. */
type Fate = { records: StoredRecord[]; rejections: StoredRejection[] };
/** The database's side of one journal. */
export type Kept = { fates: Map<number, Fate>; gone: StoredGone[]; upTo: number; highest: number };

export const journalKey = (pump: string, epoch: string) => `${pump} ${epoch}`;

/** The database's rows by journal. */
export function keptByJournal(stored: Stored): Map<string, Kept> {
  const kept = new Map<string, Kept>();
  const of = (pump: string, epoch: string) => {
    const key = journalKey(pump, epoch);
    const journal = kept.get(key) ?? { fates: new Map<number, Fate>(), gone: [], upTo: 0, highest: 0 };
    kept.set(key, journal);
    return journal;
  };
  const fate = (journal: Kept, seq: number) => {
    const known = journal.fates.get(seq) ?? { records: [], rejections: [] };
    journal.fates.set(seq, known);
    return known;
  };
  for (const { pump, epoch, upTo, highest } of stored.journals) Object.assign(of(pump, epoch), { upTo, highest });
  for (const record of stored.records) fate(of(record.pump, record.epoch), record.seq).records.push(record);
  for (const row of stored.rejections) fate(of(row.pump, row.epoch), row.seq).rejections.push(row);
  for (const row of stored.gone) of(row.pump, row.epoch).gone.push(row);
  return kept;
}

export function checkRecords(
  pumps: ReadonlyMap<string, PumpStory>,
  kept: ReadonlyMap<string, Kept>,
  report: Report,
): RecordCounts {
  const counts: RecordCounts = { journaled: 0, stored: 0, rejected: 0, gone: 0, unheardOf: 0 };
  for (const pump of pumps.values()) {
    for (const journal of pump.journals.values()) {
      const side = kept.get(journalKey(pump.pump, journal.epoch));
      for (const [seq, record] of journal.records) {
        counts.journaled += 1;
        judge(journal, seq, record, side, counts, report);
      }
    }
  }
  for (const [key, { fates, upTo, highest }] of kept) {
    const [pump = '', epoch = ''] = key.split(' ');
    const story = pumps.get(pump);
    // Pumps that nobody logged belong to somebody else.
    if (!story) continue;
    const journal = story.journals.get(epoch);
    for (const seq of fates.keys()) {
      if (!journal?.records.has(seq)) report('invented', `${key} ${seq} is stored and was never journaled`);
    }
    if (upTo < highest) report('open-gap', `${key}: complete to ${upTo}, known to ${highest}`);
  }
  return counts;
}

function judge(
  journal: JournalStory,
  seq: number,
  record: JournaledRecord,
  side: Kept | undefined,
  counts: RecordCounts,
  report: Report,
): void {
  const name = `${journal.pump} ${journal.epoch} ${seq} (${record.kind})`;
  const fate = side?.fates.get(seq) ?? { records: [], rejections: [] };
  const times = fate.records.length + fate.rejections.length;
  if (times > 1) {
    const where = [...fate.records.map(({ table }) => table), ...fate.rejections.map(() => 'rejected_record')];
    report('doubled', `${name} is stored ${times} times: ${where.join(', ')}`);
  }
  const [stored] = fate.records;
  const [rejected] = fate.rejections;
  if (stored) {
    counts.stored += 1;
    const difference = differenceOf(record, stored);
    if (difference && !inside(journal.poison, seq)) report('changed', `${name}: ${difference}`);
  } else if (rejected) {
    counts.rejected += 1;
    if (!inside(journal.poison, seq)) report('rejected-good', `${name} was good and is a rejected record`);
    if (rejected.raw === null || !isSame(rejected.raw, record.text)) {
      report(
        'raw-not-kept',
        `${name}: kept ${rejected.raw?.slice(0, 80) ?? 'nothing'}, sent ${record.text.slice(0, 80)}`,
      );
    }
  } else if (side?.gone.some(({ from, to }) => from <= seq && seq <= to)) {
    counts.gone += 1;
    if (!journal.lost && !inside(journal.dropped, seq)) {
      report('gone-without-loss', `${name} was declared gone, and the pump had not lost it`);
    }
  } else if (journal.lost && seq > (side?.highest ?? 0)) counts.unheardOf += 1;
  else report('lost', `${name} is neither stored nor rejected nor declared gone`);
}

function differenceOf(record: JournaledRecord, stored: StoredRecord): string | null {
  if (tableOf[record.kind] !== stored.table) return `stands in ${stored.table}`;
  const sent = fieldsOf(record.text);
  for (const [field, value] of Object.entries(stored.content)) {
    const given = sent[field] ?? null;
    if (value !== given) return `${field}: sent ${JSON.stringify(given)}, stored ${JSON.stringify(value)}`;
  }
  return null;
}

function isSame(raw: string, text: string): boolean {
  return raw === text || JSON.stringify(JSON.parse(raw)) === JSON.stringify(JSON.parse(text));
}
