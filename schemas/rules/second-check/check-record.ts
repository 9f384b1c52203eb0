import type {
  AlarmRecord,
  BolusRecord,
  DeliveryRecord,
  DeviceRecord,
  LimitRecord,
  ProgrammeRecord,
} from '../../messages/record.ts';
import { type CounterInput, watchCounters } from '../counters.ts';
import type { WatchStep } from '../finding.ts';
import { watchDemands } from '../pca-demand.ts';
import type { Programme } from '../programme.ts';
import { libraryFinding } from '../programme-against-library.ts';
import { orderFinding } from '../programme-against-order.ts';
import type { Arrival, PumpRuleState, RuleContext, RuleEffect, RuleStep } from '../pump-rule-state.ts';
import { noteBolus } from '../rate-against-order.ts';
import { isOcclusion, watchOcclusions } from '../repeated-occlusion.ts';
import { watchSoftLimits } from '../soft-limit-without-override.ts';
import { type CheckState, copyCheck } from './check-state.ts';
import { careNow, currentInfusion } from './current-infusion.ts';
import { harmDetail } from './foresee.ts';
import { judge } from './judge.ts';
import { judgeInfusion } from './judgement.ts';
import { type Care, settleCare } from './settle-care.ts';
import { endTold, tell } from './tell.ts';

// Records that are no samples, through the second check. Each takes the state that the other rules left.

const none: RuleEffect[] = [];
type Record =
  | ProgrammeRecord
  | DeliveryRecord
  | BolusRecord
  | LimitRecord
  | DeviceRecord
  | (AlarmRecord & { kind: 'alarm' });

/** One record. What the rules of the alarms say comes before it. */
export function checkRecord(state: PumpRuleState, record: Record, arrival: Arrival, context: RuleContext): RuleStep {
  switch (record.kind) {
    case 'programme':
      return onProgramme(state, record, arrival, context);
    case 'delivery':
      return onCounted(state, { kind: 'delivery', record }, arrival, context, record.infusion);
    case 'device':
      return onDevice(state, record, arrival, context);
    case 'bolus':
      return onBolus(state, record, arrival, context);
    case 'limit':
      return onLimit(state, record, arrival, context);
    case 'alarm':
      return record.phase === 'start' && isOcclusion(record.code)
        ? onOcclusion(state, record, arrival, context)
        : { next: state, effects: none };
  }
}

function onProgramme(state: PumpRuleState, record: ProgrammeRecord, arrival: Arrival, context: RuleContext): RuleStep {
  const { kind: _, seq: __, at: ___, uptimeMs: ____, boot: _____, ...content } = record;
  const known = state.check.programme;
  const last = state.lastSample;
  const older =
    (known !== null &&
      (known.epochNo > context.epochNo || (known.epochNo === context.epochNo && known.seq > arrival.seq))) ||
    (last !== null &&
      (last.epochNo > context.epochNo ||
        (last.epochNo === context.epochNo && last.seq > arrival.seq && (last.infusion ?? 0) > record.infusion)));
  if (older) return judgePast(state, content, arrival, context);
  const check = copyCheck(state.check);
  check.programme = { epochNo: context.epochNo, seq: arrival.seq, infusion: record.infusion, content, asked: false };
  const next = { ...state, check };
  // A programme for an infusion that telemetry alone was judged by is more knowledge of it, not another mistake.
  const anew = known !== null || check.rate?.found !== true;
  return judge(next, context, arrival, { anew });
}

/** A programme of the past: what was wrong with it is recorded and pages nobody. */
function judgePast(state: PumpRuleState, content: Programme, arrival: Arrival, context: RuleContext): RuleStep {
  if (context.care === null || !context.onPatient) return { next: state, effects: none };
  const care = settleCare(context.care, content, arrival.at);
  const infusion = { epochNo: context.epochNo, infusion: content.infusion };
  const judgement = judgeInfusion(care, infusion, arrival.at, { ownMl: 0, elsewhereMl: 0 });
  const check = copyCheck(state.check);
  const { doses = [], moved = [] } = check.unwritten ?? {};
  check.unwritten = { judgement, doses, moved };
  const next = { ...state, check };
  const found = [
    orderFinding(judgement.orderChecks),
    judgement.libraryJudgement &&
      libraryFinding(judgement.libraryJudgement, care.settings['programme-against-library']),
  ];
  const effects = found.flatMap((finding) => {
    if (!finding) return [];
    const detail = { ...finding.detail, notChecked: judgement.notChecked, critical: care.critical, emptyAt: null };
    return tell(next, context, arrival, {
      finding: { ...finding, detail },
      infusion: content.infusion,
      pastOnly: true,
    }).effects;
  });
  return { next, effects };
}

