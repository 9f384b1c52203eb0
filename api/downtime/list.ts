import type { DowntimeItem, DowntimeList } from '#schemas/http/downtime-list.ts';
import { callingGroup, inCallingOrder } from '#schemas/rules/calling-order.ts';
import type { Query } from '../database.ts';
import { readPumpsOfShift } from '../hand-over/pumps-of-shift.ts';

type Contacts = Pick<DowntimeItem, 'phones' | 'prescriber' | 'prescriberPhone' | 'plan' | 'emergencyPlans'>;
const nobody: Contacts = { phones: [], prescriber: null, prescriberPhone: null, plan: null, emergencyPlans: [] };

/** Whom to call when nothing can be watched, in the order of calling. The caller audits it. */
export async function readDowntimeList(query: Query, now: number): Promise<DowntimeList> {
  const pumps = await readPumpsOfShift(query);
  const patients = [...new Set(pumps.flatMap(({ patient }) => (patient === null ? [] : [patient.id])))];
  const rows = await query<Contacts & { patient: string }>('downtime_contacts', [patients]);
  const contacts = new Map(rows.map(({ patient, ...rest }) => [patient, rest]));
  const ordered = inCallingOrder(
    pumps.map((one) => ({
      ...{ pump: one.pump, critical: one.critical, running: one.running, silent: one.silentSince !== null },
      ...{ emptyAt: one.emptyAt === null ? null : Date.parse(one.emptyAt), one },
    })),
  );
  return {
    madeAt: new Date(now).toISOString(),
    items: ordered.map(({ one, ...rank }) => ({
      ...one,
      group: callingGroup(rank),
      ...((one.patient === null ? undefined : contacts.get(one.patient.id)) ?? nobody),
    })),
  };
}
