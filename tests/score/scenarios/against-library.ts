// A programme outside the library, whatever was ordered; and a soft limit about which the pump did not ask.
import type { Therapy } from '../../../firmware-sim/therapies.ts';
import { careOf } from '../care.ts';
import type { Draw } from '../draw.ts';
import type { Scenario } from '../scenario.ts';
import type { Body } from '../virtual-pump.ts';
import {
  act,
  atRate,
  beginAt,
  drawSetting,
  type Family,
  known,
  minute,
  mixedOtherwise,
  scenarioOf,
  second,
} from './setting.ts';

type DoseLimits = {
  rate: number;
  dose: number;
  hardLow?: number;
  softLow?: number;
  softHigh?: number;
  hardHigh?: number;
  hours?: number;
};
/**
 * As alerts-and-limits.md lists them, "Demo library": dose rates in the library's unit, and the rate in mL/h that gives one
 * of them by hand. Durations lie inside.
 */
const demo: Record<string, DoseLimits> = {
  vancomycin: { rate: 120, dose: 10, hardLow: 2, softLow: 5, softHigh: 10, hardHigh: 17 },
  'piperacillin-tazobactam': { rate: 10, dose: 13.44, hardLow: 2, softLow: 6, softHigh: 18, hardHigh: 24 },
  'immune globulin': { rate: 35, dose: 0.5, softLow: 0.5, softHigh: 5, hardHigh: 6 },
  hydration: { rate: 150, dose: 150, hardLow: 10, softLow: 25, softHigh: 250, hardHigh: 500 },
  dobutamine: { rate: 6, dose: 5, hardLow: 0.5, softLow: 2.5, softHigh: 10, hardHigh: 20 },
  milrinone: { rate: 10.5, dose: 0.5, hardLow: 0.1, softLow: 0.375, softHigh: 0.75, hardHigh: 1 },
  fluorouracil: { rate: 2, dose: 1200, softHigh: 1300, hardHigh: 3000, hours: 50 },
  'morphine PCA': { rate: 1, dose: 1, softHigh: 10, hardHigh: 30, hours: 2.5 },
};

type Passed = { therapy: Therapy; says: string };

/** A programme that passes a limit by a factor, its order the same. */
function passing(draw: Draw, level: 'hard' | 'soft', kind: Scenario['kind']): Passed {
  const name = draw.one(Object.keys(demo));
  const limits = demo[name];
  const [therapy] = known.filter((one) => one.name === name);
  if (!limits || !therapy) throw new RangeError(name);
  const low = level === 'hard' ? limits.hardLow : limits.softLow;
  const high = level === 'hard' ? limits.hardHigh : limits.softHigh;
  const isHigh = low === undefined || (high !== undefined && draw.chance(0.6));
  const limit = isHigh ? (high ?? 1) : (low ?? 1);
  // Beyond a soft limit ends at the hard one.
  const most =
    level === 'hard'
      ? 8
      : Math.max(
          1.06,
          0.97 * (isHigh ? (limits.hardHigh ?? limit * 8) / limit : limit / (limits.hardLow ?? limit / 8)),
        );
  // No pump runs at more than 2,000 mL/h.
  const fastest = isHigh ? (1_900 * limits.dose) / (limits.rate * limit) : most;
  const factor = kind === 'fault' ? draw.factor(1.05, Math.max(1.06, Math.min(most, fastest))) : 0.95;
  const dose = isHigh ? limit * factor : limit / factor;
  const rate = (limits.rate * dose) / limits.dose;
  const says = `${dose.toPrecision(4)} at the ${level} limit of ${limit}`;
  return { therapy: atRate(therapy, rate, limits.rate, limits.hours ?? 4), says };
}

function hardLimit(draw: Draw, kind: Scenario['kind']): Scenario {
  const { therapy, says } = passing(draw, 'hard', kind);
  return programmed(draw, kind, therapy, says, 'high', ['soft-limit-without-override', 'cumulative-dose']);
}

