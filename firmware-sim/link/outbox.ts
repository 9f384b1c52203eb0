// What goes out next. Alarms first, then live records, then the backlog; never more in flight than the window allows.
import { type BatchLane, maxBatchRecords, maxMessageBytes } from '#schemas/topics.ts';
import { firstFrom } from '../journal/entries.ts';
import type { Entry } from '../journal/entry.ts';
import { resendAlarms, resendRecords, waitAfter } from './backoff.ts';

export type Batch = { lane: BatchLane; entries: Entry[]; urgency: 'alarm' | 'live' | 'backlog' };

/** Room in a message for the envelope's own fields, bytes. */
const envelopeBytes = 512;
/**
 * How the window is shared while backlog waits. An alarm never waits until backlog is acknowledged; and backlog always
 * finds room, since what went ahead of it is acknowledged only once the backlog below is in.
 */
const shares = { alarm: 0.25, live: 0.125, backlog: 0.75 };
/** An ack may cross what it calls missing: younger records are not sent again for it, ms. */
const crossingMs = 5_000;

export type Outbox = {
  /** A new connection: nothing counts as sent, and the back-off starts over. */
  connected(now: number): void;
  /** New records of the journal. */
  offer(entries: readonly Entry[]): void;
  /** The next batch, marked as sent; null when nothing may go. @param backlog whether backlog may go now */
  take(now: number, backlog: boolean): Batch | null;
  /** Takes the journal's new beginning after an acknowledgement. */
  acknowledged(upTo: number, window: number): void;
  /** The platform has not seen these: they go again, and the back-off starts over. */
  missing(ranges: readonly (readonly [number, number])[], now: number, olderThanMs?: number): void;
  /** The back-off starts over; everything that is older than its first step goes again. */
  resetBackoff(): void;
  /** Marks what was not acknowledged in time to go again. @returns the next moment to ask, ms */
  resend(now: number): number;
  /** True while backlog waits. */
  hasBacklog(): boolean;
  readonly inFlight: number;
};

