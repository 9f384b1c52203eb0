import type { Priority } from '#schemas/messages/record.ts';
import { isCriticalDrug } from '#schemas/rules/alarm-catalogue.ts';
import type { BoardAlert } from '../../store.ts';

/** Alerts of one pump as one card: the most urgent leads, the rest stand below it. */
export type AlertGroup = { key: string; lead: BoardAlert; rest: readonly BoardAlert[] };

const rank: Record<Priority, number> = { high: 0, medium: 1, low: 2 };

/** Priority, then critical drug, then the longest waiting. */
export function byUrgency(a: BoardAlert, b: BoardAlert): number {
  return (
    rank[a.priority] - rank[b.priority] ||
    Number(isCriticalDrug(b.drug)) - Number(isCriticalDrug(a.drug)) ||
    Date.parse(a.raisedAt) - Date.parse(b.raisedAt) ||
    (a.id < b.id ? -1 : 1)
  );
}

/**
 * What stands on the board, in its order. A flood of one pump is one card; what nobody has leads it, so that an accepted
 * alert never hides a new one.
 */
export function groupAlerts(alerts: readonly BoardAlert[]): AlertGroup[] {
  const byPump = new Map<string, BoardAlert[]>();
  for (const alert of alerts) {
    const key = alert.pump ?? `platform ${alert.type}`;
    const group = byPump.get(key);
    if (group === undefined) byPump.set(key, [alert]);
    else group.push(alert);
  }
  const groups = [...byPump].flatMap(([key, members]) => {
    const [lead, ...rest] = members.sort((a, b) => taken(a) - taken(b) || byUrgency(a, b));
    return lead === undefined ? [] : [{ key, lead, rest }];
  });
  return groups.sort((a, b) => byUrgency(a.lead, b.lead));
}

const taken = (alert: BoardAlert): number => (alert.responsibility === 'accepted' ? 1 : 0);

/** Text that a search looks through. */
export function matches(alert: BoardAlert, words: string): boolean {
  const text = [alert.message, alert.pump, alert.drug, alert.type, alert.priority, alert.owner?.name].join(' ');
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.toLowerCase().includes(word));
}
