import { forVolume, type Phase } from './phase.ts';

/** Doses at fixed intervals, start to start, with the vein kept open between them; no KVO after the last. */
export function intermittent(programme: {
  rateMlPerH: number;
  doseMl: number;
  everyMin: number;
  doses: number;
  kvoMlPerH: number;
}): Phase[] {
  const doseMin = (programme.doseMl / programme.rateMlPerH) * 60;
  const betweenMs = Math.max(0, programme.everyMin - doseMin) * 60_000;
  const phases: Phase[] = [];
  for (let dose = 0; dose < programme.doses; dose += 1) {
    if (dose > 0 && betweenMs > 0) {
      phases.push({ run: 'kvo', rateMlPerH: programme.kvoMlPerH, end: { after: 'duration', ms: betweenMs } });
    }
    phases.push(forVolume(programme.rateMlPerH, programme.doseMl));
  }
  return phases;
}
