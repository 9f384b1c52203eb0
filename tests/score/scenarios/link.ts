// What only the platform can see of a pump's link, journal and clock.
import type { ClockFault } from '../../../firmware-sim/faults/clock.ts';
import type { Draw } from '../draw.ts';
import type { Label, Scenario } from '../scenario.ts';
import { VirtualPump } from '../virtual-pump.ts';
import {
  act,
  atRate,
  beginAt,
  drawSetting,
  type Family,
  hour,
  isCritical,
  known,
  minute,
  scenarioOf,
  second,
} from './setting.ts';

/** How far a threshold is passed, or nearly. */
const beyond = (draw: Draw, kind: Scenario['kind'], most: number) =>
  kind === 'fault' ? draw.factor(1.05, most) : 0.95;
const pct = (factor: number) => `${Math.round(factor * 100)} % of the threshold`;
const labelIf = (kind: Scenario['kind'], label: Label): Label[] => (kind === 'fault' ? [label] : []);

function silentPump(draw: Draw, kind: Scenario['kind']): Scenario {
  const idle = draw.chance(0.25);
  const low = !idle && draw.chance(0.2);
  const setting = drawSetting(draw, { steadyMs: 4 * hour });
  const { pump, therapy, settings, later } = setting;
  const cadence = idle ? settings.idleCadenceMs : settings.cadenceMs;
  const allowed = Math.max(minute, 3 * cadence);
  const factor = beyond(draw, kind, 20);
  // Just short of it counts from the last record, which may be one cadence old.
  const silentMs = Math.round(kind === 'fault' ? allowed * factor : allowed * factor - cadence - second);
  const at = later + 3 * minute;
  const acts = [act(at, (on) => on.goOffline(silentMs))];
  if (idle) acts.unshift(act(later, (on) => on.input({ do: 'hold', forMs: 3 * hour })));
  if (low) {
    const input = { do: 'battery', pct: draw.int(10, 20), handledAfterMs: 4 * hour } as const;
    acts.unshift(act(later, (on) => on.input(input)));
  }
  return scenarioOf(setting, {
    rule: 'silent-pump',
    kind,
    says: `silent for ${Math.round(silentMs / second)} s, ${pct(factor)}${idle ? ', paused' : ''}${low ? ', battery low' : ''}`,
    lastsMs: at - beginAt + silentMs + 2 * minute,
    acts,
    labels: () =>
      labelIf(kind, {
        pump: pump.id,
        rule: 'silent-pump',
        begin: at,
        end: at + silentMs,
        withinMs: allowed + 3 * second,
        priority: isCritical(therapy) || low ? 'high' : 'medium',
      }),
  });
}

/** An hour before a bag is empty a silence becomes high; longer before, it is not yet. */
function silentNearEmpty(draw: Draw): Scenario {
  const near = draw.chance(0.7);
  const [drawn, usualRate] = draw.one([
    ['vancomycin', 120],
    ['hydration', 125],
    ['nutrition', 130],
  ] as const);
  const therapy = known.find(({ name }) => name === drawn);
  if (!therapy) throw new RangeError(drawn);
  // At a volume of its own: what nutrition usually lasts is many hours. It has been running for 6 to 11 min by then, and
  // up to 3 min pass until it counts as silent.
  const leftMin = near ? 60 / draw.factor(1.05, 4) : 60 * draw.factor(1.05, 3);
  const lastsH = (leftMin + (near ? 6 : 14)) / 60;
  const setting = drawSetting(draw, { therapy: atRate(therapy, usualRate * draw.factor(0.8, 1.2), usualRate, lastsH) });
  const { pump, settings, later } = setting;
  const allowed = Math.max(minute, 3 * settings.cadenceMs);
  return scenarioOf(setting, {
    rule: 'silent-pump',
    kind: 'fault',
    says: `silent with ${near ? 'less' : 'more'} than an hour left: ${leftMin.toFixed(0)} min`,
    lastsMs: later - beginAt + allowed + 5 * minute,
    acts: [act(later, (on) => on.goOffline(24 * hour))],
    labels: () => [
      {
        pump: pump.id,
        rule: 'silent-pump',
        begin: later,
        end: null,
        withinMs: allowed + 3 * second,
        priority: near ? 'high' : 'medium',
      },
    ],
  });
}

const badAlarms = [
  { kind: 'alarm', alarm: 0, phase: 'start', code: 'MDC_EVT_FLUID_LINE_OCCL' },
  { kind: 'alarm', alarm: 7, phase: 'begun', code: 'MDC_EVT_FLUID_LINE_OCCL' },
  { kind: 'alarm', phase: 'start', code: 'MDC_EVT_MALF' },
  { kind: 'alarm', alarm: 'three', phase: 'start' },
] as const;
const badTexts = ['not json', '{"v":2,"epoch":"8f0c2a6d11b94e37","boot":1,"records":[{}]}', '[]', '{"v":1'] as const;

