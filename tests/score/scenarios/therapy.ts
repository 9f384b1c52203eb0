// A pump against its patient's therapy: no verified order, running although the therapy is not, a patient who asks in vain.
import type { CareTherapy } from '#schemas/rules/second-check/care.ts';
import { careOf } from '../care.ts';
import type { Draw } from '../draw.ts';
import type { Act, Scenario } from '../scenario.ts';
import {
  act,
  beginAt,
  drawSetting,
  type Family,
  hour,
  isCritical,
  known,
  minute,
  recordAt,
  scenarioOf,
  second,
  steady,
} from './setting.ts';

function noVerifiedOrder(draw: Draw, kind: Scenario['kind']): Scenario {
  const setting = drawSetting(draw, { steadyMs: hour });
  const { pump, therapy, startAt } = setting;
  const why = draw.one(['none', 'draft', 'cancelled', 'another drug', 'nobody']);
  const right = careOf(therapy);
  const other = careOf(steady(draw.one(known.filter(({ name }) => name !== therapy.name)), draw, hour));
  const facts = {
    none: careOf(therapy, { therapy: { orders: [] } }),
    draft: careOf(therapy, { version: { state: 'draft', verifiedAt: null } }),
    cancelled: careOf(therapy, { version: { state: 'cancelled', endedAt: beginAt } }),
    'another drug': other,
    nobody: careOf(therapy, { facts: { assignments: [] } }),
  }[why];
  // Just in time is before the pump starts.
  const verifiedAt = startAt - draw.int(1, 30) * second;
  const inTime: Act[] = kind === 'near-miss' ? [recordAt(verifiedAt, right)] : [];
  return scenarioOf(setting, {
    rule: 'no-verified-order',
    kind,
    says: kind === 'fault' ? (why ?? '') : 'verified just before the start',
    lastsMs: startAt - beginAt + 10 * minute,
    acts: inTime,
    care: facts ?? right,
    labels: () =>
      kind === 'fault'
        ? [
            {
              pump: pump.id,
              rule: 'no-verified-order',
              begin: startAt,
              end: null,
              withinMs: 5 * second,
              priority: 'medium',
            },
          ]
        : [],
  });
}

const highClasses = ['morphine PCA', 'fluorouracil'];

function runningOnHold(draw: Draw, kind: Scenario['kind']): Scenario {
  const setting = drawSetting(draw, { steadyMs: 2 * hour });
  const { pump, therapy, later, startAt } = setting;
  const status = draw.one(['on-hold', 'ended'] as const);
  const before = draw.chance(0.4);
  const stopped: Partial<CareTherapy> = {
    status,
    holdUntil: status === 'on-hold' && draw.chance(0.5) ? later + 5 * hour : null,
  };
  // A hold that is over by the time the pump starts.
  const over: Partial<CareTherapy> = { status: 'on-hold', holdUntil: startAt - second };
  const begin = before ? startAt : later;
  const high = isCritical(therapy) || highClasses.includes(therapy.name);
  const isFault = kind === 'fault';
  return scenarioOf(setting, {
    rule: 'running-on-hold',
    kind,
    says: isFault ? `${status}${before ? ' before it starts' : ''}` : 'a hold that is over',
    lastsMs: begin - beginAt + 10 * minute,
    acts: isFault && !before ? [recordAt(begin, careOf(therapy, { therapy: stopped }))] : [],
    care: isFault && !before ? careOf(therapy) : careOf(therapy, { therapy: isFault ? stopped : over }),
    labels: () =>
      isFault
        ? [
            {
              pump: pump.id,
              rule: 'running-on-hold',
              begin,
              end: null,
              withinMs: 5 * second,
              priority: high ? 'high' : 'medium',
            },
          ]
        : [],
  });
}

/** Six unanswered demands within an hour, and three times as many as were given. */
function pcaDemand(draw: Draw, kind: Scenario['kind']): Scenario {
  const setting = drawSetting(draw, { of: ['morphine PCA'], steadyMs: 3 * hour });
  const { pump, therapy, later } = setting;
  const given = draw.int(0, 7);
  const few = given < 3;
  const unanswered =
    kind === 'fault' ? Math.max(7, Math.ceil(given * 2.15)) + draw.int(0, 12) : few ? 5 : Math.max(0, 2 * given - 1);
  const spanMs = 58 * minute * draw.between(0.1, 1);
  const total = given + unanswered;
  const acts = Array.from({ length: total }, (_, n) => {
    const result = n < given ? 'given' : draw.one(['locked-out', 'locked-out', 'refused']);
    const at = later + Math.round((spanMs * n) / Math.max(1, total - 1));
    const body = { kind: 'bolus', infusion: 1, origin: 'patient', result, ...(n < given && { ml: 0.001 }) };
    return act(at, (on) => on.write(body));
  });
  // Just short of it ends within the hour: without its first demands, which were given, the next hour is a true finding.
  const watchedMs = kind === 'fault' ? spanMs + 3 * minute : Math.min(spanMs + 3 * minute, hour - 10 * second);
  return scenarioOf(setting, {
    rule: 'pca-demand',
    kind,
    says: `${given} given of ${total} in ${Math.round(spanMs / minute)} min`,
    lastsMs: later - beginAt + watchedMs,
    acts,
    care: careOf(therapy),
    labels: () =>
      kind === 'fault'
        ? [
            {
              pump: pump.id,
              rule: 'pca-demand',
              begin: later,
              end: null,
              withinMs: spanMs + 6 * second,
              priority: 'medium',
            },
          ]
        : [],
    tickMs: 2 * second,
  });
}

export const therapyFamilies: Family[] = [
  { rule: 'no-verified-order', generate: noVerifiedOrder },
  { rule: 'running-on-hold', generate: runningOnHold },
  { rule: 'pca-demand', generate: pcaDemand },
];
