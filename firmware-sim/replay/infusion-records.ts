import { concentrationFrom } from '#schemas/rules/dose.ts';
import { parseDoseUnit } from '#schemas/rules/units.ts';
import type { RecordDraft, TimedDraft } from '../record-draft.ts';
import type { ChartedInfusion } from './channels.ts';
import type { ChartedAction } from './csv.ts';

/** A record of an infusion; `of` is the line of the charted action that it stands for, samples have none. */
export type ReplayRecord = TimedDraft & { of: number | null };

type Concentration = { amount: number; unit: string; perMl: number };

const rounded = (ml: number) => Math.round(ml * 1e4) / 1e4;

/**
 * The records of one charted infusion, in order.
 *
 * start → programme, delivery start · change → delivery stop (transition), programme, delivery start · pause → delivery
 * stop (clinician) · resume → programme, delivery start · stop → delivery complete as the infusion's last action, else
 * stop (clinician). An action that doesn't fit the state (a change of what doesn't run, a second start) still leaves its
 * records. Where no rate was charted, the programme carries the dose and the delivery starts without a rate; from there
 * on the volume is unknown and is not reported.
 *
 * @param number the pump's number of the infusion
 * @param startT own time of the stay's first action, ms
 * @param sampleEveryMs between samples while the infusion is on the pump
 */
export function infusionRecords(
  infusion: ChartedInfusion,
  number: number,
  startT: number,
  sampleEveryMs: number,
): ReplayRecord[] {
  const records: ReplayRecord[] = [];
  let t = startT + (infusion.actions[0]?.offsetS ?? 0) * 1000;
  let running = false;
  let rate: number | null = null;
  let segment = 0;
  let total: number | null = 0;
  let segmentFrom = 0;
  let concentration: Concentration | null = null;

  const put = (draft: RecordDraft, of: number | null) => records.push({ t, draft, of });
  const sample = (state: 'delivering' | 'paused' | 'stopped' | 'complete') =>
    put(
      {
        kind: 'sample',
        infusion: number,
        state,
        ...(!running ? { rateMlPerH: 0 } : rate !== null && { rateMlPerH: rate }),
        ...(total !== null && { infusedMl: rounded(total) }),
        mains: true,
        batteryPct: 100,
      },
      null,
    );
  const flowTo = (to: number) => {
    if (running) total = total === null || rate === null ? null : total + (rate * (to - t)) / 3_600_000;
    t = to;
  };
  const end = (action: ChartedAction, phase: 'stop' | 'complete', reason: 'clinician' | 'transition' | null) => {
    put(
      {
        kind: 'delivery',
        infusion: number,
        segment: Math.max(1, segment),
        phase,
        // A pause or stop is charted with its own rate, 0; the stop that a change begins with is not charted.
        ...(reason !== 'transition' && action.rateMlPerH !== null && { rateMlPerH: action.rateMlPerH }),
        ...(total !== null && { segmentMl: rounded(rounded(total) - rounded(segmentFrom)), totalMl: rounded(total) }),
        ...(reason && { reason }),
      },
      action.line,
    );
    running = false;
  };
  const begin = (action: ChartedAction) => {
    concentration ??= bagOf(action);
    put(
      {
        kind: 'programme',
        infusion: number,
        drug: action.drug,
        mode: 'continuous',
        ...(concentration && { concentration }),
        ...(action.dose !== null && { doseRate: action.dose, doseUnit: action.doseUnit }),
        ...(action.rateMlPerH !== null && { rateMlPerH: action.rateMlPerH }),
        ...(action.weightKg !== null && { weightKg: action.weightKg }),
      },
      action.line,
    );
    segment += 1;
    rate = action.rateMlPerH;
    running = true;
    segmentFrom = total ?? 0;
    const started = { kind: 'delivery', infusion: number, segment, phase: 'start' } as const;
    put(rate === null ? started : { ...started, rateMlPerH: rate }, action.line);
  };

  infusion.actions.forEach((action, index) => {
    const at = startT + action.offsetS * 1000;
    while (t + sampleEveryMs < at) {
      flowTo(t + sampleEveryMs);
      sample(running ? 'delivering' : 'paused');
    }
    flowTo(at);
    switch (action.action) {
      case 'start':
      case 'change':
      case 'resume':
        if (running) end(action, 'stop', 'transition');
        begin(action);
        sample('delivering');
        return;
      case 'pause':
        end(action, 'stop', 'clinician');
        sample('paused');
        return;
      case 'stop': {
        const last = index === infusion.actions.length - 1;
        end(action, last ? 'complete' : 'stop', last ? null : 'clinician');
        sample(last ? 'complete' : 'stopped');
      }
    }
  });
  return records;
}

/** What the bag holds, by the first pair of dose and rate that was charted. */
function bagOf({ dose, doseUnit, rateMlPerH, weightKg }: ChartedAction): Concentration | null {
  const unit = doseUnit === null ? null : parseDoseUnit(doseUnit);
  if (!unit || !dose || !rateMlPerH) return null;
  const answer = concentrationFrom(dose, unit, rateMlPerH, { weightKg });
  return answer.ok && answer.value > 0 ? { amount: answer.value, unit: unit.amount, perMl: 1 } : null;
}
