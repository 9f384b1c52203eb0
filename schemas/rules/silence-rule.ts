import type { Priority } from '../messages/record.ts';
import { isBatteryAlarm, isCriticalDrug } from './alarm-catalogue.ts';
import { isRunning, type LastSample, type PumpRuleState, type RuleContext, type RuleStep } from './pump-rule-state.ts';

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
/** A silence becomes high this long before the bag should be empty. */
export const nearEmptyMs = 60 * 60_000;

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
  // Without a therapy, silence counts from the first delivering sample.
  if (!state.hasDelivered || state.contactAt === null || !context.onPatient) return unchanged;
  const deadline = Math.max(state.contactAt, listeningSince + reconnectGraceMs) + allowedSilenceMs(state);
  if (now < deadline) return unchanged;

  const sample = state.lastSample;
  const emptyAt = predictedEmptyAt(sample);
  const priority = silencePriority(state, now, emptyAt);
  const detail = {
    lastContactAt: new Date(state.contactAt).toISOString(),
    lastState: sample?.state ?? null,
    lastRateMlPerH: sample?.rateMlPerH ?? null,
    predictedEmptyAt: emptyAt === null ? null : new Date(emptyAt).toISOString(),
  };
  const open = state.open.find((known) => known.key === 'silent-pump');
  if (open) {
    if (open.priority === 'high' || priority !== 'high') return unchanged;
    return {
      next: { ...state, open: state.open.map((known) => (known === open ? { ...open, priority } : known)) },
      effects: [{ do: 'worsen', id: open.id, priority, detail }],
    };
  }
  const seq = sample?.seq ?? 0;
  const id = context.alertId(seq, `silent-pump ${state.contactAt}`);
  return {
    next: {
      ...state,
      open: [
        ...state.open,
        {
          id,
          key: 'silent-pump',
          priority,
          epochNo: context.epochNo,
          boot: state.boot?.boot ?? 0,
          alarm: null,
          raisedAt: now,
        },
      ],
    },
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

function silencePriority(state: PumpRuleState, now: number, emptyAt: number | null): Priority {
  const drug = state.drug && state.drug.infusion === state.lastSample?.infusion ? state.drug.name : null;
  if (isCriticalDrug(drug)) return 'high';
  if (state.open.some((open) => isBatteryAlarm(open.key))) return 'high';
  if (emptyAt !== null && now >= emptyAt - nearEmptyMs) return 'high';
  return 'medium';
}
