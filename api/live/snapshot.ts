import type { Alert } from '#schemas/http/alert.ts';
import type { ServerFrame } from '#schemas/http/live-frames.ts';
import type { Pump } from '#schemas/http/shapes.ts';
import type { Screen } from './screen.ts';

const pumpsAPart = 500;

/** Sends pumps in frames of 500, each after the former drained: 5,000 pumps are 1.6 MB. */
export async function sendPumpsInParts(
  screen: Screen,
  pumps: readonly Pump[],
  frameOf: (items: Pump[], index: number, isLast: boolean) => ServerFrame,
): Promise<void> {
  const parts = Math.ceil(pumps.length / pumpsAPart);
  for (let part = 0; part < parts && screen.open(); part += 1) {
    const items = pumps.slice(part * pumpsAPart, (part + 1) * pumpsAPart);
    await screen.sendDrained(frameOf(items, part, part === parts - 1));
  }
}

/**
 * Alerts first, then pumps in parts. Changes are sent in between as they come: an item carries its age, so that a part
 * never overwrites what is newer.
 */
export async function sendSnapshot(
  screen: Screen,
  state: { head: number; alerts: Alert[]; pumps: readonly Pump[]; now: () => number },
): Promise<void> {
  const { head, alerts, pumps, now } = state;
  const drained = screen.sendDrained({
    type: 'snapshot',
    head,
    at: now(),
    alerts,
    pumps: [],
    part: 1,
    last: pumps.length === 0,
  });
  // From this very moment on the screen is a follower: nothing falls between the snapshot and the first change.
  screen.following = true;
  await drained;
  await sendPumpsInParts(screen, pumps, (items, index, last) => {
    return { type: 'snapshot', head, at: now(), alerts: [], pumps: items, part: index + 2, last };
  });
}