function unreadableAlarm(draw: Draw, kind: Scenario['kind']): Scenario {
  const setting = drawSetting(draw, { steadyMs: 30 * minute });
  const { pump, later } = setting;
  const body = draw.one(badAlarms);
  const text = draw.one(badTexts);
  const asText = draw.chance(0.4);
  const todo = (on: VirtualPump) => {
    // A bad optional field must not hide the alarm; what is no batch on another lane is no alarm.
    if (kind === 'near-miss' && asText) on.sendText('telemetry', text);
    else if (kind === 'near-miss')
      on.write({ kind: 'alarm', alarm: 9, phase: 'start', code: 'MDC_EVT_FLUID_LINE_AIR', infusion: 'one' });
    else if (asText) on.sendText('alarm', text);
    else on.write({ ...body });
  };
  return scenarioOf(setting, {
    rule: 'unreadable-alarm',
    kind,
    says: asText ? text : JSON.stringify(body),
    lastsMs: later - beginAt + 3 * minute,
    acts: [act(later, todo)],
    labels: () =>
      labelIf(kind, {
        pump: pump.id,
        rule: 'unreadable-alarm',
        begin: later,
        end: null,
        withinMs: 5 * second,
        priority: 'high',
      }),
    alsoTrue: ['rejected-records', 'MDC_EVT_FLUID_LINE_AIR'],
  });
}

function unreadablePump(draw: Draw, kind: Scenario['kind']): Scenario {
  const setting = drawSetting(draw, { steadyMs: hour });
  const { pump, later, settings } = setting;
  const times = kind === 'fault' ? draw.int(5, 30) : 4;
  const broken = draw.one([{ state: 'melting' }, { kind: 'telepathy' }, { state: null }]);
  let left = 0;
  let fifthAt = 0;
  pump.alter = ({ draft }, at) => {
    if (left === 0) return [draft];
    left -= 1;
    if (left === times - 5) fifthAt = at;
    return [draft.kind === 'sample' ? { ...draft, ...broken } : { ...draft, kind: 'telepathy' }];
  };
  const start = (on: VirtualPump) => {
    if (on.state.run.at === 'flowing') left = times;
  };
  return scenarioOf(setting, {
    rule: 'unreadable-pump',
    kind,
    says: `${times} records running with ${JSON.stringify(broken)}`,
    lastsMs: later - beginAt + (times + 3) * settings.cadenceMs + minute,
    acts: [act(later, start)],
    labels: () =>
      labelIf(kind, {
        pump: pump.id,
        rule: 'unreadable-pump',
        begin: fifthAt,
        end: null,
        withinMs: 5 * second,
        priority: 'medium',
      }),
    alsoTrue: ['rejected-records'],
  });
}

function gapOpen(draw: Draw, kind: Scenario['kind']): Scenario {
  const setting = drawSetting(draw, { steadyMs: 2 * hour });
  const { pump, later, settings } = setting;
  const records = draw.int(1, 60);
  const openMs = 10 * minute;
  pump.answers = false;
  // Written at one moment, so that the pump is heard all the while; the hole is seen when something above it comes.
  const lost = Array.from({ length: records }, () => ({ kind: 'device', event: 'self-test' }));
  const begin = later + settings.cadenceMs;
  const losing = (on: VirtualPump) => {
    on.withhold(records);
    on.write(...lost);
  };
  const acts = [act(later, losing)];
  // It is asked again and again; once it answers, the hole closes at the next time: before ten minutes, after them, or never.
  const closes = kind === 'near-miss' || draw.chance(0.5);
  const answersAfterMs = kind === 'near-miss' ? 5 * minute : openMs * draw.factor(1.05, 2);
  if (closes)
    acts.push(
      act(begin + Math.round(answersAfterMs), (on) => {
        on.answers = true;
      }),
    );
  return scenarioOf(setting, {
    rule: 'gap-open',
    kind,
    says: `${records} records ${closes ? `are given after ${(answersAfterMs / minute).toFixed(1)} min` : 'never come'}`,
    lastsMs: begin - beginAt + 2 * openMs + 3 * minute,
    acts,
    labels: () =>
      labelIf(kind, {
        pump: pump.id,
        rule: 'gap-open',
        begin: begin - settings.cadenceMs,
        end: null,
        withinMs: openMs + settings.cadenceMs + 90 * second,
      }),
  });
}

