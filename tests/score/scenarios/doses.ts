// Doses that add up over the library's maximum: one pump or two, with boluses, in windows of 1, 4 and 24 hours.
import { type LibraryContent, libraryContent } from '#schemas/library/library.ts';
import { indexLibrary } from '#schemas/rules/library-index.ts';
import type { CareFacts } from '#schemas/rules/second-check/care.ts';
import type { Therapy } from '../../../firmware-sim/therapies.ts';
import { careOf, patientId } from '../care.ts';
import type { Draw } from '../draw.ts';
import type { Act, Label, Scenario } from '../scenario.ts';
import {
  act,
  atRate,
  beginAt,
  drawSetting,
  type Family,
  hour,
  known,
  minute,
  recordAt,
  scenarioOf,
  second,
} from './setting.ts';

/** A library whose one limit is this window's. */
function libraryOf(hours: 1 | 4 | 24, softHigh: number, hardHigh: number): LibraryContent {
  const drug = {
    name: 'morphine',
    drugClass: 'opioid',
    concentrations: [{ amount: 1, unit: 'mg', perMl: 1 }],
    modes: ['pca', 'continuous'],
    doseUnit: 'mg/h',
    limits: { cumulative: [{ hours, unit: 'mg', softHigh, hardHigh }] },
  };
  return libraryContent.parse({ name: 'Score', careAreas: [{ name: 'palliative PCA', drugs: [drug] }] });
}

/** What was given by a moment, mg: a rate since the start and what was given at once. */
type Given = {
  startAt: number;
  mgPerH: number;
  boluses: { at: number; mg: number }[];
  other: { from: number; mgPerH: number } | null;
};

function givenBy(given: Given, at: number): number {
  const ran = (from: number, mgPerH: number) => (mgPerH * Math.max(0, at - from)) / hour;
  const boluses = given.boluses.reduce((sum, one) => sum + (one.at <= at ? one.mg : 0), 0);
  return ran(given.startAt, given.mgPerH) + boluses + (given.other ? ran(given.other.from, given.other.mgPerH) : 0);
}

/** The first second at which this much was given. */
function passedAt(given: Given, mg: number, until: number): number | null {
  for (let at = given.startAt; at <= until; at += second) if (givenBy(given, at) > mg) return at;
  return null;
}

function cumulative(draw: Draw, kind: Scenario['kind']): Scenario {
  const hours = draw.one([1, 1, 1, 1, 4, 4, 24] as const);
  const [morphine] = known.filter(({ name }) => name === 'morphine PCA');
  if (!morphine) throw new RangeError('no morphine');
  const rate = draw.factor(2, 60);
  const therapy: Therapy = { ...atRate(morphine, rate, 1, hours * 1.3 + 0.5), name: 'morphine' };
  const settings = drawSetting(draw, { therapy });
  const { pump, startAt } = settings;
  const mgPerH = therapy.programme.rateMlPerH ?? rate;
  const windowMs = hours * hour;
  const withBoluses = draw.chance(0.4);
  const withOther = draw.chance(0.3);
  const given: Given = {
    startAt,
    mgPerH,
    boluses: withBoluses
      ? Array.from({ length: draw.int(1, 6) }, () => ({
          at: startAt + Math.round(draw.between(0.05, 0.7) * windowMs),
          mg: Math.round(mgPerH * hours * draw.between(0.02, 0.15) * 100) / 100,
        }))
      : [],
    other: withOther
      ? { from: startAt + Math.round(draw.between(0.05, 0.3) * windowMs), mgPerH: mgPerH * draw.between(0.2, 1) }
      : null,
  };
  const most = givenBy(given, startAt + windowMs);
  const factor = kind === 'fault' ? draw.factor(1.05, 4) : 0.95;
  const softHigh = most / factor;
  const toHard = kind === 'fault' && factor > 1.15 && draw.chance(0.5);
  const hardHigh = toHard ? most / Math.max(1.05, factor * 0.9) : most * 10;
  const index = indexLibrary(libraryOf(hours, softHigh, hardHigh));
  const facts = (doses: CareFacts['doses']): CareFacts =>
    careOf(therapy, { facts: { libraries: [{ name: 'Score', version: 1, index }], doses } });
  // What the other pump gave comes with the facts, as ingest reads them again and again.
  const acts: Act[] = given.boluses.map(({ at, mg }) => act(at, (on) => on.input({ do: 'bolus', ml: mg })));
  const readEveryMs = hours === 1 ? 10 * second : minute;
  const { other } = given;
  if (other) {
    for (let at = other.from + readEveryMs; at < startAt + windowMs; at += readEveryMs) {
      const span = { from: other.from, to: at, amount: (other.mgPerH * (at - other.from) * 1e6) / hour };
      acts.push(recordAt(at, facts(new Map([[`${patientId}|morphine|mass`, [span]]]))));
    }
  }
  // The start-up lag and a stroke come late; windows are added up twice a minute.
  const lagMs = 120 * second + Math.ceil((0.02 / mgPerH) * hour);
  const withinMs = lagMs + 35 * second + 2 * settings.settings.cadenceMs + (withOther ? readEveryMs : 0);
  const softAt = passedAt(given, softHigh, startAt + windowMs);
  const hardAt = toHard ? passedAt(given, hardHigh, startAt + windowMs) : null;
  // A bolus may pass both limits before the windows are added up: then it is high from the beginning, never medium.
  const bothAtOnce = softAt !== null && hardAt !== null && hardAt - softAt <= withinMs;
  const label = (begin: number | null, priority?: Label['priority']): Label[] =>
    begin === null
      ? []
      : [{ pump: pump.id, rule: 'cumulative-dose', begin, end: null, withinMs, ...(priority && { priority }) }];
  return scenarioOf(settings, {
    rule: 'cumulative-dose',
    kind,
    says: `${most.toFixed(1)} mg in ${hours} h, soft ${softHigh.toFixed(1)}${withBoluses ? ', boluses' : ''}${withOther ? ', two pumps' : ''}`,
    lastsMs: startAt - beginAt + windowMs + 5 * minute,
    tickMs: hours === 1 ? second : 10 * second,
    acts,
    care: facts(new Map()),
    labels: () =>
      kind === 'fault' ? [...label(softAt, bothAtOnce ? undefined : 'medium'), ...label(hardAt, 'high')] : [],
    // The programme alone says how much it can give in the window.
    alsoTrue: ['programme-against-library', 'soft-limit-without-override'],
  });
}

export const doseFamilies: Family[] = [{ rule: 'cumulative-dose', generate: cumulative }];
