// What most scenarios begin with: one pump, a drawn therapy at a drawn rate, a drawn cadence, running for a while.
import { dosingModes } from '#schemas/library/drug-entry.ts';
import { libraryContent } from '#schemas/library/library.ts';
import { indexLibrary, type LibraryIndex } from '#schemas/rules/library-index.ts';
import type { CareFacts } from '#schemas/rules/second-check/care.ts';
import { continuous } from '../../../firmware-sim/modes/continuous.ts';
import { type PumpSettings, usualSettings } from '../../../firmware-sim/pump-state.ts';
import { type Therapy, therapies } from '../../../firmware-sim/therapies.ts';
import type { Draw } from '../draw.ts';
import type { Act, Scenario, Stage } from '../scenario.ts';
import { VirtualPump, type VirtualPumpGiven } from '../virtual-pump.ts';

/** The virtual clock begins on a Monday morning. */
export const beginAt = Date.UTC(2026, 0, 5, 8);
export const second = 1_000;
export const minute = 60_000;
export const hour = 3_600_000;

export const known: readonly Therapy[] = therapies();
/** Critical continuity, as alerts-and-limits.md lists it. */
const critical = ['dobutamine', 'milrinone', 'treprostinil'];
export const isCritical = (therapy: Therapy) => critical.includes(therapy.name);

/** Makes one scenario from a draw. */
export type Generate = (draw: Draw, kind: Scenario['kind']) => Scenario;
export type Family = { rule: string; generate: Generate /** Nothing lies just short of it. */; noNearMiss?: true };

export type Setting = {
  pump: VirtualPump;
  therapy: Therapy;
  settings: PumpSettings;
  /** A moment at which the pump has been running for a while. */
  later: number;
  words: string;
  /** When its first therapy is programmed. */
  startAt: number;
};

export type SettingOptions = {
  /** Only these therapies, by name; else any. */
  of?: readonly string[];
  /** Runs this instead of what is drawn. */
  therapy?: Therapy;
  /** It runs at a rate and a volume of its own, for at least this long. */
  steadyMs?: number;
  given?: Partial<VirtualPumpGiven>;
};

/**
 * A pump that lets everything through: its library knows the drug and has no limit for it. What a pump of its own accord
 * would refuse is what the second check is not needed for.
 */
function permissive({ programme }: Therapy): LibraryIndex {
  const drug = { name: programme.drug ?? 'unnamed', drugClass: 'any', modes: dosingModes, doseUnit: 'mL/h' };
  const area = { name: programme.careArea ?? 'any', outsideLibrary: 'allowed', drugs: [drug] };
  return indexLibrary(libraryContent.parse({ name: 'Everything', careAreas: [area] }));
}

const cadencesMs = [10, 10, 10, 15, 20, 30, 60].map((s) => s * second);

/** Draws a pump that nothing happens to yet. */
export function drawSetting(draw: Draw, options: SettingOptions = {}): Setting {
  const drawn = draw.one(known.filter(({ name }) => !options.of || options.of.includes(name)));
  const therapy = options.therapy ?? (options.steadyMs ? steady(drawn, draw, options.steadyMs) : drawn);
  const cadenceMs = draw.one(cadencesMs);
  const settings: PumpSettings = {
    ...usualSettings,
    cadenceMs,
    idleCadenceMs: Math.max(minute, cadenceMs),
    alarmsPerHour: 0,
    // Nobody keys a wrong digit by chance.
    habits: { mistakes: 0, cancels: 0, confirms: 1 },
  };
  const index = permissive(therapy);
  const startAfterMs = draw.int(1, 90) * second;
  const pump = new VirtualPump({
    id: 'SCORE-1',
    seed: draw.seed,
    n: draw.int(0, 9_999),
    therapies: [therapy],
    settings,
    onAt: beginAt,
    startAfterMs,
    libraries: () => index,
    // A scenario is about what it is about: no battery runs low by chance.
    prepare: (state) => {
      state.battery = { charge: 1, health: 1, mains: true };
    },
    ...options.given,
  });
  // A delayed start and a loading dose are over by then.
  const later = beginAt + startAfterMs + 6 * minute + draw.int(0, 5 * 60) * second;
  return {
    pump,
    therapy,
    settings,
    later,
    startAt: beginAt + startAfterMs,
    words: `${therapy.name}, every ${cadenceMs / second} s`,
  };
}

