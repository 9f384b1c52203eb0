import type { Priority } from '../messages/record.ts';
import type { WatchStep } from './finding.ts';
import { spellMinutes } from './words.ts';

// The bag runs out before somebody comes or the next one is delivered.

export type VisitWatch = { priority: Priority } | null;

export type VisitSettings = {
  /** Ending this long before the visit is still all right, min. */
  marginMin: number;
  /** Day list until so long before the end, then medium, min. */
  mediumBeforeMin: number;
};

/** It counts as over only when the end lies this far on the right side: predictions move a little. */
const clearMin = 5;

/**
 * One step, at each sample and tick.
 * @param given.endAt predicted, ms; null: not known, which changes nothing
 * @param given.visitAt next visit or delivery, whichever is earlier, ms; null: none planned
 * @returns `found` again with `worsened` when the day list's finding becomes medium
 */
export function watchVisit(
  state: VisitWatch,
  given: { endAt: number | null; visitAt: number | null },
  now: number,
  settings: VisitSettings,
): WatchStep<VisitWatch> & { worsened: boolean } {
  const quiet = { next: state, found: null, over: null, worsened: false };
  const { endAt, visitAt } = given;
  if (visitAt === null || visitAt <= now) {
    return { ...quiet, next: null, over: state ? 'no visit or delivery is awaited' : null };
  }
  if (endAt === null) return quiet;
  const missingMin = (visitAt - endAt) / 60_000 - settings.marginMin;
  if (missingMin <= (state ? -clearMin : 0)) {
    return { ...quiet, next: null, over: state ? 'it lasts until the visit' : null };
  }
  if (missingMin <= 0) return quiet;
  const priority: Priority = endAt - now <= settings.mediumBeforeMin * 60_000 ? 'medium' : 'low';
  if (state && (state.priority === priority || priority === 'low')) return quiet;
  const message = `It ends ${spellMinutes((visitAt - endAt) / 60_000)} before the next visit or delivery`;
  const detail = { endsAt: new Date(endAt).toISOString(), visitAt: new Date(visitAt).toISOString() };
  return {
    next: { priority },
    found: { type: 'ends-before-visit', priority, message, detail },
    over: null,
    worsened: state !== null,
  };
}
