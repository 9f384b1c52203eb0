// Every alarm that a pump raised and the platform stored has its alert.
import { groupBy } from './group-by.ts';
import { alarmType, fieldsOf, inside, type PumpStory } from './journals.ts';
import { journalKey, type Kept } from './records.ts';
import type { Stored, StoredAlert } from './stored.ts';
import type { Report } from './violation.ts';

export type AlertCounts = {
  alarms: number;
  /** With an alert of their own. */
  own: number;
  /** Part of an alert that counts several, or one that went on over a restart. */
  joined: number;
};

export function checkAlerts(
  pumps: ReadonlyMap<string, PumpStory>,
  kept: ReadonlyMap<string, Kept>,
  stored: Stored,
  report: Report,
): AlertCounts {
  const counts: AlertCounts = { alarms: 0, own: 0, joined: 0 };
  const epochNumbers = new Map(stored.journals.map(({ pump, epoch, epochNo }) => [journalKey(pump, epoch), epochNo]));
  const byPump = groupBy(stored.alerts, ({ pump }) => pump ?? '');
  for (const pump of pumps.values()) {
    const alerts = byPump.get(pump.pump) ?? [];
    const without = new Map<string, Unmatched[]>();
    let unreadable: string | null = null;
    for (const journal of pump.journals.values()) {
      const side = kept.get(journalKey(pump.pump, journal.epoch));
      const epochNo = epochNumbers.get(journalKey(pump.pump, journal.epoch));
      for (const [seq, { kind, text }] of journal.records) {
        const name = `${pump.pump} ${journal.epoch} ${seq}`;
        const fate = side?.fates.get(seq);
        if (fate?.rejections.some((rejection) => rejection.kind === 'alarm')) unreadable = name;
        if (kind !== 'alarm' || inside(journal.poison, seq) || !fate?.records.length) continue;
        const { alarm, phase } = fieldsOf(text);
        if (phase !== 'start') continue;
        counts.alarms += 1;
        if (alerts.some((alert) => alert.epochNo === epochNo && alert.alarm === alarm)) counts.own += 1;
        else {
          const type = alarmType(text);
          const words = `${name} (alarm ${alarm}, ${type})`;
          const happenedAt = fate.records[0]?.happenedAt ?? 0;
          const one = { words, epochNo: epochNo ?? 0, boot: bootOf(text), happenedAt };
          without.set(type, [...(without.get(type) ?? []), one]);
        }
      }
    }
    const boots = bootsOfAlarms(pump, epochNumbers);
    for (const [type, alarms] of without) {
      const same = alerts.filter((alert) => alert.type === type);
      const unseen = alarms.filter((one) => !same.some((alert) => coversOver(alert, one, boots)));
      const room = roomFor(same, pump.ranOn.get(type) ?? 0);
      const missed = unseen.slice(room);
      counts.joined += alarms.length - missed.length;
      for (const { words } of missed) report('alarm-without-alert', `${words} has no alert`);
    }
    if (unreadable !== null && !alerts.some(({ type }) => type === 'unreadable-alarm')) {
      report('alarm-without-alert', `${unreadable} could not be read, and no alert says so`);
    }
  }
  return counts;
}

type Unmatched = { words: string; epochNo: number; boot: number; happenedAt: number };
type Boot = { epochNo: number; boot: number };

const bootOf = (text: string) => Number(fieldsOf(text).boot ?? 0);
/** Estimates of different records of one pump differ by the way of each message. */
const toleranceMs = 2_000;

/** The boot of every alarm's start, by epoch number and alarm. */
function bootsOfAlarms(pump: PumpStory, epochNumbers: ReadonlyMap<string, number>): Map<string, Boot> {
  const boots = new Map<string, Boot>();
  for (const journal of pump.journals.values()) {
    const epochNo = epochNumbers.get(journalKey(pump.pump, journal.epoch)) ?? 0;
    for (const { kind, text } of journal.records.values()) {
      if (kind !== 'alarm') continue;
      const { alarm, phase } = fieldsOf(text);
      if (phase === 'start') boots.set(`${epochNo} ${alarm}`, { epochNo, boot: bootOf(text) });
    }
  }
  return boots;
}

/**
 * Whether an alert of an older boot or journal was on the boards when this alarm of the same type came: then the alarm
 * counts as raised again. The pump may have ended the older one; but its end went with the journal, or came later.
 */
function coversOver(alert: StoredAlert, alarm: Unmatched, boots: ReadonlyMap<string, Boot>): boolean {
  const own = boots.get(`${alert.epochNo} ${alert.alarm}`);
  if (!own) return false;
  const older = own.epochNo < alarm.epochNo || (own.epochNo === alarm.epochNo && own.boot < alarm.boot);
  const began = alert.raisedAt <= alarm.happenedAt + toleranceMs;
  return older && began && (alert.endedAt === null || alert.endedAt >= alarm.happenedAt - toleranceMs);
}

/**
 * How many alarms of a type may stand without an alert of their own: those that an alert counts beyond its first, and
 * those that ran when the pump started over and were raised again as the same. None without any alert of the type.
 */
function roomFor(same: readonly StoredAlert[], ranOn: number): number {
  if (same.length === 0) return 0;
  return same.reduce((room, { times }) => room + times - 1, ranOn);
}
