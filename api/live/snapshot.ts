import type { Alert } from '#schemas/http/alert.ts';
import type { ServerFrame } from '#schemas/http/live-frames.ts';
import type { Pump } from '#schemas/http/shapes.ts';
import { alertForRole } from '../told-by-role.ts';
import type { AlertBoard } from './alert-board.ts';
import type { PumpBoard } from './pump-board.ts';
import type { Screen } from './screen.ts';

/** More than a board of a bad night holds; what is being made for a screen stays under a megabyte. */
const alertsAPart = 250;
const pumpsAPart = 500;

type SnapshotDeps = {
  alerts: AlertBoard;
  pumps: PumpBoard;
  now: () => number;
  /** These alerts left for a screen for the first time. */
  markSent(ids: readonly string[], at: number): void;
};

/** Sends pumps in frames of 500, each after the former drained: 5,000 pumps are 1.6 MB. */
export async function sendPumpsInParts(
  screen: Screen,
  pumps: readonly Pump[],
  frameOf: (items: Pump[], index: number, isLast: boolean) => ServerFrame,
  wanted: () => boolean = () => true,
): Promise<void> {
  const parts = Math.ceil(pumps.length / pumpsAPart);
  for (let part = 0; part < parts && screen.open() && wanted(); part += 1) {
    const items = pumps.slice(part * pumpsAPart, (part + 1) * pumpsAPart);
    await screen.sendDrained(frameOf(items, part, part === parts - 1));
  }
}

/**
 * Whole states of the board for single screens: alerts first, 250 a frame, then pumps, 500 a frame, each after the former drained, so
 * that a board of thousands costs a process one part per screen and not all of it. Changes are sent in between as they
 * come. An alert is put in as it is when its part leaves, after every change of it that this screen was told; a pump
 * carries its age: a part never overwrites what is newer.
 */
export function createSnapshots({ alerts, pumps, now, markSent }: SnapshotDeps) {
  const going = new Map<Screen, symbol>();

  function takeAlerts(screen: Screen, ids: readonly string[], at: number): Alert[] {
    const held = () => ids.flatMap((id) => alerts.get(id) ?? []);
    const unsent = held().filter((alert) => alert.hops.sentAt === null);
    markSent(
      unsent.map((alert) => alert.id),
      at,
    );
    screen.snapshot?.alerts.push(...ids);
    return held().map((alert) => alertForRole(screen.signedIn.user.role, alert));
  }

  async function send(screen: Screen, mine: symbol): Promise<void> {
    const { head } = alerts;
    const ids = alerts.shown(now()).map((alert) => alert.id);
    const allPumps = pumps.all();
    const wanted = () => going.get(screen) === mine;
    const alertParts = Math.max(1, Math.ceil(ids.length / alertsAPart));
    screen.snapshot = { head, alerts: [] };
    for (let part = 1; part <= alertParts && screen.open() && wanted(); part += 1) {
      const at = now();
      const told = takeAlerts(screen, ids.slice((part - 1) * alertsAPart, part * alertsAPart), at);
      const moreAlerts = part < alertParts;
      const last = !moreAlerts && allPumps.length === 0;
      const drained = screen.sendDrained({
        type: 'snapshot',
        head,
        at,
        alerts: told,
        pumps: [],
        part,
        moreAlerts,
        last,
      });
      // From the first part on the screen is a follower: nothing falls between the snapshot and the first change.
      screen.following = true;
      await drained;
    }
    await sendPumpsInParts(
      screen,
      allPumps,
      (items, index, last) => {
        const part = alertParts + 1 + index;
        return { type: 'snapshot', head, at: now(), alerts: [], pumps: items, part, moreAlerts: false, last };
      },
      wanted,
    );
  }

  return {
    /** Begins one at once; one that is on its way to this screen ends, the board that it is of being gone. */
    begin: (screen: Screen): void => {
      const mine = Symbol('snapshot');
      going.set(screen, mine);
      void send(screen, mine).finally(() => {
        if (going.get(screen) === mine) going.delete(screen);
      });
    },
    /** Whether one is on its way: with the changes sent meanwhile it is all that a screen can ask for. */
    isGoing: (screen: Screen): boolean => going.has(screen),
  };
}
