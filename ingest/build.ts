import { createHash } from 'node:crypto';
import { jsonText } from '#schemas/messages/json.ts';
import type { ReadRecord, RejectedRecord } from '#schemas/messages/read-batch.ts';
import { readTime } from '#schemas/messages/time.ts';
import { estimateTimes, isLate, learnClock } from '#schemas/rules/clock.ts';
import { acceptSeq, declareGone, learnHighest, maxSeqAhead, missingCount } from '#schemas/rules/cursor.ts';
import { judgeGap } from '#schemas/rules/gap-watch.ts';
import { judgeLibrary } from '#schemas/rules/library-watch.ts';
import type { Arrival, PumpRuleState, RuleContext, RuleStep } from '#schemas/rules/pump-rule-state.ts';
import { applyOther, applyRejected, applyTime } from '#schemas/rules/pump-rules.ts';
import { checkMustKeep } from '#schemas/rules/second-check/check-state.ts';
import { judgeUpkeep, noteEnvelope } from '#schemas/rules/upkeep.ts';
import { isOnBench, isOnPatient, type JournalMemory, newJournal, type PumpMemory } from './fleet.ts';
import { alertId, infusionId } from './ids.ts';
import type { IncomingBatch, IncomingHello, IncomingUnreadable } from './incoming.ts';
import { writeRecord } from './record-rows.ts';
import type { Rows } from './rows.ts';

// From what arrived to what is written: cursor, clock and rules decide, rows are filled. No IO. The pump's memory is
// changed in place; when the transaction then fails, the memory is thrown away and loaded again.

export function buildBatch(rows: Rows, pump: PumpMemory, batch: IncomingBatch): void {
  const known = pump.journals.get(batch.epoch);
  const journal = known ?? openJournal(rows, pump, batch.epoch, null, batch.receivedAt);
  hearEnvelope(rows, pump, journal, { first: known === undefined, sentAt: batch.sentAt, receivedAt: batch.receivedAt });
  journal.boot = Math.max(journal.boot ?? 0, batch.boot);
  const clock = { boot: batch.boot, sentAt: batch.sentAt, uptimeMs: batch.uptimeMs, receivedAt: batch.receivedAt };
  if (learnClock(journal.clock, clock)) journal.clockChanged = true;
  wantAcknowledgement(rows, pump, journal, batch.lane === 'alarm');

  const { fresh, tooFar } = takeNew(rows, journal, batch);
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
  for (const rejected of [...batch.rejected, ...tooFar]) rejectRecord(rows, pump, journal, batch, rejected);
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
): { fresh: ReadRecord[]; tooFar: RejectedRecord[] } {
  const { cursor } = journal;
  const records = batch.records.length > 1 ? sortedBySeq(batch.records) : batch.records;
  const fresh: ReadRecord[] = [];
  const tooFar: RejectedRecord[] = [];
  for (const read of records) {
    const { record } = read;
    const outcome = acceptSeq(cursor, record.seq);
    if (outcome === 'seen') rows.duplicates += 1;
    else if (outcome === 'too-far') {
      const reason = `seq: ${record.seq} is more than ${maxSeqAhead} above the highest known, ${cursor.highest}`;
      tooFar.push({ seq: null, kind: record.kind, reason, raw: record });
    } else if (outcome !== 'deferred') fresh.push(read);
  }
  if (fresh.length > 0) touch(rows, journal);
  return { fresh, tooFar };
}

function sortedBySeq(records: ReadRecord[]): ReadRecord[] {
  for (let i = 1; i < records.length; i += 1) {
    if ((records[i] as ReadRecord).record.seq < (records[i - 1] as ReadRecord).record.seq) {
      return records.toSorted((a, b) => a.record.seq - b.record.seq);
    }
  }
  return records;
}

