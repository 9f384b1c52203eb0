import type { ReadRecord, RejectedRecord } from '#schemas/messages/read-batch.ts';
import { readTime } from '#schemas/messages/time.ts';
import { estimateTimes, isLate, learnClock } from '#schemas/rules/clock.ts';
import { acceptSeq, learnHighest, maxSeqAhead, missingCount } from '#schemas/rules/cursor.ts';
import { judgeGap } from '#schemas/rules/gap-watch.ts';
import { judgeLibrary } from '#schemas/rules/library-watch.ts';
import type { Arrival, RuleStep } from '#schemas/rules/pump-rule-state.ts';
import { applyOther, applyTime } from '#schemas/rules/pump-rules.ts';
import { judgeUpkeep, noteEnvelope } from '#schemas/rules/upkeep.ts';
import { isOnBench, type JournalMemory, type PumpMemory } from './fleet.ts';
import type { IncomingBatch, IncomingHello } from './incoming.ts';
import { declare, hearBoot, hearTime, isUsedAgain, loseHoles, openJournal, touch } from './journals.ts';
import { writeRecord } from './record-rows.ts';
import { rejectRecord } from './rejected-rows.ts';
import type { Rows } from './rows.ts';
import { arrivalNow, contextOf, takeStep } from './rule-steps.ts';

// From what arrived to what is written: cursor, clock and rules decide, rows are filled. No IO. The pump's memory is
// changed in place; when the transaction then fails, the memory is thrown away and loaded again.

export function buildBatch(rows: Rows, pump: PumpMemory, batch: IncomingBatch): void {
  const known = pump.journals.get(batch.epoch);
  const journal = known ?? openJournal(rows, pump, batch.epoch, null, batch.receivedAt);
  hearEnvelope(rows, pump, journal, { first: known === undefined, sentAt: batch.sentAt, receivedAt: batch.receivedAt });
  hearBoot(journal, batch.boot);
  const clock = { boot: batch.boot, sentAt: batch.sentAt, uptimeMs: batch.uptimeMs, receivedAt: batch.receivedAt };
  if (learnClock(journal.clock, clock)) journal.clockChanged = true;
  wantAcknowledgement(rows, pump, journal, batch.lane === 'alarm');

  const { fresh, refused } = takeNew(rows, journal, batch);
  if (fresh.length > 0) {
    const estimates = estimateTimes(journal.clock, clock, fresh, journal.upToAt);
    const context = contextOf(pump, journal);
    let timed = 0;
    for (let i = 0; i < fresh.length; i += 1) {
      const { record, pumpAt, fieldErrors } = fresh[i] as ReadRecord;
      const at = estimates[i] as number;
      const arrival: Arrival = {
        seq: record.seq,
        boot: record.boot ?? batch.boot,
        at,
        pumpAt,
        brokerAt: batch.brokerAt,
        receivedAt: batch.receivedAt,
        late: isLate(at, batch.receivedAt),
        complete: record.seq <= journal.cursor.upTo,
      };
      takeStep(rows, pump, journal, writeRecord(rows, pump, journal, record, fieldErrors, arrival, context));
      if (record.seq === journal.cursor.upTo) {
        journal.upToAt = at;
        timed = record.seq;
      }
    }
    rows.records += fresh.length;
    journal.records += fresh.length;
    if (timed !== journal.cursor.upTo) catchUp(pump, journal);
  }
  for (const rejected of [...batch.rejected, ...refused]) rejectRecord(rows, pump, journal, batch, rejected);
  // What was still on its way when the next journal began may leave holes behind it.
  if (journal.closed) loseHoles(rows, pump, journal, batch.receivedAt);
}

/** A closed hole moves the mark past records that came before it: complete is the journal through the newest sample below. */
function catchUp(pump: PumpMemory, journal: JournalMemory): void {
  const last = pump.rules.lastSample;
  if (last === null || last.epochNo !== journal.epochNo || last.seq > journal.cursor.upTo) return;
  if (journal.upToAt === null || last.at > journal.upToAt) journal.upToAt = last.at;
}

/** Records that are not in yet, in order of seq; the cursor has taken them. */
function takeNew(
  rows: Rows,
  journal: JournalMemory,
  batch: IncomingBatch,
): { fresh: ReadRecord[]; refused: RejectedRecord[] } {
  const { cursor } = journal;
  const records = batch.records.length > 1 ? sortedBySeq(batch.records) : batch.records;
  const fresh: ReadRecord[] = [];
  const refused: RejectedRecord[] = [];
  for (const read of records) {
    const { record, pumpAt } = read;
    const outcome = acceptSeq(cursor, record.seq);
    if (outcome === 'seen') {
      if (isUsedAgain(journal, { seq: record.seq, boot: record.boot ?? null, pumpAt }, batch.boot)) {
        const reason = `seq: ${record.seq} was another record before boot ${journal.boot}: the journal went back`;
        refused.push({ seq: null, kind: record.kind, reason, raw: record });
      } else rows.duplicates += 1;
    } else if (outcome === 'too-far') {
      const reason = `seq: ${record.seq} is more than ${maxSeqAhead} above the highest known, ${cursor.highest}`;
      refused.push({ seq: null, kind: record.kind, reason, raw: record });
    } else if (outcome !== 'deferred') {
      hearTime(journal, pumpAt);
      fresh.push(read);
    }
  }
  if (fresh.length > 0) touch(rows, journal);
  return { fresh, refused };
}

