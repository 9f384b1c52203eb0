import type { Priority } from '../messages/record.ts';
import { isBatteryAlarm, isProstacyclin } from './alarm-catalogue.ts';
import {
  isRunning,
  type LastSample,
  type OpenCondition,
  type PumpRuleState,
  type RuleContext,
  type RuleStep,
} from './pump-rule-state.ts';
import { defaultRuleSettings } from './rule-settings.ts';
import { emptyAt, harmDetail } from './second-check/foresee.ts';
import type { Care } from './second-check/settle-care.ts';
import { situationOf } from './second-check/situation.ts';

// Silence is never "all clear": a silent pump is an alert with its age and its predicted state, until it is heard again.

/** Cadence of samples by protocol: while delivering, and otherwise. */
const deliveringEveryS = 10;
const idleEveryS = 60;
/** Silent after this many cadences … */
export const silentCadences = 3;
/** … but not before this long. */
export const silentAtLeastMs = 60_000;
/** After our own outage or a shard's take-over: time for pumps to reconnect before silence counts. */
export const reconnectGraceMs = 90_000;

/** How long the pump may be quiet, ms. */
export function allowedSilenceMs(state: Pick<PumpRuleState, 'lastSample' | 'sampleEveryS'>): number {
  const delivering = state.lastSample !== null && isRunning(state.lastSample.state);
  const cadence = delivering ? (state.sampleEveryS ?? deliveringEveryS) : Math.max(idleEveryS, state.sampleEveryS ?? 0);
  return Math.max(silentAtLeastMs, silentCadences * cadence * 1000);
}

/** When the bag or the programme should run out at the last known rate, ms, or null when that can't be known. */
export function predictedEmptyAt(sample: LastSample | null): number | null {
  if (!sample || !isRunning(sample.state) || !sample.rateMlPerH) return null;
  const left = [sample.reservoirMl, sample.vtbiRemainingMl].filter((ml) => ml !== null);
  if (left.length === 0) return null;
  return Math.round(sample.at + (Math.min(...left) / sample.rateMlPerH) * 3_600_000);
}

/** Raises, worsens; being heard again ends it (pump-rules.ts, noteContact). */
export function judgeSilence(
  state: PumpRuleState,
  now: number,
  listeningSince: number,
  context: RuleContext,
): RuleStep {
  const unchanged: RuleStep = { next: state, effects: [] };
  if (state.contactAt === null || !context.onPatient) return unchanged;
  const deadline = Math.max(state.contactAt, listeningSince + reconnectGraceMs) + allowedSilenceMs(state);
  if (now < deadline) return unchanged;
  const sample = state.lastSample;
  const { care, critical } = situationOf(state, context.care, sample?.infusion ?? null, now);
  // Without a therapy, silence counts from the first delivering sample.
  if (!state.hasDelivered && care?.status !== 'active') return unchanged;

  const open = state.open.find((known) => known.key === 'silent-pump');
  const empty = care ? emptyAt(state, care, now) : predictedEmptyAt(sample);
  const judged = judgeUrgency(state, now, { care, critical, emptyAt: empty, raisedAt: open?.raisedAt ?? now });
  const { priority, pageAfterMin } = judged;
  const said = `pages after ${pageAfterMin} min`;
  const detail = {
    lastContactAt: new Date(state.contactAt).toISOString(),
    lastState: sample?.state ?? null,
    lastRateMlPerH: sample?.rateMlPerH ?? null,
    predictedEmptyAt: empty === null ? null : new Date(empty).toISOString(),
    ...harmDetail(state, care, now, sample !== null && !isRunning(sample.state) ? 'stopped' : 'unknown'),
    critical,
    emptyAt: empty === null ? null : new Date(empty).toISOString(),
    pageAfterMin,
  };
  if (open) {
    const worse = priority === 'high' && open.priority !== 'high';
    const sooner = pageAfterMin < Number(open.said?.match(/\d+(\.\d+)?/)?.[0] ?? Number.POSITIVE_INFINITY);
    if (!worse && !sooner) return unchanged;
    const updated = { ...open, priority: worse ? priority : open.priority, said };
    return {
      next: { ...state, open: state.open.map((known) => (known === open ? updated : known)) },
      effects: [{ do: 'worsen', id: open.id, priority: updated.priority, detail }],
    };
  }
  const seq = sample?.seq ?? 0;
  const id = context.alertId(seq, `silent-pump ${state.contactAt}`);
  const silent: OpenCondition = {
    id,
    key: 'silent-pump',
    priority,
    epochNo: context.epochNo,
    boot: state.boot?.boot ?? 0,
    alarm: null,
    raisedAt: now,
    said,
  };
  return {
    next: { ...state, open: [...state.open, silent] },
    effects: [
      {
        do: 'raise',
        id,
        epochNo: context.epochNo,
        seq,
        type: 'silent-pump',
        priority,
        pumpPriority: null,
        message: 'The pump is silent',
        detail,
        raisedAt: now,
        late: false,
        alarm: null,
        infusion: sample?.infusion ?? null,
        pumpAt: null,
        brokerAt: null,
        receivedAt: now,
        ended: null,
      },
    ],
  };
}

/** How bad a silence is, and how long after it began people are paged: at once where nobody may wait. */
function judgeUrgency(
  state: PumpRuleState,
  now: number,
  given: { care: Care | null; critical: boolean; emptyAt: number | null; raisedAt: number },
): { priority: Priority; pageAfterMin: number } {
  const { care, critical, raisedAt } = given;
  const settings = (care?.settings ?? defaultRuleSettings)['silent-pump'];
  const battery = state.open.some((open) => isBatteryAlarm(open.key));
  const nearAt = given.emptyAt === null ? null : given.emptyAt - settings.beforeEmptyMin * 60_000;
  const isNear = nearAt !== null && now >= nearAt;
  const priority = critical || battery || isNear ? 'high' : 'medium';
  const running = state.lastSample !== null && isRunning(state.lastSample.state);
  if (battery || isNear || (critical && !running)) return { priority, pageAfterMin: 0 };
  const prostacyclin = care?.prostacyclin ?? isProstacyclin(state.drug?.name ?? null);
  const usual = prostacyclin
    ? settings.prostacyclinPageAfterMin
    : critical
      ? settings.criticalPageAfterMin
      : settings.pageAfterMin;
  const untilNear = nearAt === null ? usual : Math.max(0, Math.floor((nearAt - raisedAt) / 60_000));
  return { priority, pageAfterMin: Math.min(usual, untilNear) };
}
