import { createHash } from 'node:crypto';
import { jsonText } from '#schemas/messages/json.ts';
import type { RejectedRecord } from '#schemas/messages/read-batch.ts';
import { readTime } from '#schemas/messages/time.ts';
import { acceptSeq } from '#schemas/rules/cursor.ts';
import { applyRejected } from '#schemas/rules/pump-rules.ts';
import type { JournalMemory, PumpMemory } from './fleet.ts';
import type { IncomingBatch, IncomingUnreadable } from './incoming.ts';
import { hearTime, isUsedAgain, touch } from './journals.ts';
import type { Rows } from './rows.ts';
import { arrivalNow, contextOf, takeStep } from './rule-steps.ts';

// What can't be taken as it came is kept as it came.

/** A rejected record whose seq is known counts as consumed, so that the high-water mark never stalls. */
export function rejectRecord(
  rows: Rows,
  pump: PumpMemory,
  journal: JournalMemory,
  batch: IncomingBatch,
  rejected: RejectedRecord,
): void {
  const raw = Buffer.from(jsonText(rejected.raw));
  const consumed = rejected.seq !== null ? acceptSeq(journal.cursor, rejected.seq) : null;
  const said = saidBy(rejected);
  const again =
    consumed === 'seen' && said.seq !== null && isUsedAgain(journal, { ...said, seq: said.seq }, batch.boot);
  if ((consumed === 'seen' && !again) || consumed === 'deferred') {
    rows.duplicates += 1;
    return;
  }
  const seq = consumed === 'too-far' || again ? null : rejected.seq;
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
    if (said.pumpAt !== null) hearTime(journal, said.pumpAt);
    rows.records += 1;
    journal.records += 1;
  }
  journal.rejected += 1;
  touch(rows, journal);
  const arrival = arrivalNow(batch.receivedAt, rejected.seq ?? journal.cursor.highest, batch.boot);
  const about = { onAlarmLane: batch.lane === 'alarm', kind: rejected.kind, reason: rejected.reason };
  takeStep(rows, pump, journal, applyRejected(pump.rules, about, arrival, contextOf(pump, journal)));
}

/** What can be read of a record that can't be. */
function saidBy({ seq, raw }: RejectedRecord) {
  const { boot, at } = typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>) : {};
  return {
    seq,
    boot: typeof boot === 'number' ? boot : null,
    pumpAt: typeof at === 'string' ? readTime(at) : null,
  };
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