/** A rejected record whose seq is known counts as consumed, so that the high-water mark never stalls. */
function rejectRecord(
  rows: Rows,
  pump: PumpMemory,
  journal: JournalMemory,
  batch: IncomingBatch,
  rejected: RejectedRecord,
): void {
  const raw = Buffer.from(jsonText(rejected.raw));
  const consumed = rejected.seq !== null ? acceptSeq(journal.cursor, rejected.seq) : null;
  if (consumed === 'seen' || consumed === 'deferred') {
    rows.duplicates += 1;
    return;
  }
  const seq = consumed === 'too-far' ? null : rejected.seq;
  rows.rejected.push({
    pump_id: pump.pump,
    epoch_no: seq === null ? null : journal.epochNo,
    seq,
    kind: rejected.kind,
    lane: batch.lane,
    reason: rejected.reason,
    raw: raw.toString('hex'),
    raw_bytes: raw.length,
    sha256: createHash('sha256').update(raw).digest('hex'),
    times: 1,
    at: batch.receivedAt,
  });
  if (seq !== null) {
    rows.records += 1;
    journal.records += 1;
  }
  journal.rejected += 1;
  touch(rows, journal);
  const arrival = arrivalNow(batch.receivedAt, rejected.seq ?? journal.cursor.highest, batch.boot);
  const about = { onAlarmLane: batch.lane === 'alarm', kind: rejected.kind, reason: rejected.reason };
  takeStep(rows, pump, journal, applyRejected(pump.rules, about, arrival, contextOf(pump, journal)));
}

/** A message of which nothing was consumed: kept once per (pump, sha256), with a count. */
export function buildUnreadable(rows: Rows, pump: PumpMemory | null, message: IncomingUnreadable): void {
  const bytes = message.raw ?? Buffer.from(`${message.lane} ${message.rawBytes} ${message.reason}`);
  rows.rejected.push({
    pump_id: message.pump,
    epoch_no: null,
    seq: null,
    kind: null,
    lane: message.lane,
    reason: message.reason,
    raw: message.raw === null ? null : Buffer.from(message.raw).toString('hex'),
    raw_bytes: message.rawBytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    times: message.times,
    at: message.receivedAt,
  });
  const journal = pump?.newest;
  if (!pump || !journal) return;
  const arrival = arrivalNow(message.receivedAt, journal.cursor.highest, journal.boot ?? 0);
  const about = { onAlarmLane: message.lane === 'alarm', kind: null, reason: message.reason };
  takeStep(rows, pump, journal, applyRejected(pump.rules, about, arrival, contextOf(pump, journal)));
}

