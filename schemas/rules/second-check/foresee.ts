import { hardLimitAt } from '../cumulative-dose.ts';
import { minutesToHarm } from '../minutes-to-harm.ts';
import { predictEnd } from '../predicted-end.ts';
import { durationsOf } from '../programme.ts';
import { isRunning, type PumpRuleState } from '../pump-rule-state.ts';
import { currentInfusion } from './current-infusion.ts';
import { bodyOf, doseLog } from './dose-given.ts';
import type { Care } from './settle-care.ts';

// When the bag will be empty and how long until harm: what every clinical alert says where it is known.

/** When what was programmed or hangs there runs out, ms; from the programme alone before it begins to run. */
export function emptyAt(state: PumpRuleState, care: Care | null, now: number): number | null {
  const { lastSample, check } = state;
  const current = currentInfusion(state);
  const order = care?.match.order?.numbers ?? null;
  const bagMl = order?.volumeMl ? order.volumeMl + order.overfillMl : null;
  const programme = current?.programme?.content ?? null;
  const isSampled = lastSample !== null && current !== null && lastSample.infusion === current.infusion;
  if (isSampled && isRunning(lastSample.state)) {
    return predictEnd(lastSample, { programme, bagMl, demandMlPerH: demandRate(state, now) })?.at ?? null;
  }
  if (isSampled || programme === null) return null;
  const rate = programme.rateMlPerH ?? 0;
  const volumes = [programme.vtbiMl ?? null, bagMl].filter((ml) => ml !== null && ml > 0) as number[];
  if (rate > 0 && volumes.length > 0 && !programme.steps?.length && programme.mode !== 'pca') {
    return Math.round(now + (Math.min(...volumes) / rate) * 3_600_000);
  }
  const minutes = durationsOf(programme).at(-1);
  return minutes === undefined || check.programme === null ? null : Math.round(now + minutes * 60_000);
}

/** What a patient's demands of the last hour add to the rate, mL/h. */
function demandRate(state: PumpRuleState, now: number): number {
  const ml = state.check.programme?.content.pca?.demandMl ?? 0;
  if (ml === 0) return 0;
  return ml * state.check.demands.demands.filter(({ at, given }) => given && now - at < 3_600_000).length;
}

type Direction = 'too-much' | 'stopped' | 'unknown';

/** The keys that every alert's detail shares: ★, the predicted empty time, and when harm is due, with its cause. */
export function harmDetail(
  state: PumpRuleState,
  care: Care | null,
  now: number,
  direction: Direction,
): { critical: boolean; emptyAt: string | null; harmAt?: string; harmBecause?: string } {
  const empty = emptyAt(state, care, now);
  const critical = care?.critical ?? false;
  const detail = { critical, emptyAt: iso(empty) };
  const toleratesStopMin = care?.entry?.toleratesStopMin ?? null;
  const stops = direction === 'stopped' ? { from: stoppedSince(state, now) } : empty === null ? null : { from: empty };
  const tooFast = direction === 'too-much' ? { emptyAt: empty, hardLimitAt: hardLimit(state, care, now) } : null;
  const harm = minutesToHarm({ tooFast, stops: toleratesStopMin === null ? null : stops, toleratesStopMin }, now);
  if (harm === null) return detail;
  return { ...detail, harmAt: new Date(now + harm.minutes * 60_000).toISOString(), harmBecause: harm.because };
}

function stoppedSince({ lastSample }: PumpRuleState, now: number): number {
  return lastSample !== null && !isRunning(lastSample.state) ? Math.min(now, lastSample.at) : now;
}

function hardLimit(state: PumpRuleState, care: Care | null, now: number): number | null {
  const limits = care?.listed ? (care.entry?.limits.cumulative ?? []) : [];
  if (!care || limits.length === 0 || 'reason' in care.measure) return null;
  const rate = state.lastSample?.rateMlPerH ?? care.programme?.rateMlPerH ?? 0;
  return hardLimitAt(doseLog(state.check, care), limits, bodyOf(care), now, rate * care.measure.perMl);
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