function clockOff(draw: Draw, kind: Scenario['kind']): Scenario {
  const setting = drawSetting(draw, { steadyMs: hour });
  const { pump, later, settings } = setting;
  const factor = beyond(draw, kind, 2_000);
  const ms = Math.round(2 * minute * factor * (draw.chance(0.5) ? 1 : -1));
  const far: ClockFault = draw.one([{ clock: '1970' }, { clock: '2099' }]);
  const fault: ClockFault = kind === 'fault' && draw.chance(0.2) ? far : { clock: draw.one(['offset', 'step']), ms };
  return scenarioOf(setting, {
    rule: 'clock-off',
    kind,
    says: JSON.stringify(fault),
    lastsMs: later - beginAt + 10 * minute,
    acts: [act(later, (on) => on.disturbClock(fault))],
    labels: () =>
      labelIf(kind, {
        pump: pump.id,
        rule: 'clock-off',
        begin: later,
        end: null,
        withinMs: Math.max(minute, 3 * settings.cadenceMs) + settings.cadenceMs + 5 * second,
      }),
  });
}

function rebootStorm(draw: Draw, kind: Scenario['kind']): Scenario {
  const setting = drawSetting(draw, { steadyMs: 3 * hour });
  const { pump, later } = setting;
  const within = kind === 'fault' ? draw.between(0.02, 1 / 1.05) * hour : hour / 0.95;
  const times = [later, later + Math.round(within * draw.between(0.1, 0.9)), later + Math.round(within)];
  return scenarioOf(setting, {
    rule: 'reboot-storm',
    kind,
    says: `three starts within ${Math.round(within / minute)} min`,
    lastsMs: later - beginAt + within + 3 * minute,
    acts: times.map((at) => act(at, (on) => on.reboot())),
    labels: () =>
      labelIf(kind, { pump: pump.id, rule: 'reboot-storm', begin: times[2] ?? 0, end: null, withinMs: 5 * second }),
  });
}

function duplicatePump(draw: Draw, kind: Scenario['kind']): Scenario {
  const setting = drawSetting(draw, { steadyMs: 2 * hour });
  const { pump, later, settings, therapy } = setting;
  const scenario = scenarioOf(setting, {
    rule: 'duplicate-pump',
    kind,
    says: kind === 'fault' ? 'two pumps with one id' : 'a pump that loses its journal',
    lastsMs: later - beginAt + 10 * minute,
    acts: kind === 'fault' ? [] : [act(later, (on) => on.loseJournal())],
    labels: () =>
      labelIf(kind, {
        pump: pump.id,
        rule: 'duplicate-pump',
        begin: later,
        end: null,
        withinMs: 2 * settings.idleCadenceMs + 3 * settings.cadenceMs + 5 * second,
      }),
    // One counter behind another, one boot behind another.
    alsoTrue: ['counters', 'reboot-storm', 'no-verified-order'],
  });
  if (kind === 'near-miss') return scenario;
  const twin = new VirtualPump({
    id: pump.id,
    seed: draw.seed + 1,
    n: 1,
    therapies: [therapy],
    settings,
    onAt: later,
    startAfterMs: draw.int(0, 120) * second,
  });
  return { ...scenario, pumps: [pump, twin] };
}

function rejectedRecords(draw: Draw, kind: Scenario['kind']): Scenario {
  const setting = drawSetting(draw, { steadyMs: 30 * minute });
  const { pump, later } = setting;
  const required = draw.one([{ state: 'melting' }, { kind: 'telepathy' }, { state: 7 }]);
  const optional = draw.one([{ temperatureC: 9_999 }, { pressureKpa: 'high' }, { batteryPct: -4 }]);
  const body = { kind: 'sample', state: 'delivering', ...(kind === 'fault' ? required : optional) };
  return scenarioOf(setting, {
    rule: 'rejected-records',
    kind,
    says: JSON.stringify(body),
    lastsMs: later - beginAt + 3 * minute,
    acts: [act(later, (on) => on.write(body))],
    labels: () =>
      labelIf(kind, { pump: pump.id, rule: 'rejected-records', begin: later, end: null, withinMs: 5 * second }),
  });
}

export const linkFamilies: Family[] = [
  {
    rule: 'silent-pump',
    generate: (draw, kind) => (kind === 'fault' && draw.chance(0.15) ? silentNearEmpty(draw) : silentPump(draw, kind)),
  },
  { rule: 'unreadable-alarm', generate: unreadableAlarm },
  { rule: 'unreadable-pump', generate: unreadablePump },
  { rule: 'gap-open', generate: gapOpen },
  { rule: 'clock-off', generate: clockOff },
  { rule: 'reboot-storm', generate: rebootStorm },
  { rule: 'duplicate-pump', generate: duplicatePump },
  { rule: 'rejected-records', generate: rejectedRecords },
];
