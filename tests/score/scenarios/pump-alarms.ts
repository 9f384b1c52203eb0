// The pump's own alarms: each code of the catalogue, by the simulated pump's physics where it can raise it, else as a record.
import type { Priority } from '#schemas/messages/record.ts';
import type { CareFacts } from '#schemas/rules/second-check/care.ts';
import type { PumpInput } from '../../../firmware-sim/pump-state.ts';
import type { Therapy } from '../../../firmware-sim/therapies.ts';
import { careOf, patientId } from '../care.ts';
import type { Draw } from '../draw.ts';
import type { Label, Scenario } from '../scenario.ts';
import type { VirtualPump } from '../virtual-pump.ts';
import { act, drawSetting, type Family, isCritical, known, minute, scenarioOf, second, steady } from './setting.ts';

/** What our priority must be, by alerts-and-limits.md, "Catalogue". */
type Ours = Priority | ((therapy: Therapy) => Priority);
const stops: Ours = (therapy) => (isCritical(therapy) ? 'high' : 'medium');
const runsOut: Ours = (therapy) => {
  if (isCritical(therapy)) return 'high';
  return therapy.name === 'morphine PCA' ? 'medium' : 'low';
};

/** Raised by the simulated pump itself: how. `waitMs`: at most so long until the physics get there. */
const byPhysics: Record<string, { ours: Ours; waitMs: number; input: (draw: Draw) => PumpInput }> = {
  MDC_EVT_FLUID_LINE_OCCL: { ours: stops, waitMs: 90 * minute, input: handled('occlude') },
  MDC_EVT_FLUID_LINE_OCCL_PROXIMAL: { ours: stops, waitMs: 0, input: handled('upstream') },
  MDC_EVT_FLUID_LINE_AIR: { ours: stops, waitMs: 0, input: handled('air') },
  MDC_EVT_DOOR_POSN_ERR: { ours: stops, waitMs: 0, input: handled('door') },
  MDC_EVT_MALF: { ours: 'high', waitMs: 0, input: handled('malfunction') },
  MDC_EVT_CALLBACK: {
    ours: stops,
    waitMs: 3 * minute,
    input: (draw) => ({ do: 'hold', forMs: draw.int(130, 600) * second }),
  },
  MDC_EVT_VOL_INFUS_NEAR_COMP: {
    ours: (therapy) => (isCritical(therapy) ? 'medium' : 'low'),
    waitMs: 0,
    input: () => ({ do: 'near-end' }),
  },
  MDC_EVT_BATT_LO: {
    ours: (therapy) => (isCritical(therapy) ? 'medium' : 'low'),
    waitMs: 0,
    input: (draw) => ({ do: 'battery', pct: draw.int(8, 20), handledAfterMs: draw.int(30, 600) * second }),
  },
  MDC_EVT_BATT_DEPL: {
    ours: 'high',
    waitMs: 0,
    input: (draw) => ({ do: 'battery', pct: draw.int(0, 3), handledAfterMs: draw.int(60, 600) * second }),
  },
};

function handled(what: 'occlude' | 'upstream' | 'air' | 'door' | 'malfunction'): (draw: Draw) => PumpInput {
  return (draw) => ({ do: what, handledAfterMs: draw.int(5, 900) * second });
}

/** Only as records: no part of the simulated pump raises them by itself. */
const asRecords: Record<string, Ours> = {
  MDC_EVT_PUMP_FLOW_FREE: 'high',
  MDC_EVT_CHECK_IV_SET: stops,
  MDC_EVT_PWR_LOSS: 'low',
  MDC_EVT_VOL_INFUS_COMP: runsOut,
  MDC_EVT_EMPTY: runsOut,
  MDC_EVT_PCA_MAX_LIMIT: 'medium',
  MDC_EVT_PCA_HANDSET_DETACHED: 'medium',
  MDC_EVT_PCA_DOOR_UNLOCKED: 'medium',
  MDC_EVT_STANDBY_WARN: (therapy) => (isCritical(therapy) ? 'high' : 'low'),
  MDC_EVT_FAIL: 'high',
};

