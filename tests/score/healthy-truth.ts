// What accounts for an alert of a healthy fleet: an alarm of the pump itself, or what the simulated pump knows that it did.
// Judged by the moment that the alert speaks of: a link may hold back for half a minute what is true all the same.
import type { Seen } from './bed.ts';
import type { PumpAlarm } from './play.ts';
import type { VirtualPump } from './virtual-pump.ts';

const minute = 60_000;
/** The platform estimates a pump's time this well, ms. */
const apartMs = 1_000;

/**
 * A patient who asks for more than he gets, by chance and not because he was drawn so, counts as false: nothing in a
 * healthy fleet is in want of it.
 * @returns why it is no false alert; null: nothing accounts for it
 */
export function accountsForHealthy(
  { type, seenAt, raisedAt }: Pick<Seen, 'type' | 'seenAt' | 'raisedAt'>,
  alarms: readonly PumpAlarm[],
  truth: VirtualPump['truth'],
): string | null {
  const before = alarms.filter(({ at }) => at <= seenAt && at <= raisedAt + apartMs);
  if (before.some(({ code, at }) => code === type && raisedAt - at <= apartMs)) return 'the pump’s alarm';
  switch (type) {
    case 'repeated-occlusion': {
      const recent = before.filter(
        ({ code, at }) => code.startsWith('MDC_EVT_FLUID_LINE_OCCL') && raisedAt - at <= 10 * minute + apartMs,
      );
      return recent.length >= 3 ? `${recent.length} occlusions` : null;
    }
    case 'occlusion-trend': {
      // The line is closed now, and its alarm is on the way.
      const last = truth.filter(({ fault, at }) => fault === 'occlusion' && at <= raisedAt).at(-1);
      return last?.phase === 'start' ? 'a closed line' : null;
    }
    default:
      return null;
  }
}
