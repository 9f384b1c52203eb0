import type { Priority } from '#schemas/messages/record.ts';
import { emit, note, type Work } from './pump-work.ts';

/** The pump's own priority of what it raises; the platform sets its own. */
const priorities: Record<string, Priority> = {
  MDC_EVT_FLUID_LINE_OCCL: 'high',
  MDC_EVT_FLUID_LINE_OCCL_PROXIMAL: 'high',
  MDC_EVT_FLUID_LINE_AIR: 'high',
  MDC_EVT_DOOR_POSN_ERR: 'high',
  MDC_EVT_BATT_LO: 'low',
  MDC_EVT_BATT_DEPL: 'high',
  MDC_EVT_VOL_INFUS_NEAR_COMP: 'low',
  MDC_EVT_VOL_INFUS_COMP: 'medium',
  MDC_EVT_EMPTY: 'high',
  MDC_EVT_CALLBACK: 'medium',
  MDC_EVT_MALF: 'high',
  MDC_EVT_PUMP_FLOW_FREE: 'high',
};

/** Raises an alarm unless the same is active. @param endsAt own time of its end, null while that is open */
export function raise(w: Work, code: string, endsAt: number | null): number | null {
  if (w.s.alarms.some((alarm) => alarm.code === code)) return null;
  w.s.lastAlarm += 1;
  const number = w.s.lastAlarm;
  w.s.alarms.push({ number, code, endsAt });
  emit(w, {
    kind: 'alarm',
    alarm: number,
    code,
    phase: 'start',
    priority: priorities[code] ?? 'medium',
    ...(w.s.infusion && { infusion: w.s.infusion.number }),
  });
  note(w, 'alarm', { phase: 'start', code, alarm: number });
  return number;
}

/** Ends an alarm; nothing happens when it is over already. */
export function end(w: Work, number: number): void {
  const at = w.s.alarms.findIndex((alarm) => alarm.number === number);
  const alarm = w.s.alarms[at];
  if (!alarm) return;
  w.s.alarms.splice(at, 1);
  emit(w, {
    kind: 'alarm',
    alarm: number,
    code: alarm.code,
    phase: 'end',
    priority: priorities[alarm.code] ?? 'medium',
    ...(w.s.infusion && { infusion: w.s.infusion.number }),
  });
  note(w, 'alarm', { phase: 'end', code: alarm.code, alarm: number });
}

/** Ends whatever is active under a code. */
export function endCode(w: Work, code: string): void {
  for (const alarm of w.s.alarms.filter((active) => active.code === code)) end(w, alarm.number);
}
