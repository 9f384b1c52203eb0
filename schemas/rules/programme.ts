import type { ProgrammeRecord } from '../messages/record.ts';

// What a pump was told to do, and what follows from it by arithmetic alone.

/** A programme record without its place in the journal. */
export type Programme = Omit<ProgrammeRecord, 'kind' | 'seq' | 'at' | 'uptimeMs' | 'boot'>;

/** A stretch at one rate; `minutes` is Infinity where the programme names no end. */
export type Stretch = { rateMlPerH: number; minutes: number };

/** The loading dose's step: the first one of a loading programme. */
export function loadingStep(programme: Programme): { rateMlPerH: number; volumeMl: number } | null {
  const first = programme.mode === 'loading' ? programme.steps?.[0] : undefined;
  if (!first) return null;
  const volumeMl = first.volumeMl ?? ((first.durationMin ?? Number.NaN) * first.rateMlPerH) / 60;
  return Number.isFinite(volumeMl) ? { rateMlPerH: first.rateMlPerH, volumeMl } : null;
}

/** Every rate at which it will run by programme, mL/h; a loading dose, PCA demands and pauses (rate 0) apart. */
export function ratesOf(programme: Programme): number[] {
  const rates: number[] = [];
  const main = programme.mode === 'pca' ? (programme.pca?.basalMlPerH ?? programme.rateMlPerH) : programme.rateMlPerH;
  if (main !== null && main !== undefined) rates.push(main);
  const steps = programme.steps ?? [];
  for (const step of programme.mode === 'loading' ? steps.slice(1) : steps) rates.push(step.rateMlPerH);
  return rates.filter((rate) => rate > 0);
}

/** Its stretches in order, or null where the record doesn't say enough: doses with pauses, PCA. */
export function stretchesOf(programme: Programme): Stretch[] | null {
  if (programme.mode === 'intermittent' || programme.mode === 'pca') return null;
  if (programme.steps && programme.steps.length > 0) {
    const stretches = programme.steps.map((step) => ({ rateMlPerH: step.rateMlPerH, minutes: minutesOf(step) }));
    if (programme.mode !== 'loading' || stretches.length > 1) return stretches;
  }
  const rate = programme.rateMlPerH;
  if (rate === null || rate === undefined || programme.mode === 'taper' || programme.mode === 'ramp') return null;
  const minutes = programme.vtbiMl && rate > 0 ? (programme.vtbiMl / rate) * 60 : Number.POSITIVE_INFINITY;
  return [{ rateMlPerH: rate, minutes }];
}

function minutesOf(step: { rateMlPerH: number; durationMin?: number | null; volumeMl?: number | null }): number {
  if (step.durationMin !== null && step.durationMin !== undefined) return step.durationMin;
  if (step.volumeMl && step.rateMlPerH > 0) return (step.volumeMl / step.rateMlPerH) * 60;
  return Number.POSITIVE_INFINITY;
}

/** A stated duration and a derived one that differ by no more than this are one, rounded. */
const roundedAlike = 0.02;

/** How long it runs, min: as stated, and as volume and rate say where that is something else. Empty: unknown. */
export function durationsOf(programme: Programme): number[] {
  const stated = programme.durationMin ?? null;
  const stretches = stretchesOf(programme);
  const derived = stretches?.reduce((sum, stretch) => sum + stretch.minutes, 0) ?? Number.POSITIVE_INFINITY;
  const durations = stated === null ? [] : [stated];
  if (Number.isFinite(derived) && (stated === null || Math.abs(derived - stated) > roundedAlike * stated)) {
    durations.push(derived);
  }
  return durations;
}

/** Most volume in mL that it gives within any `hours`, or null where that can't be said. */
export function mostWithin(programme: Programme, hours: number): number | null {
  if (programme.mode === 'pca') return mostByPca(programme, hours);
  const stretches = stretchesOf(programme);
  if (!stretches) return null;
  const ends: number[] = [];
  let clock = 0;
  for (const stretch of stretches) {
    clock += stretch.minutes;
    ends.push(clock);
  }
  const volumeIn = (from: number, to: number) => {
    let ml = 0;
    let begun = 0;
    for (const stretch of stretches) {
      const overlap = Math.min(to, begun + stretch.minutes) - Math.max(from, begun);
      if (overlap > 0) ml += (overlap / 60) * stretch.rateMlPerH;
      begun += stretch.minutes;
    }
    return ml;
  };
  // The fullest window begins or ends where the rate changes.
  const starts = [0, ...ends, ...ends.map((end) => Math.max(0, end - hours * 60))].filter(Number.isFinite);
  const most = Math.max(...starts.map((from) => volumeIn(from, from + hours * 60)));
  return programme.vtbiMl ? Math.min(most, programme.vtbiMl) : most;
}

/** Basal rate and as many demands as the lockout allows, within the programmed maximum. */
function mostByPca({ pca, rateMlPerH }: Programme, hours: number): number | null {
  if (!pca) return null;
  const caps: number[] = [];
  if (pca.maxMlPerH) caps.push(pca.maxMlPerH * hours);
  if (pca.maxMlPer4H) caps.push(pca.maxMlPer4H * Math.max(1, Math.ceil(hours / 4)));
  if (pca.demandMl && pca.lockoutMin) {
    const basal = pca.basalMlPerH ?? rateMlPerH ?? 0;
    caps.push(basal * hours + pca.demandMl * Math.ceil((hours * 60) / pca.lockoutMin));
  }
  return caps.length > 0 ? Math.min(...caps) : null;
}
