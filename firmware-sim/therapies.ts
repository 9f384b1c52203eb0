// What the simulated fleet infuses: the demo library's drugs at home-infusion doses. NOT FOR CLINICAL USE.
import { continuous } from './modes/continuous.ts';
import { intermittent } from './modes/intermittent.ts';
import { loading } from './modes/loading.ts';
import { multistep } from './modes/multistep.ts';
import { type PcaSettings, pca } from './modes/pca.ts';
import { type Phase, plannedMl } from './modes/phase.ts';
import { ramp } from './modes/ramp.ts';
import { taper } from './modes/taper.ts';
import { pick, seedOf } from './random.ts';
import type { RecordDraft } from './record-draft.ts';

export type ProgrammeFields = Omit<Extract<RecordDraft, { kind: 'programme' }>, 'kind' | 'infusion' | 'libraryVersion'>;

export type Therapy = {
  name: string;
  /** How common it is in the fleet. */
  weight: number;
  bagMl: number;
  programme: ProgrammeFields;
  phases: readonly Phase[];
  pca?: PcaSettings;
  /** Volume of a nurse's bolus, where the therapy knows one. */
  bolusMl?: number;
};

/** Steps as a programme record names them. */
function stepsOf(phases: readonly Phase[]): ProgrammeFields['steps'] {
  return phases.map(({ rateMlPerH, end }) => {
    const rate = Math.round(rateMlPerH * 10) / 10;
    if (end.after === 'volume') return { rateMlPerH: rate, volumeMl: end.ml };
    return { rateMlPerH: rate, durationMin: end.after === 'duration' ? end.ms / 60_000 : null };
  });
}

/** Overfill of a bag: what it holds beyond the volume to be infused, mL. */
const overfillMl = 15;

function simple(name: string, weight: number, programme: ProgrammeFields, phases: readonly Phase[]): Therapy {
  const vtbiMl = Math.round(plannedMl(phases) * 10) / 10;
  return { name, weight, bagMl: vtbiMl * 1.07 + overfillMl, programme: { vtbiMl, ...programme }, phases };
}

