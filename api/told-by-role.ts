import type { PumpDetail } from '#schemas/http/administration.ts';
import type { Alert, AlertDetail } from '#schemas/http/alert.ts';
import { may } from '#schemas/http/permissions.ts';
import type { Infusion, InfusionDetail, Role } from '#schemas/http/shapes.ts';
import { problem } from './problem.ts';

// What a role is told of what it may read. A wall display hangs where strangers look: it is told nothing of a patient, which
// is more than initials. References of therapies stand in what rules found, a body weight in a programme, and anything at
// all in what people wrote.

const mayKnowPatients = (role: Role): boolean => may(role, 'initials.read');

/** What of an alert's detail a wall draws: named one by one, since a rule may add what nobody thought of here. */
const onWalls = ['critical', 'emptyAt', 'predictedEmptyAt', 'harmAt', 'harmBecause', 'differences', 'hard', 'soft'];

const pick = (detail: Record<string, unknown>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(detail).filter(([name]) => names.includes(name)));
const without = (detail: Record<string, unknown>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(detail).filter(([name]) => !names.includes(name)));

export function alertForRole<T extends Alert>(role: Role, alert: T): T {
  if (mayKnowPatients(role)) return alert;
  const closed = alert.closed && { at: alert.closed.at, outcome: 'done' };
  return { ...alert, patient: null, therapy: null, detail: pick(alert.detail, onWalls), closed };
}

export function alertDetailForRole(role: Role, alert: AlertDetail): AlertDetail {
  if (mayKnowPatients(role)) return alert;
  const actions = alert.actions.map((action) => ({ ...action, note: null }));
  return { ...alertForRole(role, alert), actions, order: null, notifications: [] };
}

export const infusionForRole = <T extends Infusion>(role: Role, infusion: T): T =>
  mayKnowPatients(role) ? infusion : { ...infusion, patient: null };

export function infusionDetailForRole(role: Role, infusion: InfusionDetail): InfusionDetail {
  if (mayKnowPatients(role)) return infusion;
  return { ...infusionForRole(role, infusion), timeline: infusion.timeline.map(withoutPatient), order: null };
}

export const pumpDetailForRole = (role: Role, pump: PumpDetail): PumpDetail =>
  mayKnowPatients(role) ? pump : { ...pump, events: pump.events.map(withoutPatient) };

type Entry = InfusionDetail['timeline'][number];

function withoutPatient(entry: Entry): Entry {
  const { detail } = entry;
  switch (entry.kind) {
    case 'programme':
      return { ...entry, detail: without(detail, ['therapy', 'weightKg', 'bsaM2']) };
    case 'action':
      return { ...entry, detail: without(detail, ['note']) };
    // Whatever a pump says beside the event's name, such as of the patient whom it was changed to.
    case 'device':
      return { ...entry, detail: pick(detail, ['event']) };
    default:
      return entry;
  }
}

/** A list of one patient's would say whose each of them is. @throws 403 */
export function refusePatientFilter(role: Role, patient: string | undefined): void {
  if (patient === undefined || mayKnowPatients(role)) return;
  throw problem(403, `the role ${role} may not ask by patient (initials.read)`);
}
