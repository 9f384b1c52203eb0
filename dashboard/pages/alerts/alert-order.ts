import type { Priority } from '#schemas/messages/record.ts';
import type { BoardAlert } from '../../store.ts';
import { harmAtOf, isCritical } from './alert-facts.ts';

/** Alerts of one patient as one card: the most urgent leads, the rest are its parts. */
export type AlertGroup = { key: string; lead: BoardAlert; rest: readonly BoardAlert[] };

const rank: Record<Priority, number> = { high: 0, medium: 1, low: 2 };

/** Priority, then critical drug, then the nearest harm, then the longest waiting. */
export function byUrgency(a: BoardAlert, b: BoardAlert): number {
  return (
    rank[a.priority] - rank[b.priority] ||
    Number(isCritical(b)) - Number(isCritical(a)) ||
    nearer(harmAtOf(a), harmAtOf(b)) ||
    Date.parse(a.raisedAt) - Date.parse(b.raisedAt) ||
    (a.id < b.id ? -1 : 1)
  );
}

/** Two that nothing is foreseen of are equal: ∞ − ∞ is no number. */
const nearer = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

/**
 * What stands on the board, in its order. A flood is one card, and a patient with two pumps too; what nobody has leads it,
 * so that an accepted alert never hides a new one.
 */
export function groupAlerts(alerts: readonly BoardAlert[]): AlertGroup[] {
  const byPatient = new Map<string, BoardAlert[]>();
  // A pump's alerts stay together even where only some of them know the patient yet.
  const patientOf = new Map<string, string>();
  for (const { pump, patient } of alerts) if (pump !== null && patient !== null) patientOf.set(pump, patient.id);
  for (const alert of alerts) {
    const known = alert.patient?.id ?? (alert.pump === null ? undefined : patientOf.get(alert.pump));
    const key = known === undefined ? (alert.pump ?? `platform ${alert.type}`) : `patient ${known}`;
    const group = byPatient.get(key);
    if (group === undefined) byPatient.set(key, [alert]);
    else group.push(alert);
  }
  const groups = [...byPatient].flatMap(([key, members]) => {
    const [lead, ...rest] = members.sort((a, b) => taken(a) - taken(b) || byUrgency(a, b));
    return lead === undefined ? [] : [{ key, lead, rest }];
  });
  return groups.sort((a, b) => byUrgency(a.lead, b.lead));
}

const taken = (alert: BoardAlert): number => (alert.responsibility === 'accepted' ? 1 : 0);

/** Whose alerts these are, in words: the pumps of one patient, or the platform. */
export function pumpsOf({ lead, rest }: AlertGroup): string {
  const pumps = new Set([lead, ...rest].flatMap(({ pump }) => pump ?? []));
  return pumps.size === 0 ? 'the platform' : [...pumps].join(' and ');
}

/** Text that a search looks through. */
export function matches(alert: BoardAlert, words: string): boolean {
  const { message, pump, drug, type, priority, owner, patient } = alert;
  const text = [message, pump, drug, type, priority, owner?.name, patient?.initials].join(' ').toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
