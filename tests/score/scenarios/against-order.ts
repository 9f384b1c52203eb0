// A programme that is not what was ordered: found from the programme's record, and from telemetry where none comes.
import type { Priority } from '#schemas/messages/record.ts';
import type { CareFacts } from '#schemas/rules/second-check/care.ts';
import { settleCare } from '#schemas/rules/second-check/settle-care.ts';
import type { Therapy } from '../../../firmware-sim/therapies.ts';
import { careOf } from '../care.ts';
import type { Draw } from '../draw.ts';
import type { Scenario } from '../scenario.ts';
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
  mixedOtherwise,
  scenarioOf,
  second,
  steady,
} from './setting.ts';

type Error = { says: string; wrong: Therapy; priority: Priority; words?: readonly string[] };
/** What a wrong programme may pass besides. */
const alsoTrue = ['programme-against-library', 'soft-limit-without-override', 'cumulative-dose'];
/** Found this soon after the programme's record; and from the first sample on where none comes. */
const fromProgrammeMs = 5 * second;
const fromTelemetryMs = 10 * minute;

const ratios = [10, 24, 60, 100];
const deviations = { ratio: 'a telling ratio', high: '25 % or more', medium: '10 to 25 %' } as const;
type Deviation = keyof typeof deviations;

/** The factor of a deviation; up and down are as far apart, so that the duration deviates by as much. */
function drawFactor(draw: Draw, deviation: Deviation, kind: Scenario['kind'], therapy: Therapy): number {
  const rate = therapy.programme.rateMlPerH ?? 1;
  const up = draw.chance(0.5);
  if (kind === 'near-miss') return up ? 1.095 : 1 / 1.095;
  if (deviation === 'ratio') {
    const ratio = draw.one(ratios) * draw.between(0.955, 1.045);
    // Below a tenth of a millilitre an hour no sample says the rate exactly enough to name a ratio.
    return up || rate / ratio < 0.1 ? ratio : 1 / ratio;
  }
  if (deviation === 'high') return up ? draw.factor(1.2625, 9) : 1 / draw.factor(1.36, 9);
  return up ? draw.between(1.105, 1.245) : 1 / draw.between(1.118, 1.245);
}

const times = (therapy: Therapy, factor: number): Therapy => {
  const rate = therapy.programme.rateMlPerH ?? 1;
  return atRate(therapy, rate * factor, rate, (therapy.programme.durationMin ?? 60) / 60 / factor);
};

/** As a rate or as a duration, whichever is told first. */
function namedAs(factor: number): string[] {
  const size = factor > 1 ? factor : 1 / factor;
  const ratio = ratios.find((one) => Math.abs(size / one - 1) < 0.05);
  return [`${ratio} times the ordered`, `1/${ratio} of the ordered`];
}

const usualPriority = (deviation: Deviation): Priority => (deviation === 'medium' ? 'medium' : 'high');

/** Which field was keyed wrongly. */
function drawError(draw: Draw, therapy: Therapy, deviation: Deviation, kind: Scenario['kind']): Error {
  const factor = drawFactor(draw, deviation, kind, therapy);
  const priority = usualPriority(deviation);
  const words = deviation === 'ratio' ? namedAs(factor) : undefined;
  const says = (field: string) => `${field} × ${factor.toPrecision(4)}`;
  const { concentration, doseRate, weightKg, doseUnit } = therapy.programme;
  const fields = [
    'rate',
    'rate',
    ...(concentration && doseRate ? ['concentration'] : []),
    ...(weightKg && doseUnit?.includes('/kg/') ? ['weight'] : []),
  ];
  const field = draw.one(fields);
  if (field === 'concentration' && concentration && doseRate) {
    // The pump believes it, and says the dose that follows.
    // Neither dose nor duration is another where the dose is one of mL: the concentration alone is medium.
    const alone = doseUnit?.startsWith('mL');
    const wrong = mixedOtherwise(therapy, factor);
    return { says: says(field), wrong, priority: alone ? 'medium' : priority, ...(words && { words }) };
  }
  if (field === 'weight' && weightKg && weightKg * factor < 700 && weightKg * factor > 1) {
    // Another weight at the ordered dose per kg runs at another rate.
    const wrong = times(therapy, factor);
    const programme = { ...wrong.programme, weightKg: weightKg * factor, ...(doseRate && { doseRate }) };
    return { says: says(field), wrong: { ...wrong, programme }, priority, ...(words && { words }) };
  }
  return { says: says('rate'), wrong: times(therapy, factor), priority, ...(words && { words }) };
}

/** Slow enough that a hundred times its rate is one that pumps can run at. */
const drugs = known.map(({ name }) => name);
const slow = ['dobutamine', 'milrinone', 'treprostinil', 'fluorouracil', 'morphine PCA', 'piperacillin-tazobactam'];

