import type { DrugEntry } from '../library/drug-entry.ts';
import type { PumpRunState } from '../messages/record.ts';
import { isCriticalDrug } from './alarm-catalogue.ts';
import type { WatchStep } from './finding.ts';
import type { TherapyStatus } from './order-match.ts';
import { isRunning } from './pump-rule-state.ts';

// The therapy is on hold or ended and the pump delivers.

export type HoldWatch = { found: boolean };
export type HoldSettings = {
  /** Drug classes of the library for which it is high; ★ always is. */
  highClasses: readonly string[];
};

/**
 * One step, at each sample and whenever the therapy changes.
 * @param given.status as it is at this moment: a hold with an end ends by itself (order-match.ts, therapyStatusAt)
 */
export function watchHold(
  state: HoldWatch,
  given: { status: TherapyStatus | null; pump: PumpRunState; drug: string | null; entry: DrugEntry | null },
  settings: HoldSettings,
): WatchStep<HoldWatch> {
  const { status, entry, drug } = given;
  const stopped = status === 'on-hold' || status === 'ended';
  if (!stopped || !isRunning(given.pump)) {
    const why = stopped ? 'the pump stopped' : 'the therapy is active again';
    return { next: { found: false }, found: null, over: state.found ? why : null };
  }
  if (state.found) return { next: state, found: null, over: null };
  const high =
    entry?.critical === true ||
    isCriticalDrug(drug) ||
    settings.highClasses.includes(entry?.drugClass.toLowerCase() ?? '');
  const message =
    status === 'ended' ? 'The pump runs after the end of the therapy' : 'The pump runs while the therapy is on hold';
  return {
    next: { found: true },
    found: { type: 'running-on-hold', priority: high ? 'high' : 'medium', message, detail: { status, drug } },
    over: null,
  };
}
