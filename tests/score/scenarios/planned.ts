// Rules that need no pump to speak: doses missed, late or short, and a bag that ends before somebody comes. The pure judgement
// looks at them every half minute, as ingest does.
import { defaultRuleSettings } from '#schemas/rules/rule-settings.ts';
import { deliveriesOf, type GivenInfusion } from '#schemas/rules/therapy/dose-deliveries.ts';
import type { Schedule } from '#schemas/rules/therapy/doses.ts';
import { judgeTherapy, type TherapyFacts } from '#schemas/rules/therapy/judge-therapy.ts';
import type { TherapyState } from '#schemas/rules/therapy/therapy-state.ts';
import type { Draw } from '../draw.ts';
import type { Scenario } from '../scenario.ts';
import { lookEveryMs, plannedScenario, pump } from './looked.ts';
import { beginAt, type Family, hour, minute, second } from './setting.ts';

const zones = ['Etc/UTC', 'Europe/Stockholm', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'];

/** Every look at the therapy, with what is known at that moment. */
function lookingAt(factsAt: (now: number) => TherapyFacts): NonNullable<Scenario['looks']> {
  let state: TherapyState | null = null;
  return (now, say) => {
    const step = judgeTherapy(state, factsAt(now), now, defaultRuleSettings, (key) => key);
    state = step.next === null ? null : JSON.parse(JSON.stringify(step.next));
    for (const effect of step.effects) say({ pump, effect });
  };
}

/** A dose of an hour that begins at a moment, as reports of it come in. */
function doseAt(n: number, startedAt: number, ml: number, rate: number, now: number): GivenInfusion[] {
  if (now < startedAt) return [];
  const endsAt = startedAt + Math.round((ml / rate) * hour);
  const endedAt = now >= endsAt ? endsAt : null;
  const given = endedAt === null ? null : ml;
  const segment = {
    infusion: `I-${n}`,
    startedAt,
    endedAt,
    rateMlPerH: rate,
    ml: given,
    endedBy: endedAt === null ? null : 'complete',
    reason: null,
    late: false,
  };
  return [{ infusion: `I-${n}`, startedAt, endedAt, ml: given, late: false, segments: [segment] }];
}

const settings = defaultRuleSettings['missed-dose'];

function doses(rule: 'missed-dose' | 'late-dose' | 'short-dose', draw: Draw, kind: Scenario['kind']): Scenario {
  const every = draw.one([6, 8, 12, 24]);
  const timeZone = draw.one(zones);
  const firstAt = beginAt + draw.int(30, 180) * minute;
  const schedule: Schedule = { kind: 'every', hours: every, firstAt: new Date(firstAt).toISOString() };
  const orderedMl = draw.int(50, 250);
  const rate = draw.factor(50, 250);
  const wrong = draw.int(0, 2);
  const fault = kind === 'fault';
  const graceMin = rule === 'missed-dose' ? settings.missedAfterMin : settings.lateAfterMin;
  const lateMin =
    graceMin * (fault ? draw.factor(1.05, rule === 'missed-dose' ? (every * 60 - 90) / graceMin : 3) : 0.95);
  const shortPct = settings.shortPct * (fault ? draw.factor(1.05, 8) : 0.95);
  const given = [0, 1, 2, 3].map((n) => {
    const due = firstAt + n * every * hour;
    const jitter = draw.int(-40, 40) * minute;
    if (n !== wrong) return { at: due + jitter, ml: orderedMl };
    if (rule === 'short-dose') return { at: due + jitter, ml: orderedMl * (1 - shortPct / 100) };
    return { at: due + Math.round(lateMin * minute), ml: orderedMl };
  });
  // A dose that is missed altogether is never begun.
  const never = rule === 'missed-dose' && fault && draw.chance(0.6);
  const dueAt = firstAt + wrong * every * hour;
  const bad = given[wrong] ?? { at: 0, ml: 0 };
  const begin = rule === 'short-dose' ? bad.at + Math.round((bad.ml / rate) * hour) : dueAt + graceMin * minute;
  const factsAt = (now: number): TherapyFacts => ({
    status: 'active',
    statusSince: beginAt,
    schedule,
    timeZone,
    orderedMl,
    deliveries: deliveriesOf(
      given.flatMap(({ at, ml }, n) => (never && n === wrong ? [] : doseAt(n, at, ml, rate, now))),
    ),
    visitAt: null,
    running: null,
    detail: {},
  });
  const says =
    rule === 'short-dose'
      ? `${shortPct.toFixed(1)} % short`
      : `${Math.round(lateMin)} min after ${new Date(dueAt).toISOString().slice(11, 16)}${never ? ', never' : ''}`;
  return plannedScenario(
    {
      kind,
      rule,
      says: `${says}, every ${every} h`,
      lastsMs: firstAt - beginAt + 4 * every * hour,
      tickMs: lookEveryMs * (every > 8 ? 4 : 1),
      labels: fault ? [{ pump, rule, begin, end: null, withinMs: 3 * minute }] : [],
      // A dose that is missed was late first.
      alsoTrue: rule === 'missed-dose' ? ['late-dose'] : rule === 'late-dose' ? ['missed-dose'] : [],
    },
    lookingAt(factsAt),
  );
}

function endsBeforeVisit(draw: Draw, kind: Scenario['kind']): Scenario {
  const rate = draw.factor(1, 100);
  const lastsH = draw.between(3, 20);
  const endAt = beginAt + Math.round(lastsH * hour);
  const fault = kind === 'fault';
  const missingMin = fault ? draw.factor(3, 600) : -3;
  const visitAt = endAt + Math.round(missingMin * minute);
  const from = beginAt + draw.int(5, 60) * minute;
  const mediumAt = Math.max(from, endAt - 120 * minute);
  const factsAt = (now: number): TherapyFacts => {
    const runs = now >= from && now < endAt;
    return {
      status: 'active',
      statusSince: beginAt,
      schedule: { kind: 'continuous' },
      timeZone: 'Etc/UTC',
      orderedMl: null,
      deliveries: [],
      visitAt,
      // What a prediction moves by from look to look.
      running: runs ? { infusion: 'I-1', endAt: endAt + Math.round(draw.between(-1, 1) * minute) } : null,
      detail: {},
    };
  };
  const label = { pump, rule: 'ends-before-visit', end: null, withinMs: 3 * minute } as const;
  return plannedScenario(
    {
      kind,
      rule: 'ends-before-visit',
      says: `${rate.toFixed(1)} mL/h, ends ${missingMin.toFixed(0)} min before`,
      lastsMs: endAt - beginAt + 30 * minute,
      labels: fault
        ? [
            { ...label, begin: from },
            // The prediction moves by a minute.
            { ...label, begin: mediumAt - 90 * second, withinMs: 5 * minute, priority: 'medium' },
          ]
        : [],
    },
    lookingAt(factsAt),
  );
}

export const plannedFamilies: Family[] = [
  { rule: 'missed-dose', generate: (draw, kind) => doses('missed-dose', draw, kind) },
  { rule: 'late-dose', generate: (draw, kind) => doses('late-dose', draw, kind) },
  { rule: 'short-dose', generate: (draw, kind) => doses('short-dose', draw, kind) },
  { rule: 'ends-before-visit', generate: endsBeforeVisit },
];