function sortedBySeq(records: ReadRecord[]): ReadRecord[] {
  for (let i = 1; i < records.length; i += 1) {
    if ((records[i] as ReadRecord).record.seq < (records[i - 1] as ReadRecord).record.seq) {
      return records.toSorted((a, b) => a.record.seq - b.record.seq);
    }
  }
  return records;
}

export function buildHello(rows: Rows, pump: PumpMemory, { hello, receivedAt }: IncomingHello): void {
  const known = pump.journals.get(hello.epoch);
  const journal = known ?? openJournal(rows, pump, hello.epoch, hello.previousEpoch ?? null, receivedAt);
  hearBoot(journal, hello.boot);
  const sentAt = hello.sentAt ? readTime(hello.sentAt) : null;
  hearEnvelope(rows, pump, journal, { first: known === undefined, sentAt, receivedAt });
  if (hello.uptimeMs !== null && hello.uptimeMs !== undefined) {
    const clock = { boot: hello.boot, sentAt: sentAt ?? receivedAt, uptimeMs: hello.uptimeMs, receivedAt };
    const learnt = learnClock(journal.clock, clock);
    if (learnt) journal.clockChanged = true;
  }
  journal.announcedLast = hello.last ?? null;
  learnHighest(journal.cursor, Math.min(hello.last ?? 0, journal.cursor.highest + maxHelloAhead));
  const first = hello.first ?? 0;
  if (first > journal.cursor.upTo + 1 && first <= journal.cursor.highest + 1) {
    // The pump no longer has what lies below its journal's first record: the gap is explained, not left open.
    declare(rows, pump, journal, 1, first - 1, 'not in the journal any more', receivedAt);
  }
  touch(rows, journal);
  rows.hellos.push({
    pump_id: pump.pump,
    firmware: hello.firmware ?? null,
    library_version: hello.libraryVersion ?? null,
    sample_every_s: hello.sampleEveryS ? Math.round(hello.sampleEveryS) : null,
    // As of its sending: an event that happened just after it is not older for an estimate's sake.
    at: receivedAt - helloUnderWayMs,
    is_hello: true,
  });
  pump.rules = { ...pump.rules, sampleEveryS: hello.sampleEveryS ?? pump.rules.sampleEveryS };
  pump.mustKeep = true;
  const arrival = arrivalNow(receivedAt, journal.cursor.highest, hello.boot);
  takeStep(rows, pump, journal, applyOther(pump.rules, null, arrival, contextOf(pump, journal)));
  wantAcknowledgement(rows, pump, journal, true);
}

const helloUnderWayMs = 2_000;

/** A journal of years may begin high, but a hello can't claim what no pump can hold. */
const maxHelloAhead = 1_000_000_000;

/** What time alone changes; rows stay empty when it changes nothing. */
export function buildTime(rows: Rows, pump: PumpMemory, now: number, listeningSince: number): void {
  const journal = pump.newest;
  if (!journal) return;
  // The clock was set back: heard later than now, its silence would be noticed by as much too late.
  if ((pump.rules.contactAt ?? now) > now) pump.rules = { ...pump.rules, contactAt: now };
  // Without a hello nobody knows how much a pump still holds: that it sends in order says nothing.
  const { announcedLast, cursor } = journal;
  const caughtUp = announcedLast !== null && cursor.upTo >= announcedLast && missingCount(cursor) === 0;
  const given = { caughtUp, listeningSince };
  const context = contextOf(pump, journal);
  const take = (step: RuleStep) => {
    if (step.next !== pump.rules || step.effects.length > 0) takeStep(rows, pump, journal, step);
  };
  take(applyTime(pump.rules, now, given, context));
  take(judgeUpkeep(pump.rules, now, { onBench: isOnBench(pump) }, context));
  if (pump.library) take(judgeLibrary(pump.rules, now, { ...pump.library, onBench: isOnBench(pump) }, context));
  const gap = judgeGap(pump.rules, cursor, now, given, context);
  take(gap);
  if (gap.ask) rows.backfills.push({ pump: pump.pump, shard: pump.shard, epoch: journal.epoch, ranges: gap.ask });
}

/** What an envelope alone tells of a pump, whatever is in it. */
function hearEnvelope(
  rows: Rows,
  pump: PumpMemory,
  journal: JournalMemory,
  heard: { first: boolean; sentAt: number | null; receivedAt: number },
): void {
  const newestEpochNo = pump.newest?.epochNo ?? journal.epochNo;
  const next = noteEnvelope(pump.rules, { epochNo: journal.epochNo, newestEpochNo, ...heard });
  if (next !== pump.rules) takeStep(rows, pump, journal, { next, effects: [] });
}

function wantAcknowledgement(rows: Rows, pump: PumpMemory, journal: JournalMemory, atOnce: boolean): void {
  const wanted = rows.acknowledge.get(pump);
  if (wanted?.journal === journal) wanted.atOnce ||= atOnce;
  else rows.acknowledge.set(pump, { journal, atOnce: atOnce || (wanted?.atOnce ?? false) });
}
