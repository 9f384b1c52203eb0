// What accounts for an alert of a healthy fleet: an alarm of the pump itself, or what the simulated pump knows that it did.
import type { Seen } from './bed.ts';
import type { PumpAlarm } from './play.ts';
import type { VirtualPump } from './virtual-pump.ts';

const minute = 60_000;

/** @returns why it is no false alert; null: nothing accounts for it */
export function accountsForHealthy(
  alert: Seen,
  alarms: readonly PumpAlarm[],
  truth: VirtualPump['truth'],
): string | null {
  const { type, seenAt } = alert;
  if (alarms.some(({ code, at }) => code === type && at <= seenAt && seenAt - at < 5_000)) return 'the pump’s alarm';
  switch (type) {
    case 'repeated-occlusion': {
      const recent = alarms.filter(
        ({ code, at }) =>
          code.startsWith('MDC_EVT_FLUID_LINE_OCCL') && at <= seenAt && seenAt - at <= 10 * minute + 5_000,
      );
      return recent.length >= 3 ? `${recent.length} occlusions` : null;
    }
    case 'occlusion-trend': {
      // The line is closed now, and its alarm is on the way.
      const last = truth.filter(({ fault, at }) => fault === 'occlusion' && at <= seenAt).at(-1);
      return last?.phase === 'start' ? 'a closed line' : null;
    }
    default:
      return null;
  }
}
