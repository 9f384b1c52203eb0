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
    const without = new Map<string, string[]>();
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
          without.set(type, [...(without.get(type) ?? []), `${name} (alarm ${alarm}, ${type})`]);
        }
      }
    }
    for (const [type, alarms] of without) {
      const room = roomFor(type, alerts, pump.ranOn.get(type) ?? 0);
      counts.joined += Math.min(room, alarms.length);
      for (const name of alarms.slice(room)) report('alarm-without-alert', `${name} has no alert`);
    }
    if (unreadable !== null && !alerts.some(({ type }) => type === 'unreadable-alarm')) {
      report('alarm-without-alert', `${unreadable} could not be read, and no alert says so`);
    }
  }
  return counts;
}

/**
 * How many alarms of a type may stand without an alert of their own: those that an alert counts beyond its first, and
 * those that ran when the pump started over and were raised again as the same. None without any alert of the type.
 */
function roomFor(type: string, alerts: readonly StoredAlert[], ranOn: number): number {
  const same = alerts.filter((alert) => alert.type === type);
  if (same.length === 0) return 0;
  return same.reduce((room, { times }) => room + times - 1, ranOn);
}
