import { type Rota, shiftsBetween } from './schedule.ts';

// Who is asked, before a shift begins, to show that they can be reached (alerts-and-limits.md: reachable = answered a test at
// the start of the shift). Early enough for somebody to notice that nobody answers before it begins.

const minute = 60_000;
/** Notifications, mails and text messages go out so long before the shift. */
export const testAheadMs = 15 * minute;
/** Who answered none of them is called so long before it. */
export const callAheadMs = 5 * minute;
/** A shift that began while nobody could send is still tested for so long. */
const testLateMs = 10 * minute;

export type ShiftTest = { user: string; from: number; call: boolean };

/**
 * The tests that are due. The same ones come again at each later look, until they are too late: whoever sends them keeps
 * each once.
 * @param now milliseconds since 1970
 */
export function dueShiftTests(rotas: readonly Rota[], now: number): ShiftTest[] {
  const found = new Map<string, ShiftTest>();
  for (const rota of rotas) {
    let before: string | null | undefined;
    for (const { user, from } of shiftsBetween(rota, now - testLateMs, now + testAheadMs + 1)) {
      // The first span began earlier; a span of the same person is no new shift.
      const begins = before !== undefined && user !== null && user !== before;
      before = user;
      if (!begins || user === null) continue;
      found.set(`${user} ${from}`, { user, from, call: now >= from - callAheadMs });
    }
  }
  return [...found.values()];
}