/** PMC3138377: 28.8 mL in 24 hours, keyed as 28.8 mL/h. */
function fluorouracil(draw: Draw): { therapy: Therapy; error: Error } {
  const [found] = known.filter(({ name }) => name === 'fluorouracil');
  const drawn = steady(found ?? draw.one(known), draw, hour);
  const therapy = atRate(drawn, 1.2, drawn.programme.rateMlPerH ?? 2, 95.8);
  return {
    therapy,
    error: {
      says: 'fluorouracil, 28.8 mL/h for 1.2',
      wrong: times(therapy, 24),
      priority: 'high',
      words: ['24 times the ordered'],
    },
  };
}

function generate(deviation: Deviation, draw: Draw, kind: Scenario['kind'], telemetry: boolean): Scenario {
  const names = deviation === 'ratio' && kind === 'fault' ? slow : drugs;
  const lastsMs = telemetry ? 25 * minute : 20 * minute;
  const drawn = steady(draw.one(known.filter(({ name }) => names.includes(name))), draw, hour);
  const case24 = deviation === 'ratio' && kind === 'fault' && draw.chance(0.1) ? fluorouracil(draw) : null;
  const therapy = case24?.therapy ?? drawn;
  const error = case24?.error ?? drawError(draw, therapy, deviation, kind);
  // From telemetry alone only a rate can be told.
  const byRate = telemetry && !case24;
  const wrong = byRate ? times(therapy, drawFactor(draw, deviation, kind, therapy)) : error.wrong;
  const midway = !telemetry && draw.chance(0.4);
  const setting = drawSetting(draw, { therapy: midway ? therapy : wrong });
  const { pump, later, startAt, settings } = setting;
  if (telemetry) pump.alter = ({ draft }) => (draft.kind === 'programme' ? [] : [draft]);
  const begin = midway ? later : startAt;
  return scenarioOf(setting, {
    rule: 'programme-against-order',
    kind,
    says: telemetry
      ? `${wrong.programme.rateMlPerH} mL/h for ${therapy.programme.rateMlPerH}`
      : `${error.says}${midway ? ', programmed anew' : ''}`,
    lastsMs: Math.max(begin - beginAt + lastsMs, 0),
    acts: midway ? [act(later, (on) => on.reprogramme(wrong))] : [],
    care: careOf(therapy),
    labels: () =>
      kind === 'fault'
        ? [
            {
              pump: pump.id,
              rule: 'programme-against-order',
              begin,
              end: null,
              withinMs: telemetry ? fromTelemetryMs + settings.cadenceMs : fromProgrammeMs,
              priority: byRate ? usualPriority(deviation) : error.priority,
              ...(error.words && !telemetry && { says: error.words }),
            },
          ]
        : [],
    alsoTrue,
  });
}

/** What is ordered in other fields than the rate: volume, PCA, drug. */
function otherFields(draw: Draw, kind: Scenario['kind']): Scenario {
  const field = draw.one(
    kind === 'fault' ? ['volume', 'demand', 'lockout', 'maximum', 'drug'] : ['volume', 'demand', 'lockout', 'maximum'],
  );
  const pcaTherapy = known.filter(({ pca }) => pca)[0];
  const isPca = field === 'demand' || field === 'lockout' || field === 'maximum';
  const therapy = isPca && pcaTherapy ? pcaTherapy : steady(draw.one(known), draw, hour);
  const factor =
    kind === 'fault' ? draw.one([draw.factor(1.105, 8), 1 / draw.factor(1.118, 8)]) : draw.one([1.095, 1 / 1.095]);
  const { programme } = therapy;
  const { pca, vtbiMl } = programme;
  const wrong: Therapy = {
    ...therapy,
    programme: {
      ...programme,
      // A declared overfill is allowed: 15 mL.
      ...(field === 'volume' &&
        vtbiMl && { vtbiMl: factor > 1 ? (vtbiMl + 15) * factor : vtbiMl * factor, durationMin: null }),
      ...(field === 'demand' && pca && { pca: { ...pca, demandMl: (pca.demandMl ?? 1) * factor } }),
      ...(field === 'lockout' && pca && { pca: { ...pca, lockoutMin: (pca.lockoutMin ?? 8) * factor } }),
      ...(field === 'maximum' && pca && { pca: { ...pca, maxMlPer4H: (pca.maxMlPer4H ?? 40) * factor } }),
      ...(field === 'drug' && { drug: draw.one(['heparin', 'potassium chloride', 'ketamine']) }),
    },
  };
  const setting = drawSetting(draw, { therapy: wrong });
  const { pump, startAt } = setting;
  return scenarioOf(setting, {
    rule: 'programme-against-order',
    kind,
    says: field === 'drug' ? `${wrong.programme.drug} for ${programme.drug}` : `${field} × ${factor.toPrecision(4)}`,
    lastsMs: startAt - beginAt + 10 * minute,
    acts: [],
    // The pump was given for this therapy.
    care: careOf(therapy, { facts: { assignments: [{ patient: 'P-1', therapy: 'T-1', from: 0, to: null }] } }),
    labels: () =>
      kind === 'fault'
        ? [
            {
              pump: pump.id,
              rule: 'programme-against-order',
              begin: startAt,
              end: null,
              withinMs: fromProgrammeMs,
              ...(field === 'drug' && { priority: 'high' as const }),
            },
          ]
        : [],
    alsoTrue,
  });
}