/** Every therapy of the fleet. */
export function therapies(): Therapy[] {
  const nutrition = taper({ totalMl: 2000, totalMin: 720, taperMin: 120 });
  const globulin = ramp({ ratesMlPerH: [35, 70, 140, 210, 280, 350], stepMin: 15, vtbiMl: 300 });
  const hydration = multistep([
    { rateMlPerH: 150, durationMin: 60 },
    { rateMlPerH: 75, volumeMl: 800 },
  ]);
  const morphine: PcaSettings = { basalMlPerH: 1, demandMl: 1, lockoutMin: 8, maxMlPer4H: 40 };
  return [
    simple(
      'vancomycin',
      4,
      {
        drug: 'vancomycin',
        careArea: 'adult home',
        concentration: { amount: 5, unit: 'mg', perMl: 1 },
        mode: 'continuous',
        doseRate: 10,
        doseUnit: 'mg/min',
        rateMlPerH: 120,
        durationMin: 125,
      },
      continuous({ rateMlPerH: 120, vtbiMl: 250 }),
    ),
    simple(
      'ceftriaxone',
      3,
      {
        drug: 'cefTRIAXone',
        careArea: 'adult home',
        concentration: { amount: 40, unit: 'mg', perMl: 1 },
        mode: 'continuous',
        rateMlPerH: 50,
        durationMin: 60,
      },
      continuous({ rateMlPerH: 50, vtbiMl: 50, delayMin: 5 }),
    ),
    simple(
      'piperacillin-tazobactam',
      4,
      {
        drug: 'piperacillin-tazobactam',
        careArea: 'adult home',
        concentration: { amount: 56, unit: 'mg', perMl: 1 },
        mode: 'intermittent',
        doseRate: 13.44,
        doseUnit: 'g/day',
        rateMlPerH: 120,
      },
      intermittent({ rateMlPerH: 120, doseMl: 60, everyMin: 360, doses: 4, kvoMlPerH: 0.5 }),
    ),
    simple(
      'nutrition',
      4,
      {
        drug: 'TPN',
        careArea: 'nutrition',
        mode: 'taper',
        rateMlPerH: 210.5,
        durationMin: 720,
        steps: stepsOf(nutrition),
      },
      nutrition,
    ),
    simple(
      'immune globulin',
      2,
      {
        drug: 'immune globulin 10 %',
        careArea: 'adult home',
        concentration: { amount: 100, unit: 'mg', perMl: 1 },
        mode: 'ramp',
        doseRate: 0.5,
        doseUnit: 'mL/kg/h',
        weightKg: 70,
        rateMlPerH: 35,
        steps: stepsOf(globulin),
      },
      globulin,
    ),
    {
      name: 'morphine PCA',
      weight: 2,
      bagMl: 100,
      programme: {
        drug: 'morphine',
        careArea: 'palliative PCA',
        concentration: { amount: 1, unit: 'mg', perMl: 1 },
        mode: 'pca',
        doseRate: 1,
        doseUnit: 'mg/h',
        rateMlPerH: 1,
        vtbiMl: 100,
        pca: { ...morphine, maxMlPerH: null },
      },
      phases: pca(morphine),
      pca: morphine,
      bolusMl: 2,
    },
    simple(
      'dobutamine',
      1,
      {
        drug: 'DOBUTamine',
        careArea: 'inotropes',
        concentration: { amount: 4000, unit: 'mcg', perMl: 1 },
        mode: 'continuous',
        doseRate: 5,
        doseUnit: 'mcg/kg/min',
        weightKg: 80,
        rateMlPerH: 6,
      },
      continuous({ rateMlPerH: 6, vtbiMl: 250 }),
    ),
    simple(
      'milrinone',
      2,
      {
        drug: 'milrinone',
        careArea: 'inotropes',
        concentration: { amount: 200, unit: 'mcg', perMl: 1 },
        mode: 'loading',
        doseRate: 0.5,
        doseUnit: 'mcg/kg/min',
        weightKg: 70,
        rateMlPerH: 10.5,
      },
      loading({ loadingRateMlPerH: 60, loadingMl: 10, rateMlPerH: 10.5, vtbiMl: 250 }),
    ),
    simple(
      'treprostinil',
      2,
      {
        drug: 'treprostinil',
        careArea: 'pulmonary hypertension',
        concentration: { amount: 100_000, unit: 'ng', perMl: 1 },
        mode: 'continuous',
        doseRate: 40,
        doseUnit: 'ng/kg/min',
        weightKg: 65,
        rateMlPerH: 1.56,
      },
      continuous({ rateMlPerH: 1.56, vtbiMl: 75 }),
    ),
    simple(
      'fluorouracil',
      2,
      {
        drug: 'fluorouracil',
        careArea: 'oncology',
        concentration: { amount: 45, unit: 'mg', perMl: 1 },
        mode: 'continuous',
        doseRate: 1200,
        doseUnit: 'mg/m2/day',
        bsaM2: 1.8,
        rateMlPerH: 2,
        durationMin: 2760,
      },
      continuous({ rateMlPerH: 2, vtbiMl: 92 }),
    ),
    simple(
      'hydration',
      2,
      {
        drug: 'sodium chloride 0.9 %',
        careArea: 'adult home',
        mode: 'multistep',
        rateMlPerH: 150,
        steps: stepsOf(hydration),
      },
      hydration,
    ),
  ];
}

/** The course of the patient with the n-th pump, always the same; as common as its weight says. */
export function therapyOf(n: number, known: readonly Therapy[]): Therapy {
  return pick(
    { rng: seedOf(0, n) },
    known.map((value) => ({ weight: value.weight, value })),
  );
}
