// Whether anybody could hear of an alert at all. When nobody can, that itself is an alert.

import { idleAfterMs } from '../http/live-times.ts';

export type Attention = {
  /** When a person last touched a screen that is connected; null: none is. */
  lastHumanAt: number | null;
  /** Since when there has been somebody to look, at the latest: nothing can be said of the time before. */
  lookingSince: number;
  /** Somebody who is on call now for clinical alerts can be reached. */
  onCallReachable: boolean;
  /** There is something to watch. */
  pumps: number;
};

/** No screen with a person's gesture in the last 15 min, and nobody on call who can be reached. */
export function isNobodyWatching(
  { lastHumanAt, lookingSince, onCallReachable, pumps }: Attention,
  now: number,
): boolean {
  if (pumps === 0 || onCallReachable) return false;
  return now - Math.max(lastHumanAt ?? 0, lookingSince) > idleAfterMs;
}

/** A shift is looked at this long before it begins: time enough to find somebody else. */
export const shiftLookAheadMs = 60 * 60_000;

export type ShiftReach = { schedule: string; from: number; until: number; user: string | null };

/** The shifts that run now or begin within the hour and nobody can be reached for. */
export function unreachableShifts(
  shifts: readonly ShiftReach[],
  isReachable: (user: string) => boolean,
  now: number,
): ShiftReach[] {
  return shifts.filter(
    ({ from, until, user }) => from <= now + shiftLookAheadMs && until > now && (user === null || !isReachable(user)),
  );
}