const priorityOf = (ours: Ours, therapy: Therapy) => (typeof ours === 'function' ? ours(therapy) : ours);
/** Alarms travel at once. */
const withinMs = 5 * second;

function generatePhysics(code: string, draw: Draw): Scenario {
  const { ours, waitMs, input } = byPhysics[code] ?? { ours: 'medium', waitMs: 0, input: handled('air') };
  const setting = drawSetting(draw, { steadyMs: waitMs + 20 * minute });
  const given = input(draw);
  const { later, therapy } = setting;
  // Time to the alarm of a closed line grows as the flow falls: slow therapies wait for it longest.
  const rate = therapy.programme.rateMlPerH ?? 1;
  const patience = code === 'MDC_EVT_FLUID_LINE_OCCL' ? Math.min(waitMs, (1.5 / rate) * 60 * minute) : waitMs;
  return scenarioOf(setting, {
    rule: code,
    kind: 'fault',
    says: JSON.stringify(given),
    lastsMs: later - setting.pump.at + patience + 3 * minute,
    acts: [act(later, (on) => on.input(given))],
    labels: ({ pumps }) => fromTruth(pumps, code, priorityOf(ours, therapy)),
    // A line that closes is seen to close.
    alsoTrue: code === 'MDC_EVT_FLUID_LINE_OCCL' ? ['occlusion-trend'] : [],
  });
}

/** What the pump itself knows of its alarms. */
function fromTruth(pumps: readonly VirtualPump[], code: string, priority: Priority): Label[] {
  return pumps.flatMap(({ id, truth }) =>
    truth
      .filter((note) => note.fault === 'alarm' && note.phase === 'start' && note.code === code)
      .map(({ at }) => ({ pump: id, rule: code, begin: at, end: null, withinMs, priority })),
  );
}

/** What the catalogue asks about besides the therapy. */
type Circumstances = {
  says: string;
  priority: Priority | null;
  therapy?: Therapy;
  care?: (therapy: Therapy) => CareFacts;
};
const plain: Circumstances = { says: '', priority: null };

/** An empty bag is medium for an infant and where insulin is in it; see `runsOut` for the rest. */
function drawRunningOut(draw: Draw): Circumstances {
  const usual = known.filter((therapy) => !isCritical(therapy) && therapy.name !== 'morphine PCA');
  const therapy = steady(draw.one(usual), draw, 50 * minute);
  switch (draw.one(['plain', 'plain', 'infant', 'insulin'] as const)) {
    case 'infant': {
      const patient = { id: patientId, weightKg: therapy.programme.weightKg ?? 70, bsaM2: 1.8, infant: true };
      const care = (of: Therapy) => careOf(of, { facts: { patients: new Map([[patientId, patient]]) } });
      return { says: ', an infant', priority: 'medium', therapy, care };
    }
    case 'insulin': {
      const programme = {
        ...therapy.programme,
        drug: draw.one(['parenteral nutrition with insulin', 'TPN + INSULIN']),
      };
      return { says: ', with insulin', priority: 'medium', therapy: { ...therapy, programme } };
    }
    case 'plain':
      return plain;
  }
}

/** Unplugged is medium below 30 %. */
function drawBattery(draw: Draw): Circumstances & { batteryPct: number } {
  const batteryPct = draw.chance(0.5) ? draw.int(5, Math.floor(30 / 1.05)) : draw.int(Math.ceil(30 * 1.05), 100);
  return { says: `, battery ${batteryPct} %`, priority: batteryPct < 30 ? 'medium' : 'low', batteryPct };
}