function programmed(
  draw: Draw,
  kind: Scenario['kind'],
  therapy: Therapy,
  says: string,
  priority: 'high' | 'medium',
  alsoTrue: string[],
  libraryVersion?: null,
): Scenario {
  const setting = drawSetting(draw, { therapy, given: libraryVersion === null ? { libraryVersion } : {} });
  const { pump, startAt } = setting;
  return scenarioOf(setting, {
    rule: 'programme-against-library',
    kind,
    says,
    lastsMs: startAt - beginAt + 5 * minute,
    acts: [],
    care: careOf(therapy),
    labels: () =>
      kind === 'fault'
        ? [
            {
              pump: pump.id,
              rule: 'programme-against-library',
              begin: startAt,
              end: null,
              withinMs: 5 * second,
              priority,
            },
          ]
        : [],
    alsoTrue,
  });
}

/** Not what the library holds: drug, care area, concentration, or outside it altogether. */
function notInLibrary(draw: Draw, kind: Scenario['kind']): Scenario {
  const { therapy } = passing(draw, 'soft', 'near-miss');
  const { concentration } = therapy.programme;
  const what = draw.one(['drug', 'care area', 'outside', ...(concentration ? ['concentration'] : [])]);
  const changed = (more: Partial<Therapy['programme']>): Therapy => ({
    ...therapy,
    programme: { ...therapy.programme, ...more },
  });
  if (kind === 'near-miss') {
    // Another spelling of the same.
    const { drug } = therapy.programme;
    const spelled = concentration
      ? { concentration: { amount: concentration.amount * 10, unit: concentration.unit, perMl: 10 } }
      : {};
    return programmed(
      draw,
      kind,
      changed({ drug: drug?.toUpperCase() ?? null, ...spelled }),
      'spelled otherwise',
      'medium',
      [],
    );
  }
  const wrong =
    what === 'drug'
      ? changed({ drug: 'ketamine' })
      : what === 'care area'
        ? changed({ careArea: 'dentistry' })
        : what === 'concentration' && concentration
          ? mixedOtherwise(therapy, 3)
          : therapy;
  // Three times the concentration is three times the dose as well.
  const alsoTrue = what === 'concentration' ? ['soft-limit-without-override'] : [];
  const scenario = programmed(draw, kind, wrong, what, 'medium', alsoTrue, what === 'outside' ? null : undefined);
  if (what !== 'concentration') return scenario;
  return { ...scenario, labels: (stage) => scenario.labels(stage).map(({ priority: _, ...label }) => label) };
}

function softLimit(draw: Draw, kind: Scenario['kind']): Scenario {
  // Short of it: the value is, or the pump did ask, before the programme or within a minute after it.
  const asked = kind === 'near-miss' && draw.chance(0.6);
  const { therapy, says } = passing(draw, 'soft', asked ? 'fault' : kind);
  const setting = drawSetting(draw, { therapy });
  const { pump, startAt } = setting;
  const high = says.length > 0;
  const override = (limitType: string): Body => ({
    kind: 'limit',
    infusion: 1,
    field: draw.one(['doseRate', 'rateMlPerH', 'any']),
    attempted: 1,
    limit: 1,
    limitType,
    response: 'override',
    responseMs: 4_000,
  });
  const acts = asked
    ? [
        act(startAt + draw.int(1, 50) * second, (on) =>
          on.write({ ...override('soft-high'), field: 'something' }, { ...override('soft-low'), field: 'something' }),
        ),
      ]
    : [];
  return scenarioOf(setting, {
    rule: 'soft-limit-without-override',
    kind,
    says: `${says}${asked ? ', overridden' : ''}`,
    lastsMs: startAt - beginAt + 5 * minute,
    acts: high ? acts : [],
    care: careOf(therapy),
    labels: () =>
      kind === 'fault'
        ? [
            {
              pump: pump.id,
              rule: 'soft-limit-without-override',
              begin: startAt,
              end: null,
              withinMs: 65 * second,
              priority: 'medium',
            },
          ]
        : [],
  });
}

export const againstLibraryFamilies: Family[] = [
  { rule: 'programme-against-library: hard limit', generate: hardLimit },
  { rule: 'programme-against-library: not in it', generate: notInLibrary },
  { rule: 'soft-limit-without-override', generate: softLimit },
];