/** What another pump gave of the order until just before, in hourly spans. */
function gave(therapy: Therapy, ml: number): CareFacts {
  // A declared overfill may be more than a small bag.
  const order = { overfillMl: 0 };
  const care = careOf(therapy, { order });
  const { measure } = settleCare(care, { infusion: 1, ...therapy.programme }, beginAt);
  if ('reason' in measure) throw new RangeError(measure.reason);
  const hours = ml / (therapy.programme.rateMlPerH ?? 1);
  const spans = Array.from({ length: Math.ceil(hours) }, (_, n) => ({
    from: beginAt - Math.min(hours, n + 1) * hour - minute,
    to: beginAt - n * hour - minute,
    amount: (ml * measure.perMl * Math.min(1, hours - n)) / hours,
  }));
  return careOf(therapy, { order, facts: { doses: new Map([[measure.key, spans.reverse()]]) } });
}

/** A bag that hangs on the backup pump: programmed is what is left of it. */
function restOfBag(draw: Draw, kind: Scenario['kind']): Scenario {
  const what = kind === 'fault' ? draw.one(['unknown', 'faster', 'more'] as const) : 'the rest';
  const knows = what === 'more' || what === 'the rest';
  // A bag of days began before anything is known of it.
  const drawn = draw.one(known.filter(({ pca, name }) => !pca && (!knows || name !== 'fluorouracil')));
  const therapy = steady(drawn, draw, 10 * hour);
  const { rateMlPerH = 1, vtbiMl = 1 } = therapy.programme;
  const [rate, volume] = [rateMlPerH ?? 1, vtbiMl ?? 1];
  // More than the bag holds, before all of it was given: a bag that is through is followed by another one.
  const part = draw.between(what === 'more' ? 0.35 : 0.2, 0.85);
  const faster = what === 'faster' ? draw.factor(1.3, 9) : 1;
  const given = what === 'more' ? draw.between(Math.max(0.3, 1.25 - part), 0.95) : 1 - part + draw.between(-0.05, 0.05);
  const rest = atRate(therapy, rate * faster, rate, (volume * part) / rate / faster);
  const setting = drawSetting(draw, { therapy: rest });
  const { pump, startAt } = setting;
  const endMatters = isCritical(therapy);
  const label = {
    unknown: { priority: endMatters ? 'medium' : 'low', says: ['less than ordered'] },
    faster: { priority: 'high' },
    more: { priority: 'medium', says: ['more than the ordered'] },
  } as const;
  return scenarioOf(setting, {
    rule: 'programme-against-order',
    kind,
    says: `${what}: ${(part * 100).toFixed(0)} % of the bag, ${(given * 100).toFixed(0)} % given`,
    lastsMs: startAt - beginAt + 10 * minute,
    acts: [],
    care: knows ? gave(therapy, volume * given) : careOf(therapy),
    labels: () =>
      what === 'the rest'
        ? []
        : [
            {
              pump: pump.id,
              rule: 'programme-against-order',
              begin: startAt,
              end: null,
              withinMs: fromProgrammeMs,
              ...label[what],
            },
          ],
    alsoTrue,
  });
}

const family = (deviation: Deviation, telemetry: boolean): Family => ({
  rule: `programme-against-order: ${deviations[deviation]}${telemetry ? ', by telemetry' : ''}`,
  generate: (draw, kind) => generate(deviation, draw, kind, telemetry),
  // What is just short of a ratio or of 25 % is found as less, which the next row shows.
  ...(deviation !== 'medium' && { noNearMiss: true as const }),
});

export const againstOrderFamilies: Family[] = [
  family('ratio', false),
  family('high', false),
  family('medium', false),
  { rule: 'programme-against-order: volume, PCA, drug', generate: otherFields },
  { rule: 'programme-against-order: the rest of a bag', generate: restOfBag },
  family('ratio', true),
  family('high', true),
  family('medium', true),
];