function generateRecord(code: string, ours: Ours, draw: Draw, kind: Scenario['kind']): Scenario {
  const battery = code === 'MDC_EVT_PWR_LOSS' ? drawBattery(draw) : null;
  const given = battery ?? (ours === runsOut ? drawRunningOut(draw) : plain);
  const setting = drawSetting(draw, { steadyMs: 30 * minute, ...(given.therapy && { therapy: given.therapy }) });
  const { later, therapy, pump } = setting;
  if (battery) {
    const { batteryPct } = battery;
    pump.alter = ({ draft }) => [draft.kind === 'sample' ? { ...draft, batteryPct } : draft];
  }
  const number = draw.int(100, 900);
  const own = draw.one(['high', 'medium', 'low', null]);
  const record = { kind: 'alarm', alarm: number, code, infusion: 1, ...(own && { priority: own }) };
  const fault = kind === 'fault';
  const priority = given.priority ?? priorityOf(ours, therapy);
  return scenarioOf(setting, {
    rule: code,
    kind,
    says: fault ? `the pump’s own priority ${own ?? 'absent'}${given.says}` : 'an end whose start never was',
    lastsMs: later - pump.at + 5 * minute,
    acts: [
      act(later, (on) => on.write({ ...record, phase: fault ? 'start' : 'end' })),
      ...(fault ? [act(later + draw.int(20, 180) * second, (on) => on.write({ ...record, phase: 'end' }))] : []),
    ],
    ...(given.care && { care: given.care(therapy) }),
    labels: () => (fault ? [{ pump: pump.id, rule: code, begin: later, end: null, withinMs, priority }] : []),
  });
}

/** A code that nobody listed keeps the pump's own priority. */
function generateUnknown(draw: Draw, kind: Scenario['kind']): Scenario {
  const code = draw.one(['MDC_EVT_SELFTEST_FAILURE_X', 'MDC_EVT_MOTOR_HOT', 'VENDOR_17']);
  const own = draw.one(['high', 'medium', 'low'] as const);
  const scenario = generateRecord(code, own, draw, kind);
  const pump = scenario.pumps[0];
  return {
    ...scenario,
    rule: 'any other code',
    acts: scenario.acts.map((one) => ({
      at: one.at,
      do: () =>
        pump?.write({
          kind: 'alarm',
          alarm: 77,
          code,
          phase: one === scenario.acts[0] && kind === 'fault' ? 'start' : 'end',
          priority: own,
        }),
    })),
  };
}

/** An alarm whose record is lost is told by the state of two samples, at the cadence of a pump that stands. */
function generateUntold(draw: Draw, kind: Scenario['kind']): Scenario {
  const setting = drawSetting(draw, { steadyMs: 90 * minute });
  const { later, pump, settings } = setting;
  const fault = kind === 'fault';
  // A record that came in explains the state however long it lasts.
  const isLost = fault || draw.chance(0.5);
  const secondSampleMs = 2 * settings.idleCadenceMs;
  const standsMs = isLost && !fault ? second : Math.round(secondSampleMs * draw.factor(1.05, 6));
  const input = { do: draw.one(['upstream', 'air', 'door', 'malfunction'] as const), handledAfterMs: standsMs };
  pump.alter = ({ draft }) => (isLost && draft.kind === 'alarm' ? [] : [draft]);
  return scenarioOf(setting, {
    rule: 'unknown-alarm',
    kind,
    says: `${input.do} for ${standsMs / second} s, ${isLost ? 'its record lost' : 'told'}`,
    lastsMs: later - pump.at + standsMs + 3 * minute,
    acts: [act(later, (on) => on.input(input))],
    labels: () =>
      fault
        ? [
            {
              ...{ pump: pump.id, rule: 'unknown-alarm', begin: later, end: null },
              ...{ withinMs: secondSampleMs + 5 * second, priority: 'high' },
            },
          ]
        : [],
  });
}

export const pumpAlarmFamilies: Family[] = [
  ...Object.keys(byPhysics).map(
    (code): Family => ({ rule: code, generate: (draw) => generatePhysics(code, draw), noNearMiss: true }),
  ),
  ...Object.entries(asRecords).map(
    ([code, ours]): Family => ({ rule: code, generate: (draw, kind) => generateRecord(code, ours, draw, kind) }),
  ),
  { rule: 'any other code', generate: generateUnknown },
  { rule: 'unknown-alarm', generate: generateUntold },
];