export function buildHello(rows: Rows, pump: PumpMemory, { hello, receivedAt }: IncomingHello): void {
  const known = pump.journals.get(hello.epoch);
  const journal = known ?? openJournal(rows, pump, hello.epoch, hello.previousEpoch ?? null, receivedAt);
  journal.boot = Math.max(journal.boot ?? 0, hello.boot);
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

/** A new epoch closes the older ones: what is missing of them was lost with the journal. */
function openJournal(rows: Rows, pump: PumpMemory, epoch: string, previous: string | null, now: number): JournalMemory {
  if (previous !== null && previous !== epoch && !pump.journals.has(previous)) {
    // Named but never heard: it keeps the lower number, should its records still arrive.
    touch(rows, newJournal(pump, previous, null));
  }
  const journal = newJournal(pump, epoch, previous);
  for (const older of pump.journals.values()) {
    if (older === journal || older.closed) continue;
    older.closed = true;
    touch(rows, older);
    loseHoles(rows, pump, older, now);
  }
  touch(rows, journal);
  return journal;
}

/** Nobody holds what a closed journal lacks; a record that arrives after all replaces the declaration. */
function loseHoles(rows: Rows, pump: PumpMemory, closed: JournalMemory, now: number): void {
  const { upTo, highest } = closed.cursor;
  if (highest > upTo) declare(rows, pump, closed, upTo + 1, highest, 'journal-lost', now);
}

/** Declares the holes of a range gone on the platform's behalf. */
function declare(
  rows: Rows,
  pump: PumpMemory,
  journal: JournalMemory,
  from: number,
  to: number,
  reason: string,
  now: number,
): void {
  for (const [start, end] of declareGone(journal.cursor, from, to)) {
    rows.gone.push({
      pump_id: pump.pump,
      epoch_no: journal.epochNo,
      seq: null,
      from_seq: start,
      to_seq: end,
      reason,
      declared_by: 'platform',
      at: now,
      pump_at: null,
      received_at: now,
      late: false,
    });
  }
}

/** The rules' view of a journal, made once: it is asked for with every record. */
function contextOf(pump: PumpMemory, journal: JournalMemory): RuleContext {
  journal.context ??= {
    epochNo: journal.epochNo,
    alertId: (seq, rule) => alertId(pump.pump, journal.epoch, seq, rule),
    onPatient: true,
    care: null,
  };
  journal.context.onPatient = isOnPatient(pump);
  journal.context.care = pump.care;
  return journal.context;
}

function arrivalNow(receivedAt: number, seq: number, boot: number): Arrival {
  return { seq, boot, at: receivedAt, pumpAt: null, brokerAt: null, receivedAt, late: false };
}

/** Whether rules remember something that the records after it would not tell again. */
function changesMemory(before: PumpRuleState, after: PumpRuleState): boolean {
  return (
    before.boot !== after.boot ||
    before.drug !== after.drug ||
    before.flow !== after.flow ||
    before.flowInBacklog !== after.flowInBacklog ||
    before.hasDelivered !== after.hasDelivered ||
    before.rejectedInARow !== after.rejectedInARow ||
    before.sampleEveryS !== after.sampleEveryS ||
    before.open !== after.open ||
    before.resting !== after.resting ||
    before.late !== after.late ||
    before.endsWithoutStart !== after.endsWithoutStart ||
    before.gap !== after.gap ||
    before.upkeep !== after.upkeep ||
    before.battery?.hours !== after.battery?.hours ||
    before.lastSample?.state !== after.lastSample?.state ||
    (before.check !== after.check && checkMustKeep(before.check, after.check))
  );
}

/** What the second check wants written beside the pump's state; it is taken away from it. */
function writeChecks(rows: Rows, pump: PumpMemory): void {
  const { check } = pump.rules;
  const { judgement = null, doses = [], moved = [] } = check.unwritten ?? {};
  check.unwritten = null;
  pump.mustKeep = true;
  for (const { key, from } of moved) {
    const id = `${pump.pump} ${key} ${from}`;
    rows.doses.delete(id);
    rows.movedDoses.set(id, { pump_id: pump.pump, dose_key: key, from_at: from });
  }
  for (const { key, patient, from, to, amount } of doses) {
    const row = { pump_id: pump.pump, dose_key: key, from_at: from, to_at: to, amount, patient_id: patient };
    rows.doses.set(`${pump.pump} ${key} ${from}`, row);
  }
  const journal = judgement && [...pump.journals.values()].find(({ epochNo }) => epochNo === judgement.epochNo);
  if (!judgement || !journal) return;
  const id = infusionId(pump.pump, journal.epoch, judgement.infusion);
  rows.judgements.set(id, {
    infusion_id: id,
    judged_at: judgement.at,
    order_id: judgement.order,
    library: judgement.library,
    order_checks: judgement.orderChecks,
    standing: judgement.libraryJudgement?.standing ?? [],
    library_checks: judgement.libraryJudgement?.checks ?? [],
    not_checked: judgement.notChecked,
    doubts: judgement.doubts,
  });
}

/** Keeps a rule's outcome: the pump's next state, and its effects beside the records that caused them. */
function takeStep(rows: Rows, pump: PumpMemory, journal: JournalMemory, step: RuleStep): void {
  if (changesMemory(pump.rules, step.next)) pump.mustKeep = true;
  pump.rules = step.next;
  if (step.next.check.unwritten) writeChecks(rows, pump);
  if (pump.touchedBy !== rows.transaction) {
    pump.touchedBy = rows.transaction;
    rows.pumps.add(pump);
  }
  if (step.effects.length === 0) return;
  pump.mustKeep = true;
  for (const effect of step.effects) {
    const infusion = effect.do === 'raise' ? effect.infusion : null;
    rows.alerts.push({
      pump: pump.pump,
      infusionId: infusion === null ? null : infusionId(pump.pump, journal.epoch, infusion),
      effect,
    });
  }
}

function touch(rows: Rows, journal: JournalMemory): void {
  if (journal.touchedBy === rows.transaction) return;
  journal.touchedBy = rows.transaction;
  rows.journals.add(journal);
}

function wantAcknowledgement(rows: Rows, pump: PumpMemory, journal: JournalMemory, atOnce: boolean): void {
  const wanted = rows.acknowledge.get(pump);
  if (wanted?.journal === journal) wanted.atOnce ||= atOnce;
  else rows.acknowledge.set(pump, { journal, atOnce: atOnce || (wanted?.atOnce ?? false) });
}