type Usual = {
  /** mL/h, where the therapy's own is another mode's. */ rate?: number;
  factor: [number, number];
  hours?: [number, number];
};
/** Around what each drug is given at, and for how long, inside the demo library's soft limits. */
const usual: Record<string, Usual> = {
  vancomycin: { factor: [0.55, 0.98] },
  ceftriaxone: { factor: [0.8, 1.25], hours: [1.3, 1.95] },
  'piperacillin-tazobactam': { rate: 10, factor: [0.8, 1.25] },
  nutrition: { rate: 130, factor: [0.8, 1.1], hours: [11, 20] },
  'immune globulin': { factor: [1.1, 6] },
  fluorouracil: { factor: [0.8, 1.05], hours: [47, 90] },
};

/** One rate, drawn around the therapy's own, for long enough; inside the demo library. */
export function steady(therapy: Therapy, draw: Draw, lastsMs: number): Therapy {
  const { rate, factor = [0.8, 1.25], hours } = usual[therapy.name] ?? {};
  const usualRate = rate ?? therapy.programme.rateMlPerH ?? 10;
  const lastsH = hours ? draw.between(...hours) : (lastsMs / hour) * 1.5 + 0.5;
  return atRate(therapy, usualRate * draw.factor(...(factor as [number, number])), usualRate, lastsH);
}

/** The therapy at a rate, its dose rate in proportion. @param usualRate at which its dose rate is what it says */
export function atRate(therapy: Therapy, rate: number, usualRate: number, lastsH: number): Therapy {
  const rateMlPerH = Number(rate.toPrecision(5));
  const vtbiMl = Math.round(rateMlPerH * lastsH * 10) / 10;
  const { doseRate, steps: _, pca: __, durationMin: ___, ...programme } = therapy.programme;
  return {
    name: therapy.name,
    weight: 1,
    bagMl: vtbiMl * 1.07 + 15,
    programme: {
      ...programme,
      mode: 'continuous',
      rateMlPerH,
      vtbiMl,
      ...(doseRate && { doseRate: (doseRate * rateMlPerH) / usualRate }),
      durationMin: Math.round((vtbiMl / rateMlPerH) * 60 * 10) / 10,
    },
    phases: continuous({ rateMlPerH, vtbiMl }),
  };
}

/** The same rate of a drug mixed otherwise: a dose in mL stays what it is, any other goes with the concentration. */
export function mixedOtherwise({ programme, ...therapy }: Therapy, factor: number): Therapy {
  const { concentration, doseRate, doseUnit } = programme;
  if (!concentration) throw new RangeError(`${therapy.name} has no concentration`);
  const dose = doseRate && !doseUnit?.startsWith('mL') ? { doseRate: doseRate * factor } : {};
  return {
    ...therapy,
    programme: { ...programme, ...dose, concentration: { ...concentration, amount: concentration.amount * factor } },
  };
}

/** A scenario of one pump. */
export function scenarioOf(
  setting: Setting,
  about: Pick<Scenario, 'rule' | 'kind' | 'says' | 'labels'> & {
    lastsMs: number;
    acts: readonly Act[];
    tickMs?: number;
    alsoTrue?: readonly string[];
    open?: Scenario['open'];
    /** What is on record from the beginning; without it, nothing was looked up. */
    care?: CareFacts;
  },
): Scenario {
  const { pump, words } = setting;
  const { care, ...rest } = about;
  return {
    beginAt,
    tickMs: second,
    alsoTrue: [],
    pumps: [pump],
    open: (bed) => {
      bed.add(pump.id, 'at-patient').care = care ?? null;
    },
    ...rest,
    says: `${about.says} (${words})`,
  };
}

/** The one pump of a stage. */
export function only({ pumps }: Stage): VirtualPump {
  const [pump] = pumps;
  if (!pump) throw new RangeError('no pump');
  return pump;
}

/** Something else stands on record from a moment on. */
export const recordAt = (at: number, care: CareFacts): Act => ({
  at,
  do: ({ pumps, bed }) => {
    for (const { id } of pumps) {
      const memory = bed.pumps.get(id);
      if (memory) memory.care = care;
    }
  },
});

/** What is done to the one pump at a moment. */
export const act = (at: number, todo: (pump: VirtualPump) => void): Act => ({ at, do: (stage) => todo(only(stage)) });