/** @param entries the journal's unacknowledged records, in order; read anew each time */
export function newOutbox(entries: () => readonly Entry[]): Outbox {
  let urgent: Entry[] = [];
  let live: Entry[] = [];
  /** Everything below this seq was sent at least once, or waits in `urgent` or `live`. */
  let backlogFrom = 0;
  let window = maxBatchRecords;
  let inFlight = 0;
  let aheadInFlight = 0;
  const rounds = { alarm: 1, record: 1 };
  let oldestSentAt = Number.POSITIVE_INFINITY;
  let committedTo = 0;

  const laneOf = (entry: Entry): BatchLane =>
    entry.kind === 'alarm' || entry.kind === 'limit' ? 'alarm' : entry.kind === 'sample' ? 'telemetry' : 'event';
  const isUrgent = (entry: Entry) => laneOf(entry) === 'alarm';

  const unsend = (entry: Entry) => {
    if (entry.sentAt === 0) return;
    entry.sentAt = 0;
    inFlight -= 1;
    if (entry.ahead) aheadInFlight -= 1;
    if (isUrgent(entry)) urgent.push(entry);
    else backlogFrom = Math.min(backlogFrom, entry.seq);
  };

  const isWaiting = () => {
    const all = entries();
    for (let at = firstFrom(all, backlogFrom); at < all.length; at += 1) if (all[at]?.sentAt === 0) return true;
    return false;
  };

  /** How many more records of an urgency may be in flight. */
  const roomFor = (urgency: Batch['urgency']): number => {
    const total = window - inFlight;
    if (urgency !== 'backlog' && !isWaiting()) return total;
    const share = Math.max(1, Math.floor(window * shares[urgency]));
    return urgency === 'backlog' ? share - (inFlight - aheadInFlight) : Math.min(total, share - aheadInFlight);
  };

  const markSent = (entry: Entry, now: number, ahead: boolean) => {
    entry.sentAt = now;
    entry.ahead = ahead;
    inFlight += 1;
    if (ahead) aheadInFlight += 1;
  };

  /** Takes from a queue as much as one message holds, of one lane. */
  const fill = (queue: Entry[], now: number, urgency: Batch['urgency']): Batch | null => {
    const taken: Entry[] = [];
    let bytes = envelopeBytes;
    let lane: BatchLane | null = null;
    let used = 0;
    if (queue.length === 0) return null;
    const most = Math.min(maxBatchRecords, roomFor(urgency));
    for (const entry of queue) {
      if (taken.length >= most) break;
      // Acknowledged or given up while it waited: it must not be sent from a stale queue.
      if (entry.sentAt === 0) {
        if (lane !== null && laneOf(entry) !== lane) break;
        const size = Buffer.byteLength(entry.text) + 1;
        if (bytes + size > maxMessageBytes && taken.length > 0) break;
        bytes += size;
        lane ??= laneOf(entry);
        markSent(entry, now, true);
        taken.push(entry);
      }
      used += 1;
    }
    queue.splice(0, used);
    if (taken.length > 0) oldestSentAt = Math.min(oldestSentAt, now);
    return lane === null ? null : { lane, entries: taken, urgency };
  };

  const takeBacklog = (now: number): Batch | null => {
    const all = entries();
    const taken: Entry[] = [];
    const most = Math.min(maxBatchRecords, roomFor('backlog'));
    let bytes = envelopeBytes;
    let at = firstFrom(all, backlogFrom);
    for (; at < all.length; at += 1) {
      const entry = all[at];
      if (!entry || taken.length >= most) break;
      if (entry.sentAt !== 0) continue;
      const size = Buffer.byteLength(entry.text) + 1;
      if (bytes + size > maxMessageBytes && taken.length > 0) break;
      bytes += size;
      markSent(entry, now, false);
      taken.push(entry);
    }
    backlogFrom = all[at]?.seq ?? (all.at(-1)?.seq ?? 0) + 1;
    if (taken.length === 0) return null;
    oldestSentAt = Math.min(oldestSentAt, now);
    return { lane: 'telemetry', entries: taken, urgency: 'backlog' };
  };

  return {
    get inFlight() {
      return inFlight;
    },
    connected() {
      inFlight = 0;
      aheadInFlight = 0;
      live = [];
      backlogFrom = 0;
      oldestSentAt = Number.POSITIVE_INFINITY;
      committedTo = 0;
      rounds.alarm = 1;
      rounds.record = 1;
      urgent = [];
      for (const entry of entries()) {
        entry.sentAt = 0;
        if (isUrgent(entry)) urgent.push(entry);
      }
    },
    offer(added) {
      for (const entry of added) (isUrgent(entry) ? urgent : live).push(entry);
    },
    take(now, backlog) {
      return fill(urgent, now, 'alarm') ?? fill(live, now, 'live') ?? (backlog ? takeBacklog(now) : null);
    },
    acknowledged(upTo, given) {
      window = given;
      // Records sent while nobody listened fall due one after the other: each that gets through ends the waiting of the rest.
      if (upTo > committedTo) {
        rounds.alarm = 1;
        rounds.record = 1;
      }
      committedTo = upTo;
      urgent = urgent.filter((entry) => entry.seq > upTo);
      live = live.filter((entry) => entry.seq > upTo);
      inFlight = 0;
      aheadInFlight = 0;
      for (const entry of entries()) {
        if (entry.sentAt === 0) continue;
        inFlight += 1;
        if (entry.ahead) aheadInFlight += 1;
      }
    },
    missing(ranges, now, olderThanMs = crossingMs) {
      const all = entries();
      for (const [from, to] of ranges) {
        for (let at = firstFrom(all, from); at < all.length; at += 1) {
          const entry = all[at];
          if (!entry || entry.seq > to) break;
          if (now - entry.sentAt >= olderThanMs) unsend(entry);
        }
      }
      rounds.alarm = 1;
      rounds.record = 1;
    },
    resetBackoff() {
      rounds.alarm = 1;
      rounds.record = 1;
    },
    resend(now) {
      const alarmWait = waitAfter(resendAlarms, rounds.alarm);
      const recordWait = waitAfter(resendRecords, rounds.record);
      if (now - oldestSentAt < alarmWait) return oldestSentAt + alarmWait;
      oldestSentAt = Number.POSITIVE_INFINITY;
      let alarms = false;
      let records = false;
      for (const entry of entries()) {
        if (entry.sentAt === 0) continue;
        const alarm = isUrgent(entry);
        if (now - entry.sentAt >= (alarm ? alarmWait : recordWait)) {
          if (alarm) alarms = true;
          else records = true;
          unsend(entry);
        } else if (entry.sentAt < oldestSentAt) oldestSentAt = entry.sentAt;
      }
      if (alarms) rounds.alarm += 1;
      if (records) rounds.record += 1;
      if (inFlight === 0) {
        rounds.alarm = alarms ? rounds.alarm : 1;
        rounds.record = records ? rounds.record : 1;
      }
      return now + waitAfter(resendAlarms, 1);
    },
    hasBacklog: isWaiting,
  };
}