/** Whether something happened behind the newest sample: it says nothing of now. */
function isBehind({ lastSample }: PumpRuleState, arrival: Arrival, context: RuleContext): boolean {
  return (
    lastSample !== null &&
    (lastSample.epochNo > context.epochNo ||
      (lastSample.epochNo === context.epochNo && lastSample.seq > arrival.seq && arrival.late))
  );
}

/** A rule with memory takes a step; what it says is told or ended. */
function follow<State>(
  state: PumpRuleState,
  context: RuleContext,
  arrival: Arrival,
  care: Care,
  step: WatchStep<State>,
  rule: { key: string; infusion: number | null; keep: (check: CheckState, next: State) => void },
): RuleStep {
  const check = copyCheck(state.check);
  rule.keep(check, step.next);
  const next = { ...state, check };
  if (step.found) {
    const detail = { ...step.found.detail, ...harmDetail(next, care, arrival.at, 'unknown') };
    return tell(next, context, arrival, { finding: { ...step.found, detail }, infusion: rule.infusion });
  }
  return step.over === null ? { next, effects: none } : endTold(next, rule.key, arrival.at, step.over);
}

function onCounted(
  state: PumpRuleState,
  input: CounterInput,
  arrival: Arrival,
  context: RuleContext,
  infusion: number | null,
): RuleStep {
  const care = context.onPatient ? careNow(state, context.care, arrival.receivedAt) : null;
  if (care === null) return { next: state, effects: none };
  const place = { epochNo: context.epochNo, seq: arrival.seq };
  const step = watchCounters(state.check.counters, input, place, care.settings.counters);
  return follow(state, context, arrival, care, step, {
    key: 'counters',
    infusion,
    keep: (check, next) => {
      check.counters = next;
    },
  });
}

/** A new bag or patient: counters may begin anew, and the bag is full again. */
function onDevice(state: PumpRuleState, record: DeviceRecord, arrival: Arrival, context: RuleContext): RuleStep {
  if (record.event !== 'set-changed' && record.event !== 'patient-changed') return { next: state, effects: none };
  const step = onCounted(state, { kind: 'changed' }, arrival, context, null);
  if (step.next.check.given === null) return step;
  return { ...step, next: { ...step.next, check: { ...step.next.check, given: null } } };
}

function onBolus(state: PumpRuleState, record: BolusRecord, arrival: Arrival, context: RuleContext): RuleStep {
  const care = context.onPatient ? careNow(state, context.care, arrival.receivedAt) : null;
  if (care === null) return { next: state, effects: none };
  const ml = record.result === 'given' ? (record.ml ?? 0) : 0;
  let next = state;
  let effects = none;
  // A loading dose ran at a programmed rate.
  if (ml > 0 && record.origin !== 'loading' && !isBehind(state, arrival, context)) {
    const check = copyCheck(state.check);
    check.bolusMl += ml;
    check.rate = noteBolus(check.rate, ml);
    // The next sample's volume holds it, and is added up at once.
    check.addedUpAt = 0;
    next = { ...state, check };
  }
  if (record.origin === 'patient') {
    const input = { kind: 'demand', given: record.result === 'given' } as const;
    const step = watchDemands(next.check.demands, input, arrival.at, care.settings['pca-demand']);
    const followed = follow(next, context, arrival, care, step, {
      key: 'pca-demand',
      infusion: record.infusion,
      keep: (check, demands) => {
        check.demands = demands;
      },
    });
    next = followed.next;
    effects = followed.effects;
  }
  return { next, effects };
}

function onLimit(state: PumpRuleState, record: LimitRecord, arrival: Arrival, context: RuleContext): RuleStep {
  const care = context.onPatient ? careNow(state, context.care, arrival.receivedAt) : null;
  if (care === null) return { next: state, effects: none };
  const input = { kind: 'limit', record } as const;
  const step = watchSoftLimits(state.check.soft, input, arrival.at, care.settings['soft-limit-without-override']);
  return follow(state, context, arrival, care, step, {
    key: 'soft-limit-without-override',
    infusion: record.infusion ?? null,
    keep: (check, next) => {
      check.soft = next;
    },
  });
}

function onOcclusion(state: PumpRuleState, record: AlarmRecord, arrival: Arrival, context: RuleContext): RuleStep {
  const care = context.onPatient ? careNow(state, context.care, arrival.receivedAt) : null;
  if (care === null) return { next: state, effects: none };
  const step = watchOcclusions(
    state.check.occlusions,
    { kind: 'occlusion' },
    arrival.at,
    care.settings['repeated-occlusion'],
  );
  return follow(state, context, arrival, care, step, {
    key: 'repeated-occlusion',
    infusion: record.infusion ?? currentInfusion(state)?.infusion ?? null,
    keep: (check, next) => {
      check.occlusions = next;
    },
  });
}
