import type { Alert } from '#schemas/http/alert.ts';
import type { Call } from '#schemas/http/calls.ts';
import type { HandOverPage } from '#schemas/http/hand-over.ts';
import { isCriticalDrug } from '#schemas/rules/alarm-catalogue.ts';
import { filterValues } from '../calls/calls.ts';
import type { Query } from '../database.ts';
import { readPumpsOfShift } from './pumps-of-shift.ts';

/** Of each list of calls. */
const mostCalls = 500;

/** What the incoming person has to know, as it is now; without contact data. */
export async function readHandOverPage(
  query: Query,
  { from, until }: { from: string; until: string },
  now: number,
): Promise<HandOverPage> {
  const alerts = await query<{ document: Alert }>('hand_over_alerts');
  const page = [null, null, mostCalls + 1];
  const calls = await query<Call>('calls_list', [...filterValues({ from }), ...page]);
  const followUps = await query<Call>('calls_list', [...filterValues({ followUp: 'open' }), ...page]);
  const holds = await query<HandOverPage['holds'][number]>('holds_ending', [until]);
  const pumps = await readPumpsOfShift(query);
  const soonest = (a: { emptyAt: string | null }, b: { emptyAt: string | null }) =>
    Date.parse(a.emptyAt ?? '9999-12-31') - Date.parse(b.emptyAt ?? '9999-12-31');
  const due = (one: Call) => Date.parse(one.followUp?.dueAt ?? '');
  return {
    madeAt: new Date(now).toISOString(),
    ...{ from: new Date(from).toISOString(), until: new Date(until).toISOString() },
    alerts: alerts.map(({ document }) => alertOf(document)),
    followUps: followUps.sort((a, b) => due(a) - due(b)),
    calls: calls.slice(0, mostCalls),
    moreCalls: calls.length > mostCalls,
    critical: pumps.filter((one) => one.critical && one.running).sort(soonest),
    // What should be empty already is named too: nobody may have changed it.
    ending: pumps.filter(({ emptyAt }) => emptyAt !== null && Date.parse(emptyAt) <= Date.parse(until)).sort(soonest),
    silent: pumps
      .filter(({ silentSince }) => silentSince !== null)
      .sort(
        (a, b) =>
          Number(b.critical) - Number(a.critical) || Date.parse(a.silentSince ?? '') - Date.parse(b.silentSince ?? ''),
      ),
    holds,
  };
}

function alertOf(alert: Alert): HandOverPage['alerts'][number] {
  const { id, type, message, priority, condition, responsibility, owner, raisedAt, pump, drug, patient, detail } =
    alert;
  const critical = detail.critical === true || isCriticalDrug(drug);
  return { id, type, message, priority, condition, responsibility, owner, raisedAt, pump, drug, critical, patient };
}
