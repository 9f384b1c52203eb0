import type { AlertGroup } from './alert-order.ts';

// A list must not move under a hand (screens.md, "Alerts"): what is drawn is decided here, purely.

/** One row as it is drawn: its alerts in their order, the first leading, and whether it opens by itself. */
export type Row = { key: string; ids: readonly string[]; opens: boolean };

/** How many high alerts that nobody has stand open at once without anybody opening them. */
const mostOpen = 2;

/** The rows of a board: the first high ones that nobody has stand open; where there are none, the first row. */
export function rowsOf(groups: readonly AlertGroup[]): Row[] {
  const urgent = groups.filter(({ lead }) => lead.priority === 'high' && lead.responsibility !== 'accepted');
  const open = new Set((urgent.length > 0 ? urgent.slice(0, mostOpen) : groups.slice(0, 1)).map(({ key }) => key));
  return groups.map(({ key, lead, rest }) => ({
    key,
    ids: [lead, ...rest].map(({ id }) => id),
    opens: open.has(key),
  }));
}

const same = (a: Row, b: Row): boolean =>
  a.key === b.key && a.opens === b.opens && a.ids.length === b.ids.length && a.ids.every((id, i) => id === b.ids[i]);

/** Whether two lists draw the same. */
export const sameRows = (a: readonly Row[], b: readonly Row[]): boolean =>
  a.length === b.length && a.every((row, i) => row === b[i] || (b[i] !== undefined && same(row, b[i])));

/** Alerts of `fresh` that `shown` doesn't hold: they wait, and are named apart. */
export function waitingIds(shown: readonly Row[], fresh: readonly Row[]): string[] {
  const known = new Set(shown.flatMap(({ ids }) => ids));
  return fresh.flatMap(({ ids }) => ids).filter((id) => !known.has(id));
}

/** Whether something that stood on the list stands elsewhere on it now: a press that was on its way may hit the wrong one. */
export function moved(before: readonly Row[], after: readonly Row[]): boolean {
  return before.some((row, i) => {
    const now = after[i];
    return now === undefined || !same(row, now);
  });
}
